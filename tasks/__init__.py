"""The tasks, one module each; ``ALL`` is the order in which they run on a board."""
