"""Settings of the example shop: for development only.

The environment variable EXAMPLE_DATABASE switches the database: `postgres://user@host/name`, `mysql://user@host/name` or
`sqlite:///path`. Without it the shop lives in `db.sqlite3` beside `manage.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

from shopproject.databases import database_from_url

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "insecure-key-of-the-example-shop-never-use-it-elsewhere"
DEBUG = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "fixturekit",
    "accounts",
    "catalogue",
    "orders",
]

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
            ],
        },
    },
]

ROOT_URLCONF = "shopproject.urls"

DATABASES = {
    "default": database_from_url(os.environ.get("EXAMPLE_DATABASE") or "sqlite:///db.sqlite3", BASE_DIR),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
MEDIA_ROOT = BASE_DIR / "media"
MEDIA_URL = "media/"

# MariaDB cannot enforce "one default address per user" (a unique constraint with a condition); the shop's forms still
# validate it there.
SILENCED_SYSTEM_CHECKS = ["models.W036"]
