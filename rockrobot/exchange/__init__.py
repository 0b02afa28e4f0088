"""The exchange format of the register: its sheets, columns, labels and cells (statement: tietosisältö)."""
