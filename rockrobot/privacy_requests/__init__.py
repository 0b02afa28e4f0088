"""Access, rectification, objection and the other rights (statement: Tarkastusoikeus, Oikeus vaatia tiedon korjaamista)."""
