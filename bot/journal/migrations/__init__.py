"""The journal's schema, step by step, for Alembic."""
