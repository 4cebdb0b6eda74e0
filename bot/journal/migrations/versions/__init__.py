"""One module per change of the journal's schema."""
