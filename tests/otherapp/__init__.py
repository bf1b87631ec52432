"""Models that reach into the test app: edges between apps."""
