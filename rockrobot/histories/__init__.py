"""All that was ever done to one record and to what belongs to it, page by page; its card shows the last of it."""
