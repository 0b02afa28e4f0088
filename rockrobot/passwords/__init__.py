"""Setting a password: one's own, or by a link that works once (statement: Rekisterin suojauksen periaatteet)."""
