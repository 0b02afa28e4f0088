"""What a contact list says otherwise than the register, one change at a time (statement: tietolähteet)."""
