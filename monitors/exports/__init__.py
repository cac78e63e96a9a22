"""The archive written down for other programs: one module a format, each a function from records to pieces of text."""
