"""Answers to privacy requests on paper, as they were made and as they went out (statement: tarkastusoikeus …)."""
