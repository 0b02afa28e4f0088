"""Proof that nobody altered the ledger quietly: checks, and seals on paper (statement: suojauksen periaatteet)."""
