"""Words that people put on people, companies, worksites and machines to find them by (statement: tietosisältö)."""
