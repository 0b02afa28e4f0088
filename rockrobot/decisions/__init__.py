"""Refusals and erasures, which a second person approves (statement: muut oikeudet)."""
