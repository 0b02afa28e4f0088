"""Tries at a secret are held back per account and per address (statement: Rekisterin suojauksen periaatteet)."""
