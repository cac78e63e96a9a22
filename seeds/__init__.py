"""What a new installation starts from: the shipped monitor, its seed article and the demo stream (data, no code)."""
