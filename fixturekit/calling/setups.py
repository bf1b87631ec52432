"""``tests/fixturekit_setup.py``: what an app teaches before the first row of one of its models is made."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from django.apps import AppConfig, apps

from fixturekit.calling.library import Model
from fixturekit.calling.scopes import process
from fixturekit.exceptions import SetupFailed

_FILE = Path("tests") / "fixturekit_setup.py"
_LOCK = threading.RLock()
_imported: set[str] = set()


def import_setup(model: Model) -> None:
    """Import the setup module of the app of a model, once.

    Raises:
        SetupFailed: It cannot be imported.
    """
    if model._meta.app_label not in _imported:
        _import(apps.get_app_config(model._meta.app_label))


def import_setups(models: Iterable[Model]) -> bool:
    """Import the setup modules of the apps of some models, each once; return whether there was one to import.

    Raises:
        SetupFailed: One cannot be imported.
    """
    labels = {model._meta.app_label for model in models} - _imported
    imported = [label for label in sorted(labels) if _import(apps.get_app_config(label))]
    return bool(imported)


def _import(app: AppConfig) -> bool:
    with _LOCK:
        if app.label in _imported:
            return False
        _imported.add(app.label)  # before: the module itself may make rows of the app
        if not (Path(app.path) / _FILE).is_file():
            return False
        name = f"{app.name}.tests.fixturekit_setup"
        try:
            with process.importing():
                import_module(name)
        except Exception as error:
            _imported.discard(app.label)
            raise SetupFailed(f"{name} cannot be imported: {type(error).__name__}: {error}") from error
        return True
