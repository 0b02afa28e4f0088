"""What a party's row of the exchange format says and tables of their own keep: phones, e-mail, company and title."""
