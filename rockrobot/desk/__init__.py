"""Pages over all rooms: today, search, history and undo, jobs, the component page."""
