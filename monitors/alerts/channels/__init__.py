"""Where alerts go. One module a channel."""
