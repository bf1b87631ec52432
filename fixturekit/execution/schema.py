"""Whether the schema moved since a recipe was recorded, which is why its rows may be others."""

from __future__ import annotations

from django.db.migrations.loader import MigrationLoader

from fixturekit.recipes.document import Recipe


def leaves() -> dict[str, str]:
    """Return the last migration of each app, read from disk."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return dict(sorted(loader.graph.leaf_nodes()))


def moved(recipe: Recipe) -> str:
    """Say which apps were migrated since a recipe was recorded: ``recorded at shop 0001_initial, now 0003_more``.

    Returns:
        "" where none was, or where nothing is recorded.
    """
    recorded = recipe.recorded.schema if recipe.recorded else ()
    now = leaves() if recorded else {}
    apps = [f"{label} {then}, now {now[label]}" for label, then in recorded if now.get(label, then) != then]
    return f"recorded at {'; at '.join(apps)}" if apps else ""
