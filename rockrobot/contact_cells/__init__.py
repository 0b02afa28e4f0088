"""What one cell of a contact list says, whatever program wrote it (statement: tietolähteet)."""
