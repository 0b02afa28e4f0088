"""Contact lists and vCards read row by row: names, companies, phones, e-mail, addresses (statement: tietolähteet)."""
