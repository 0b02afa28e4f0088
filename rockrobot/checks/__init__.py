"""Effectiveness checks: a drawn sample of units whose outcome, or silence, a person looks into (statement: valmius)."""
