"""A member's own page: where they are signed in, their password (statement: Rekisterin suojauksen periaatteet)."""
