"""For what personal data is used, and on what ground (statement: Henkilötietojen käsittelyn tarkoitus)."""
