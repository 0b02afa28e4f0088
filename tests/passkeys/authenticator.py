"""A device that makes passkeys and answers with them, in software; it can be told to misbehave."""

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Authenticator:
    """One device with one passkey."""

    def __init__(self, origin: str, host: str) -> None:
        self.origin, self.host = origin, host
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.count, self.flags = secrets.token_bytes(16), 0, PRESENT | VERIFIED
        self.step = 1  # many devices never count: 0

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, flags: int, rest: bytes = b"") -> bytes:
        self.count += self.step
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big") + rest

    def _answer(self, **response: bytes) -> str:
        parts = {name: text_of(value) for name, value in response.items()}
        answer: dict[str, Any] = {"id": text_of(self.id), "rawId": text_of(self.id), "type": "public-key"}
        return json.dumps(answer | {"response": parts, "clientExtensionResults": {}})

    def create(self, challenge: str) -> str:
        """The answer to an invitation."""
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        data = self._data(self.flags | HAS_KEY, credential)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", challenge)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def get(self, challenge: str) -> str:
        """The answer to a question at sign-in."""
        data, client = self._data(self.flags), self._client_data("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)
