"""Models with fields that only PostgreSQL has."""
