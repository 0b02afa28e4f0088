"""Phones and computers of the staff: checked, known by a key, lost (statement: Rekisterin suojauksen periaatteet)."""
