"""A real MariaDB for the tests of the journal."""
