"""Notes: the quick way to write down something about a client."""
