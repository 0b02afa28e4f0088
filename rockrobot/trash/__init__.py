"""What was deleted lately, and bringing it back with all that belonged to it (our choice: for 90 days)."""
