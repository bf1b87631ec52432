"""Database URLs as Django settings.

    FIXTUREKIT_TEST_POSTGRES=postgres://user:password@host:5432/name
    FIXTUREKIT_TEST_MYSQL=mysql://user:password@host:3306/name

As usual with Django, the tests do not touch the named database: they make ``test_<name>`` beside it.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

VARIABLES = {"postgresql": "FIXTUREKIT_TEST_POSTGRES", "mysql": "FIXTUREKIT_TEST_MYSQL"}

_ENGINES = {
    "postgres": "django.db.backends.postgresql",
    "postgresql": "django.db.backends.postgresql",
    "mysql": "django.db.backends.mysql",
    "mariadb": "django.db.backends.mysql",
    "sqlite": "django.db.backends.sqlite3",
}


def from_url(url: str) -> dict[str, Any]:
    """Return the entry of ``DATABASES`` that the URL stands for.

    ``sqlite:////tmp/shop.sqlite3`` is the file ``/tmp/shop.sqlite3``, ``sqlite://:memory:`` a database in memory.

    Raises:
        ImproperlyConfigured: the URL names no database, or a kind of database that is not tested.
    """
    scheme, separator, rest = url.partition("://")
    engine = _ENGINES.get(scheme)
    if engine is None or not separator:
        raise ImproperlyConfigured(f"{url!r} is not a database URL. Begin with one of {', '.join(_ENGINES)}://")
    if scheme == "sqlite":
        return {"ENGINE": engine, "NAME": rest if rest == ":memory:" else rest.removeprefix("/")}
    return {"ENGINE": engine, **_server(urlsplit(url))}


def from_environment(kind: str, *, engine: str = "", suffix: str = "") -> dict[str, dict[str, Any]]:
    """Return ``DATABASES`` for "postgresql" or "mysql": ``default``, and ``other`` on the same server.

    Args:
        kind: Which of the variables says where the server is.
        engine: Another backend of Django for this server.
        suffix: Follows the name of the database, so that runs with different apps can keep theirs.

    Raises:
        ImproperlyConfigured: the environment has no URL for this kind of database, or an odd one.
    """
    variable = VARIABLES[kind]
    url = os.environ.get(variable)
    if not url:
        raise ImproperlyConfigured(
            f"{variable} is not set. Give it the URL of a server, such as {kind}://root@127.0.0.1/test"
        )
    default = from_url(url)
    default.update(ENGINE=engine or default["ENGINE"], NAME=f"{default['NAME']}{suffix}")
    return {"default": default, "other": {**default, "NAME": f"{default['NAME']}_other"}}


def _server(parts: SplitResult) -> dict[str, Any]:
    name = unquote(parts.path.strip("/"))
    if not name:
        raise ImproperlyConfigured(f"The URL of {parts.hostname} names no database: append /test")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }
