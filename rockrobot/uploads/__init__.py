"""Files that were uploaded, read, looked at, and taken or left, whatever they hold (statement: tietolähteet)."""
