"""What is wrong with the recipes of a project, or may become so; asked by ``checkfixtures`` and by Django's own checks."""

from __future__ import annotations
