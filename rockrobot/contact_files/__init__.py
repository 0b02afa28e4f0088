"""Contacts in from files: columns, dry run, taking, error file and undo (statement: säännönmukaiset tietolähteet)."""
