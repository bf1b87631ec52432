"""How a batch is written: as a stream of columns, as instances in bulk, or each by ``save()``, and why.

Rows go as a stream only where nobody could tell: nothing listens, and ``save()`` is Django's. What listens but is
known to do no harm to rows that are new is on a table, by dotted path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from django.db import models
from django.db.models.signals import ModelSignal, m2m_changed, post_init, post_save, pre_init, pre_save

from fixturekit.blueprints import Blueprint, size_fields
from fixturekit.conf import settings
from fixturekit.planning.plan import BULK, EACH, STREAM
from fixturekit.values.sources import Const, Mixed, Source


def _always(model: type[models.Model]) -> bool:
    return True


def _is_not_translatable(model: type[models.Model]) -> bool:
    return "wagtail.models.i18n.TranslatableMixin" not in map(_path_of_class, model.__mro__)


def _has_slug(model: type[models.Model]) -> bool:
    slug: Any = model._meta.get_field("slug")
    return not slug.blank


def _is_not_searched(model: type[models.Model]) -> bool:
    connections: Any = import_module("haystack").connections
    return not any(
        model in connections[alias].get_unified_index().get_indexed_models() for alias in connections.connections_info
    )


# Hooks that change nothing about a row that is new and already has its values, nor anything else that outlives the
# saving. The predicate says for which models.
_HARMLESS: dict[str, Callable[[type[models.Model]], bool]] = {
    # has the validators note a raw password that set_password() was given; planned rows hold the encoded one
    "django.contrib.auth.base_user.AbstractBaseUser.save": _always,
    # listens to every model, sets the locale of translatable rows that have none
    "wagtail.models.i18n.set_locale_on_new_instance": _is_not_translatable,
    # hold children that were given to the instance until it is saved; planned rows are given columns only
    "modelcluster.models.ClusterableModel.__init__": _always,
    "modelcluster.models.ClusterableModel.save": _always,
    # derives an empty slug from the name; a planned slug is empty only where it may be
    "taggit.models.TagBase.save": _has_slug,
    # listens to every model, passes rows of models that have a search index on to it
    "haystack.signals.BaseSignalProcessor.handle_save": _is_not_searched,
    # prepare what a request keeps in memory
    "oscar.apps.basket.abstract_models.AbstractBasket.__init__": _always,
}


def _has_sizes(model: type[models.Model], columns: Mapping[str, Source]) -> bool:
    """Whether every picture is planned together with its size, so that nobody has to open the file to know it."""
    return all(
        _has_size(columns.get(field.name), columns.get(name))
        for field in model._meta.concrete_fields
        if isinstance(field, models.ImageField)
        for name in size_fields(field)
    )


def _has_size(picture: Source | None, size: Source | None) -> bool:
    if picture in (Const(""), Const(None)):
        return True
    if isinstance(picture, Mixed) and isinstance(size, Mixed) and picture.choose == size.choose:
        return all(map(_has_size, picture.sources, size.sources))
    return isinstance(size, Const) and bool(size.value)


# The same for hooks that change nothing where the plan has values for what they would set.
_HARMLESS_IF_PLANNED: dict[str, Callable[[type[models.Model], Mapping[str, Source]], bool]] = {
    # opens the picture of a row that does not say its width and height
    "django.db.models.fields.files.ImageField.update_dimension_fields": _has_sizes,
}
_SIGNALS: tuple[tuple[str, ModelSignal], ...] = (
    ("pre_init", pre_init),
    ("post_init", post_init),
    ("pre_save", pre_save),
    ("post_save", post_save),
)
# methods that ``save: bulk`` does not call
_SAVING = (".save", ".save_base", "._save_table", "._do_insert")
# what a field spells instead of ``%s``: its values go through a function of the database
_PLACEHOLDERS = ("get_placeholder", "get_placeholder_sql")


def choose(
    shape: Blueprint, wanted: str, *, muted: bool, through: bool, columns: Mapping[str, Source] | None = None
) -> tuple[str, str]:
    """Return the way for rows of a model, and the reason.

    Args:
        wanted: What the step says under ``save``, or "".
        muted: The step mutes signals.
        through: The rows are links of a many-to-many field without a model of its own.
        columns: What is planned for the fields.
    """
    hooks = list(_hooks(shape.model, muted=muted, through=through))
    heard = [hook for hook in hooks if not _harmless(hook.path, shape.model, columns or {})]
    spelled = [hook.shown for hook in heard if hook.path.rpartition(".")[2] in _PLACEHOLDERS]
    if spelled and wanted != EACH:
        return EACH, f"{', '.join(spelled)}: its values are written in SQL of its own"
    if wanted == BULK and through and not (heard or muted):
        return STREAM, "nothing listens"  # adding links through the manager is no faster
    if wanted:
        left_out = [hook for hook in heard if wanted == STREAM or (wanted == BULK and _is_own_saving(hook))]
        return wanted, f"save: {wanted}{_aside('leaves out', left_out)}"
    if heard:
        return EACH, ", ".join(hook.shown for hook in heard)
    return STREAM, f"nothing listens{_aside('harmless:', hooks)}"


def _aside(words: str, hooks: Sequence[_Hook]) -> str:
    return f"; {words} {', '.join(hook.shown for hook in hooks)}" if hooks else ""


class _Hook(NamedTuple):
    """Code that runs when an instance is made or saved: its dotted path, alone and as it is shown to a person."""

    path: str
    shown: str


def _is_own_saving(hook: _Hook) -> bool:
    return hook.shown.startswith("own ") and hook.path.endswith(_SAVING)


def _hooks(model: type[models.Model], *, muted: bool, through: bool) -> Iterator[_Hook]:
    """Yield what would run for an instance."""
    if through:
        if not muted:
            yield from _receivers("m2m_changed", m2m_changed, model)
        return
    for name in ("__init__", *_SAVING):
        for path in _overridden(model, name.lstrip(".")):
            yield _Hook(path, f"own {path}")
    for field in model._meta.concrete_fields:
        # newer versions of Django make the second one of the first
        placeholder = next((name for name in _PLACEHOLDERS if hasattr(type(field), name)), "")
        for name in filter(None, ("pre_save", placeholder)):
            path = _method(type(field), name)
            if not path.startswith(("django.db.models.", "django.contrib.")):
                yield _Hook(path, f"field {field.name}: {path}")
        if isinstance(field, models.FileField) and callable(field.upload_to) and model._meta.parents:
            # is given an instance, of which a table knows only its part
            yield _Hook(path_of(field.upload_to), f"field {field.name}: upload_to {path_of(field.upload_to)}")
    if not muted:
        for name, signal in _SIGNALS:
            yield from _receivers(name, signal, model)


def saves_itself(model: type[models.Model]) -> bool:
    """Whether rows of a model are saved by code that is not Django's own, which need not do what it is told."""
    return any(True for name in _SAVING for _ in _overridden(model, name.lstrip(".")))


def _overridden(model: type[models.Model], name: str) -> Iterator[str]:
    """Yield the dotted path of each definition of a method that comes before Django's own: one may call the next."""
    for base in model.__mro__[: model.__mro__.index(models.Model)]:
        if name in vars(base):
            yield f"{_path_of_class(base)}.{name}"


def _method(cls: type, name: str) -> str:
    """The dotted path of the class's method, as it was defined."""
    owner = next(base for base in cls.__mro__ if name in vars(base))
    return f"{_path_of_class(owner)}.{name}"


def _path_of_class(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _receivers(name: str, signal: ModelSignal, model: type[models.Model]) -> Iterator[_Hook]:
    for receiver in _live(signal, model):
        path = path_of(receiver)
        yield _Hook(path, f"{name} {path}")


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


def _harmless(path: str, model: type[models.Model], columns: Mapping[str, Source]) -> bool:
    known = _HARMLESS.get(path)
    planned = _HARMLESS_IF_PLANNED.get(path)
    return (
        path in settings.HARMLESS
        or (known is not None and known(model))
        or (planned is not None and planned(model, columns))
    )


__all__ = ["BULK", "EACH", "STREAM", "choose", "path_of", "saves_itself"]
