"""Inbox of new enquiries, importers and referrals (statement: Säännönmukaiset luovutukset)."""
