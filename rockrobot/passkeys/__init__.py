"""Passkeys: signing in by the lock of a phone or laptop (statement: Rekisterin suojauksen periaatteet)."""
