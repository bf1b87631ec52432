"""The options of one call, with what the settings say where it is silent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypedDict

from fixturekit.conf import settings
from fixturekit.exceptions import CallInvalid


class Words(TypedDict, total=False):
    """The options of a call as they are written; what is left out, or None, is as the settings say."""

    shelve: bool | str | None
    named_shelve: str | None
    use_library: bool | None
    fill_nullable_fields: bool | None
    ignore_fields: Sequence[str]
    number_of_laps: int | None
    validate_models: bool | None
    validate_args: bool | None
    debug_mode: bool | None
    seed: int | str | None
    using: str | None


class Options(NamedTuple):
    """What decides how rows are planned; part of what calls of one shape have in common."""

    fill_nullable: bool
    ignore: tuple[str, ...]
    laps: int
    use_library: bool
    named_shelve: str
    seed: int | str | None


_PLAIN: tuple[int, Options] | None = None


def planned(words: Words, title: str) -> Options:
    """Return the options that decide how rows are planned.

    Raises:
        CallInvalid: One of them has a value of another kind.
        ImproperlyConfigured: The setting FIXTUREKIT is wrong.
    """
    global _PLAIN
    if not words and _PLAIN is not None and _PLAIN[0] == settings.generation:
        return _PLAIN[1]
    named = words.get("named_shelve") or ""
    library = _flag(words, "use_library", title)
    options = Options(
        fill_nullable=flag(words, "fill_nullable_fields", settings.FILL_NULLABLE_FIELDS, title),
        ignore=_ignored(words, title),
        laps=_laps(words, title),
        # to name a shelf is to use it, unless the call says otherwise
        use_library=(bool(named) or settings.USE_LIBRARY) if library is None else library,
        named_shelve=_name(named, title),
        seed=_seed(words, title),
    )
    if not words:
        _PLAIN = (settings.generation, options)
    return options


def flag(words: Words, name: str, default: bool, title: str) -> bool:
    """Return an option that is on or off."""
    given = _flag(words, name, title)
    return default if given is None else given


def _flag(words: Words, name: str, title: str) -> bool | None:
    given: Any = words.get(name)
    if given is not None and not isinstance(given, bool):
        raise CallInvalid(f"{title}: {name}={given!r}: expected True or False")
    return given


def _ignored(words: Words, title: str) -> tuple[str, ...]:
    given: Any = words.get("ignore_fields") or ()
    if isinstance(given, str) or not all(isinstance(name, str) for name in given):
        raise CallInvalid(f"{title}: ignore_fields={given!r}: expected a list of names of fields")
    return tuple(given)


def _laps(words: Words, title: str) -> int:
    given: Any = words.get("number_of_laps")
    if given is None:
        return settings.NUMBER_OF_LAPS
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise CallInvalid(f"{title}: number_of_laps={given!r}: expected a whole number from 0")
    return given


def _name(given: Any, title: str) -> str:
    if not isinstance(given, str):
        raise CallInvalid(f"{title}: named_shelve={given!r}: expected the name of a shelf")
    return given


def _seed(words: Words, title: str) -> int | str | None:
    given: Any = words.get("seed")
    if given is not None and (isinstance(given, bool) or not isinstance(given, (int, str))):
        raise CallInvalid(f"{title}: seed={given!r}: expected a number or a text")
    return None if given is None else given
