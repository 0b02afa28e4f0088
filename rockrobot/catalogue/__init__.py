"""Screens of the machine models and of the pictures that letters need (statement: tietosisältö)."""
