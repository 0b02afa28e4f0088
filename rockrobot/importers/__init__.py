"""Importers and the territories whose new enquiries are proposed to them (statement: Säännönmukaiset luovutukset)."""
