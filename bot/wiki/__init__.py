"""The one way to a wiki: ``port`` (the protocol and its errors), ``live`` (Pywikibot), ``embedded`` (SQLite)."""
