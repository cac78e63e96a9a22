"""The monitor file: its schema, loading and checking."""
