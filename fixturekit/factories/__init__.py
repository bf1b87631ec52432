"""The project's factory_boy factories, as a recipe names them: read here, called where rows are written."""

from __future__ import annotations
