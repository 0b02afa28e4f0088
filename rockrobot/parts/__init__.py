"""Spare parts, their batches, what a batch contains and where its pieces went (statement: viallinen varaosaerä)."""
