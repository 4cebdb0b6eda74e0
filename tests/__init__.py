"""The tests; a package, so that mypy and pytest agree on the modules' names."""
