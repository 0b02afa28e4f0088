"""Acts that one person asks for and a second approves before they are done (statement: suojauksen periaatteet)."""
