"""Settings of the benchmarks' project: what ``startproject`` writes, a shop of four models, and fixturekit.

``BENCH_DATABASE`` is a database URL, ``BENCH_RECIPES`` the folder of the shop's recipes; ``BENCH_WITHOUT`` leaves an
app out.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

ENGINES = {"sqlite": "sqlite3", "postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql"}


def database(url: str) -> dict[str, Any]:
    """Return the entry of DATABASES for a URL; ``sqlite:PATH`` is a file, ``sqlite::memory:`` is none."""
    scheme, _, rest = url.partition(":")
    engine = f"django.db.backends.{ENGINES[scheme]}"
    if scheme == "sqlite":
        return {"ENGINE": engine, "NAME": rest}
    parts = urlsplit(url)
    return {
        "ENGINE": engine,
        "NAME": parts.path.strip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


SECRET_KEY = "only for benchmarks"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "project_urls"
STATIC_URL = "static/"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "shop",
    "fixturekit",
]
INSTALLED_APPS = [app for app in INSTALLED_APPS if app != os.environ.get("BENCH_WITHOUT")]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": database(os.environ.get("BENCH_DATABASE", "sqlite::memory:"))}
FIXTUREKIT = {
    "RECIPE_MODULES": {"shop": os.environ.get("BENCH_RECIPES")},
    "ALLOWED_DATABASES": ["default"],
}
