"""Models that use packages which have none of their own: as the packages' documentation introduces them."""
