"""The timeline of meetings, calls, mails and visits (statement: tapahtumat, tietolähteet)."""
