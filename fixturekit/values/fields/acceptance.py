"""What a field's own validators, and its class, say of a value, where no filler can promise to please them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core import validators as django
from django.core.exceptions import ValidationError
from django.db import models

from fixturekit.values.canonical import kind
from fixturekit.values.fields.limits import validators_of
from fixturekit.values.fields.patterns import KNOWN, compiled, is_regex, read_pattern, repeats_one_set
from fixturekit.values.fields.templates import TOKEN, characters
from fixturekit.values.fillers import AnyField, Filled
from fixturekit.values.sources import Drawn, Enumerated

_NUMBERS = frozenset({"integer", "decimal", "float", "date", "datetime", "time", "duration"})
_TEXTS = frozenset({"text", "opaque"})
# Validators that fillers obey, by their class, with the kinds of columns whose fillers do.
_OBEYED: tuple[tuple[type[Any], frozenset[str]], ...] = (
    (django.MinValueValidator, _NUMBERS),
    (django.MaxValueValidator, _NUMBERS),
    (django.StepValueValidator, frozenset({"integer", "decimal", "float"})),
    (django.MinLengthValidator, _TEXTS),
    (django.MaxLengthValidator, _TEXTS),
    (django.DecimalValidator, frozenset({"decimal"})),
    (django.FileExtensionValidator, _TEXTS),
)
_ADDRESSES = (django.EmailValidator, django.URLValidator)
_OF_FIELD = ("clean", "validate", "run_validators")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What tells whether a field takes a value: ``refusal`` returns the reason, "" where there is none."""

    names: tuple[str, ...]
    refusal: Callable[[Any], str]


def acceptance(field: AnyField, source: Filled | None) -> Acceptance | None:
    """Return what values of a source have to be tried on; None where the source is known to please the field.

    Args:
        field: The field, perhaps with validators that stand for constraints.
        source: Where its values come from, None for any.
    """
    if field.choices and field.flatchoices:
        return None  # those that are refused are left out
    doubtful = [found for found in validators_of(field) if not _obeyed(field, found, source)]
    own = _cleans_itself(field)
    if not doubtful and not own:
        return None
    names = tuple(map(name_of, doubtful)) or (f"{type(field).__name__}.clean",)
    if own:
        return Acceptance(names, _refused_by_clean(field))
    if len(doubtful) == 1 and is_regex(doubtful[0]):
        search, reason = compiled(doubtful[0]).search, str(doubtful[0].message)
        return Acceptance(names, lambda value: "" if search(str(value)) else reason)
    return Acceptance(names, _refused_by(doubtful))


def name_of(validator: Any) -> str:
    """What messages call a validator."""
    found = validator if hasattr(validator, "__qualname__") else type(validator)
    return str(found.__qualname__)


def _obeyed(field: AnyField, validator: Any, source: Filled | None) -> bool:
    """Whether values of the source please a validator by the way they are made."""
    if (
        validator in KNOWN
        or validator is django.validate_slug
        or isinstance(validator, django.ProhibitNullCharactersValidator)
    ):
        return True
    if isinstance(validator, django.BaseValidator) and _changed(validator):
        return False
    for cls, kinds in _OBEYED:
        if isinstance(validator, cls):
            return kind(field) in kinds and not _second_step(field, validator)
    if isinstance(validator, _ADDRESSES):
        return isinstance(field, models.CharField) and type(validator) in _ADDRESSES
    if validator in field.default_validators and type(field).__module__.startswith("django."):
        return True
    return is_regex(validator) and _made_of(source, validator)


def _changed(validator: Any) -> bool:
    """Whether a project's own class of validator means something else than the class of Django's that it derives from."""
    owners = (
        next(cls for cls in type(validator).__mro__ if name in vars(cls)) for name in ("compare", "clean", "__call__")
    )
    return any(not owner.__module__.startswith("django.") for owner in owners)


def _second_step(field: AnyField, validator: Any) -> bool:
    steps = [found for found in validators_of(field) if isinstance(found, django.StepValueValidator)]
    return isinstance(validator, django.StepValueValidator) and validator is not steps[0]


def _made_of(source: Filled | None, validator: Any) -> bool:
    """Whether a source makes exactly the texts that a validator searches for."""
    if not isinstance(source, (Drawn, Enumerated)):
        return False
    args = dict(source.args)
    if _characters_fit(source, args, validator):
        return True
    if (args.get("pattern"), args.get("flags")) != (compiled(validator).pattern, compiled(validator).flags):
        return False
    found = read_pattern(**args)
    return found is not None and found.exact


def _characters_fit(source: Drawn | Enumerated, args: dict[str, Any], validator: Any) -> bool:
    """Whether a validator looks at single characters, and takes all that texts of the source may have."""
    regex = compiled(validator)
    if not repeats_one_set(regex.pattern, regex.flags):
        return False
    if "template" in args:
        found = characters(args["template"], args["locale"])
    elif "longest" in args and "pattern" not in args:
        found = frozenset(TOKEN + args.get("head", "") + args.get("tail", ""))
    else:
        return False
    return all(regex.search(char) for char in found)


def _cleans_itself(field: AnyField) -> bool:
    """Whether the class of a field has a way of its own to judge a value."""
    owners = (next(cls for cls in type(field).__mro__ if name in vars(cls)) for name in _OF_FIELD)
    return any(not owner.__module__.startswith("django.") for owner in owners)


def _refused_by(validators: list[Any]) -> Callable[[Any], str]:
    def refusal(value: Any) -> str:
        try:
            for validator in validators:
                validator(value)
        except ValidationError as error:
            return " ".join(error.messages)
        except Exception as error:  # noqa: BLE001 - one of the project may stumble over what it did not expect
            return f"{type(error).__name__}: {error}"
        return ""

    return refusal


def _refused_by_clean(field: AnyField) -> Callable[[Any], str]:
    from fixturekit.values.literals import clean  # which asks fields for their ranges

    def refusal(value: Any) -> str:
        try:
            clean(field, value)
        except ValueError as error:
            return str(error)
        return ""

    return refusal
