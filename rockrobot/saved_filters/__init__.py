"""Filters of lists kept by name, for oneself or for all, with how many rows each finds now."""
