"""Access, rectification, objection and other rights (statement: Tarkastusoikeus, korjaaminen)."""
