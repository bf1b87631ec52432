"""What only PostgreSQL can store: arrays, mappings, ranges, search vectors. See `shopproject.settings_postgresql`."""
