"""From wikitext and the wiki's own facts to a ``Board``; pure, linear in the length of the text, never raises on it."""
