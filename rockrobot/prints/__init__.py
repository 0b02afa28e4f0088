"""Cards and sheets to take along on paper: customer, machine, worksite."""
