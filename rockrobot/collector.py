"""Python's collector of cycles: how often it looks, and what it need not look at.

It looks after every 700 new objects by itself, and rows read for a page, a trace or an import are new objects that
stay: a third of an import went into looking at them again and again. They hold no cycles to speak of.
"""

import gc

THRESHOLDS = (50_000, 20, 50)


def settle() -> None:
    """Look seldom from now on, and never at what the app is made of, which lives as long as the process."""
    gc.set_threshold(*THRESHOLDS)
    gc.collect()
    gc.freeze()
