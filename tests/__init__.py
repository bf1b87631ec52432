"""The tests mirror the package: tests/recipes/test_reading.py is about fixturekit/recipes/reading.py."""
