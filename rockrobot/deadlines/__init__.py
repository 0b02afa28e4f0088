"""By which day the law wants a privacy request answered (statement: tarkastusoikeus, korjaaminen, muut oikeudet)."""
