"""From a batch, a list of serials or build dates to machines and their owners (statement: viallinen varaosaerä)."""
