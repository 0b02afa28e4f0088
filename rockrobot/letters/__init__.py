"""Outgoing letters: frozen bytes, address, dispatch, proof and returned mail (statement: valmius kerätä tuotteet)."""
