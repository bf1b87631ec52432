"""The models that the tests fill: a module for each family, a model for each thing that matters to generation."""
