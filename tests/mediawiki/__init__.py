"""The real MediaWiki for the tests."""
