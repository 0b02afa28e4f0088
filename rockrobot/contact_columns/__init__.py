"""Which column of a contact list says what: suggested, and kept by name (statement: tietolähteet)."""
