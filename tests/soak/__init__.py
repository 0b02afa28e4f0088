"""Long runs: processes killed at any moment. Started by make soak only."""
