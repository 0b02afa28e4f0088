"""Who may sign in and with which role (statement: Rekisterin suojauksen periaatteet)."""
