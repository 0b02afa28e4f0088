"""One act on many rows of a list: looked at first, one change set, one undo."""
