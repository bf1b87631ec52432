"""Texts: what a name, a title or a description of a model looks like, in the room that its field leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core import validators as django
from django.db import models

from fixturekit.values.fields.limits import lengths, meaning, validators_of
from fixturekit.values.fields.templates import always, read, without_later
from fixturekit.values.fillers import Filled, Request, filler
from fixturekit.values.meanings.texts import (
    COMMA_SEPARATED,
    DIALLED,
    EMAIL,
    HOST,
    LEAD,
    MEANINGS,
    MOBILE,
    NAMED,
    OTHERS,
    PHONE,
    SHORT_TITLE,
    SHORTEST_URL,
    SLUG,
    TITLED,
    URL,
    Kind,
)
from fixturekit.values.sources import Const

NUMERAL = 9  # digits of a plain text at most
TOKEN = 6  # characters of a token that stands alone
UNLIMITED = 1000


def fill_text(request: Request, usual: Kind) -> Filled:
    """Plain: numerals; lifelike: what the name means, ``usual`` where it means nothing."""
    if request.plain:
        return plain_text(request)
    return lifelike_text(request, _meant(request) or usual)


def _meant(request: Request) -> Kind | None:
    if request.name == "name":
        return meaning(request.thing, NAMED)
    titled = TITLED.get(request.sort) if request.name == "title" else None
    return titled or meaning(request.name, MEANINGS)


def otherwise(request: Request) -> Iterator[Filled]:
    """Yield other texts for a field whose own validators refused the first ones, what its name suggests first.

    Nobody knows what the field asks for; these are what fields ask for most.
    """
    if not isinstance(request.field, (models.CharField, models.TextField)):
        return
    dialled = "phone" in type(request.field).__name__.lower() or _meant(request) in (PHONE, MOBILE)
    for kind in (DIALLED, *OTHERS) if dialled else (*OTHERS, DIALLED):
        found = fitted(request, kind)
        if found is not None:
            yield found


def plain_text(request: Request, head: str = "", tail: str = "") -> Filled:
    """Return numerals between ``head`` and ``tail``.

    Raises UnsupportedField where the field leaves no room for one.
    """
    shortest, longest = lengths(request.field)
    room = (UNLIMITED if longest is None else longest) - len(head) - len(tail)
    if room < 1 or shortest > room + len(head) + len(tail):
        raise request.unsupported()
    args: dict[str, Any] = {"longest": min(room, NUMERAL), "shortest": max(shortest - len(head) - len(tail), 1)}
    args.update({"head": head, "tail": tail} if head or tail else {})
    return request.enumerated("numerals", **args) if request.unique else request.drawn("numerals", **args)


def lifelike_text(request: Request, kind: Kind) -> Filled:
    """Return texts of the first template of a kind that fits the field, and a token where none does.

    Raises UnsupportedField where the field asks for more characters than it allows.
    """
    source = fitted(request, kind)
    if source is not None:
        return source
    shortest, longest = lengths(request.field)
    if longest is not None and shortest > longest:
        raise request.unsupported()
    length = min(TOKEN, UNLIMITED if longest is None else longest)
    template = "0" * (shortest - length) + f"{{token:{length}}}"
    return _from_template(request, template, None)


def fitted(request: Request, kind: Kind) -> Filled | None:
    """Return texts of the first template of a kind that fits; single pools may leave out their longest entries."""
    shortest, longest = lengths(request.field)
    for written in kind.unique if request.unique else kind.drawn:
        # what stands in brackets is left out as long as texts differ without it: it must not be missed then
        briefest = read(without_later(written), request.locale).shortest
        template = written if briefest >= shortest else always(written)
        whole = read(template, request.locale)
        if whole.shortest < shortest:
            continue
        if longest is None or whole.longest <= longest:
            return _from_template(request, template, None)
        if len(whole.axes) == 1 and whole.axes[0].size > 36 and not whole.head:
            part = _shortened(template, request.locale, longest)
            if part is not None and 2 * part >= whole.axes[0].size:
                return _from_template(request, template, longest)
    return None


def _shortened(template: str, locale: str, room: int) -> int | None:
    """How many entries fit, None where the template is not a pool alone."""
    if not (template.startswith("{") and template.endswith("}")):
        return None
    whole = read(template, locale).axes[0]
    return sum(len(text) <= room for text in whole.render(range(whole.size))) if whole.size < 10_000 else None


def _from_template(request: Request, template: str, room: int | None) -> Filled:
    if not (request.unique or read(template, request.locale).axes):
        return Const(read(template, request.locale).head)
    args: dict[str, Any] = {"template": template, "locale": request.locale}
    if room is not None:
        args["room"] = room
    return request.enumerated("text", **args) if request.unique else request.drawn("text", **args)


@filler(models.CharField)
def fill_char(request: Request) -> Filled:
    """By its validators where they make it an address or a slug, else a title."""
    found = list(validators_of(request.field))
    if any(isinstance(validator, django.EmailValidator) for validator in found):
        return fill_email(request)
    if any(isinstance(validator, django.URLValidator) for validator in found):
        return fill_url(request)
    if django.validate_slug in found:
        return fill_slug(request)
    if django.validate_comma_separated_integer_list in found:
        return fill_integers(request)
    if any(isinstance(validator, django.DomainNameValidator) for validator in found):
        return fill_domain(request)
    return fill_text(request, SHORT_TITLE)


def fill_domain(request: Request) -> Filled:
    """Names of hosts at example.com."""
    return plain_text(request, "a", ".example.com") if request.plain else lifelike_text(request, HOST)


def fill_integers(request: Request) -> Filled:
    """Whole numbers between commas; one number where there is no room for more, or in style plain."""
    if request.plain and not request.unique:
        return plain_text(request)
    source = None if request.plain else fitted(request, COMMA_SEPARATED)
    if source is not None:
        return source
    shortest, longest = lengths(request.field)
    if longest is not None and shortest > longest:
        raise request.unsupported()
    length = max(shortest, min(NUMERAL, UNLIMITED if longest is None else longest))
    return _from_template(request, f"{{digits:{length}}}", None)


@filler(models.TextField)
def fill_long_text(request: Request) -> Filled:
    """Two sentences where the name means nothing."""
    return fill_text(request, LEAD)


@filler(models.SlugField)
def fill_slug(request: Request) -> Filled:
    """Words joined by hyphens, whatever the name."""
    return plain_text(request) if request.plain else lifelike_text(request, SLUG)


@filler(models.EmailField)
def fill_email(request: Request) -> Filled:
    """Addresses at example.com."""
    return _address(request, EMAIL, ("a", "@example.com"), ("a", "@a.io"), ("", "@a.io"))


@filler(models.URLField)
def fill_url(request: Request) -> Filled:
    """Pages of example.com."""
    return _address(request, URL, ("http://example.com/", ""), ("http://a.io/", ""), ("http://", ".io"))


def _address(
    request: Request, kind: Kind, usual: tuple[str, str], short: tuple[str, str], least: tuple[str, str]
) -> Filled:
    if request.plain:
        longest = lengths(request.field)[1]
        if longest is None or longest >= sum(map(len, usual)) + 4:
            return plain_text(request, *usual)
        return plain_text(request, *(short if longest > sum(map(len, short)) else least))
    source = fitted(request, kind) or (fitted(request, SHORTEST_URL) if kind is URL else None)
    if source is None:
        raise request.unsupported()
    return source
