"""One pass of the pipeline as plain steps: seed, poll, store, detect, deliver; replay and demo use the same ones."""
