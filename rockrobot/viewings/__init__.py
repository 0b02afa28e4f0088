"""Who has seen whose data, by person and by week (statement: suojauksen periaatteet)."""
