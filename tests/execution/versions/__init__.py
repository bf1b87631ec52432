"""An app whose models are one model at different times."""
