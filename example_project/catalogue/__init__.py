"""What the shop sells: brands, suppliers, the category tree, products and what customers say of them."""
