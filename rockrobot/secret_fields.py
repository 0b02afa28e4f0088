"""Which fields of a form are never kept and never sent back. Pure."""

SECRET_FIELDS = frozenset({"password", "new_password", "again", "code", "credential"})
