"""Referring an enquiry to an importer, and what was disclosed (statement: Säännönmukaiset luovutukset)."""
