"""Trees that libraries keep, and rows that models' own code has an opinion of."""
