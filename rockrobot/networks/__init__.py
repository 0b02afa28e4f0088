"""Which networks and devices one may come in from (statement: Rekisterin suojauksen periaatteet)."""
