"""A database named by one URL, so that the same shop runs on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ENGINES = {
    "mariadb": "django.db.backends.mysql",
    "mysql": "django.db.backends.mysql",
    "postgres": "django.db.backends.postgresql",
    "postgresql": "django.db.backends.postgresql",
    "sqlite": "django.db.backends.sqlite3",
}


def database_from_url(url: str, base: Path) -> dict[str, Any]:
    """Turn `url` into one entry of Django's DATABASES.

    `url` is `postgres://user:password@host:port/name`, the same with `mysql://`, or `sqlite:///path`, where a relative
    path is taken from `base` and an absolute one has a fourth slash. Raises `ImproperlyConfigured` for any other scheme
    and for a URL that names no database.
    """
    parts = urlsplit(url)
    name = unquote(parts.path[1:])
    if parts.scheme not in ENGINES:
        known = ", ".join(sorted(ENGINES))
        raise ImproperlyConfigured(f"EXAMPLE_DATABASE begins with {parts.scheme!r}; it may begin with {known}.")
    if not name:
        raise ImproperlyConfigured("EXAMPLE_DATABASE names no database: nothing follows the last slash.")
    entry: dict[str, Any] = {"ENGINE": ENGINES[parts.scheme]}
    if parts.scheme == "sqlite":
        return {**entry, "NAME": name if name == ":memory:" else base / name}
    return {**entry, "NAME": name, **_server(parts)}


def _server(parts: SplitResult) -> dict[str, Any]:
    options = {"charset": "utf8mb4"} if ENGINES[parts.scheme].endswith("mysql") else {}
    return {
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": options,
    }
