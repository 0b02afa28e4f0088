"""Forms sent when a sign-in had ended, kept for their sender (statement: Rekisterin suojauksen periaatteet)."""
