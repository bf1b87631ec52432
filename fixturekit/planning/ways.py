"""How a batch is written: as a stream of columns, as instances in bulk, or each by ``save()``, and why.

Rows go as a stream only where nobody could tell: nothing listens, and ``save()`` is Django's. What listens but is
known to do no harm to rows that are new is on a table, by dotted path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.signals import ModelSignal, m2m_changed, post_init, post_save, pre_init, pre_save

from fixturekit.blueprints import Blueprint
from fixturekit.conf import settings
from fixturekit.planning.plan import BULK, EACH, STREAM

# Hooks that change nothing about a row that is new and already has its values. The predicate says for which models.
_HARMLESS: dict[str, Callable[[type[models.Model]], bool]] = {
    # hashes a raw password that was given to set_password() on the instance; planned rows hold the encoded one
    "django.contrib.auth.base_user.AbstractBaseUser.save": lambda model: issubclass(model, AbstractBaseUser),
    # reads width and height of an image file when an instance is made
    "django.db.models.fields.files.ImageField.update_dimension_fields": lambda model: True,
    # adds __init__ for _password = None
    "django.contrib.auth.base_user.AbstractBaseUser.__init__": lambda model: True,
    # drops the cached sites of the process
    "django.contrib.sites.models.clear_site_cache": lambda model: model._meta.label_lower != "sites.site",
    # keep references to changed pages, images and documents up to date, for models that contain some
    "wagtail.signal_handlers.update_reference_index_on_save": lambda model: False,
}
_SIGNALS: tuple[tuple[str, ModelSignal], ...] = (
    ("pre_init", pre_init),
    ("post_init", post_init),
    ("pre_save", pre_save),
    ("post_save", post_save),
)


def choose(shape: Blueprint, wanted: str, *, muted: bool, through: bool) -> tuple[str, str]:
    """Return the way for rows of a model, and the reason.

    Args:
        wanted: What the step says under ``save``, or "".
        muted: The step mutes signals.
        through: The rows are links of a many-to-many field without a model of its own.
    """
    if wanted:
        return wanted, f"save: {wanted}"
    reasons = list(_reasons(shape.model, muted=muted, through=through))
    if reasons:
        return EACH, ", ".join(reasons)
    return STREAM, "nothing listens"


def _reasons(model: type[models.Model], *, muted: bool, through: bool) -> Iterator[str]:
    """Yield what needs an instance, each as ``kind dotted.path``."""
    if through:
        if not muted:
            yield from _receivers("m2m_changed", m2m_changed, model)
        return
    for name in ("save", "save_base", "__init__", "_do_insert"):
        path = _overridden(model, name)
        if path is not None and not _harmless(path, model):
            yield f"own {path}"
    for field in model._meta.concrete_fields:
        path = _method(type(field), "pre_save")
        if not path.startswith("django.db.models.") and not _harmless(path, model):
            yield f"field {field.name}: {path}"
    if not muted:
        for name, signal in _SIGNALS:
            yield from _receivers(name, signal, model)


def _overridden(model: type[models.Model], name: str) -> str | None:
    path = _method(model, name)
    return None if path.startswith("django.db.models.base.Model.") else path


def _method(cls: type, name: str) -> str:
    """The dotted path of the class's method, as it was defined."""
    owner = next(base for base in cls.__mro__ if name in vars(base))
    return f"{owner.__module__}.{owner.__qualname__}.{name}"


def _receivers(name: str, signal: ModelSignal, model: type[models.Model]) -> Iterator[str]:
    for receiver in _live(signal, model):
        path = path_of(receiver)
        if not _harmless(path, model):
            yield f"{name} {path}"


def _live(signal: ModelSignal, model: type[models.Model]) -> list[Any]:
    """The receivers that would be called; Django returns them alone, or in sync and async lists."""
    if not signal.receivers:
        return []
    found: Any = signal._live_receivers(model)
    return [receiver for group in found for receiver in group] if isinstance(found, tuple) else list(found)


def path_of(receiver: Any) -> str:
    """The dotted path of a function, a method or a callable object."""
    inner = getattr(receiver, "__func__", receiver)
    inner = getattr(inner, "func", inner)  # functools.partial
    if not hasattr(inner, "__qualname__"):
        inner = type(inner)
    return f"{inner.__module__}.{inner.__qualname__}"


def _harmless(path: str, model: type[models.Model]) -> bool:
    known = _HARMLESS.get(path)
    return path in settings.HARMLESS or (known is not None and known(model))


__all__ = ["BULK", "EACH", "STREAM", "choose", "path_of"]
