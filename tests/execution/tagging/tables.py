"""Installing the app for some tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection
from django.test import modify_settings

VIEW = "tagging_authorview"


@contextmanager
def installed() -> Iterator[None]:
    """Install the app and make its tables for as long as the block runs."""
    with modify_settings(INSTALLED_APPS={"append": "tests.execution.tagging"}):
        models = [model for model in apps.get_app_config("tagging").get_models() if model._meta.managed]
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
            author = editor.quote_name("testapp_author")
            editor.execute(f"CREATE VIEW {VIEW} AS SELECT id AS author_id FROM {author}")
        try:
            yield
        finally:
            # MySQL drops no table that another one refers to, and some of these refer to each other.
            with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
                editor.execute(f"DROP VIEW {VIEW}")
                for model in reversed(models):
                    editor.delete_model(model)
