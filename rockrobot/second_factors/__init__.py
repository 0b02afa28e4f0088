"""Codes of an authenticator app and recovery codes (statement: Rekisterin suojauksen periaatteet)."""
