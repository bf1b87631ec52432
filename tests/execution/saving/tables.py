"""Installing the app for some tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection
from django.test import modify_settings


@contextmanager
def installed() -> Iterator[None]:
    """Install the app and make its tables for as long as the block runs."""
    with modify_settings(INSTALLED_APPS={"append": "tests.execution.saving"}):
        models = list(apps.get_app_config("saving").get_models())
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
        try:
            yield
        finally:
            # a table of links may be declared before those that it points at
            with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
                for model in reversed(models):
                    editor.delete_model(model)


@pytest.fixture(scope="module")
def saving(django_db_setup, django_db_blocker):
    """The app ``saving`` is installed."""
    with django_db_blocker.unblock(), installed():
        yield
