"""Who buys and who runs the shop: users and their addresses."""
