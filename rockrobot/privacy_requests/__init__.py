"""Requests of people about their own data, with the clock of the law (statement: tarkastusoikeus, korjaaminen …)."""
