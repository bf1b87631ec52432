"""No pages: rows are made, none is looked at."""

from __future__ import annotations

urlpatterns: list[object] = []
