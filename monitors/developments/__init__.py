"""From sentences to the state of a situation, and from the state to what is new."""
