"""Models with fields of ``django.contrib.gis``."""
