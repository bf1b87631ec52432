"""An app whose models do more than store themselves when they are saved."""
