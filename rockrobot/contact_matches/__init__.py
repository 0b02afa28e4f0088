"""Whom a row of a contact list is about: import keys and exact, explained matches (statement: tietolähteet)."""
