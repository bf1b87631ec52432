"""Settings of the test project, one module for each database."""
