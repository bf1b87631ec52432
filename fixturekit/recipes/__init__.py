"""Recipe files: the document, how it is read and written, and how recipes depend on each other. Knows no models."""

from __future__ import annotations
