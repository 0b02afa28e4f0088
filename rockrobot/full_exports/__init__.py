"""Whole lists and the whole register as files, asked for by one and approved by a second (statement: suojaus)."""
