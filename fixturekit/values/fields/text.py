"""Texts: what a name, a title or a description of a model looks like, in the room that its field leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core import validators as django
from django.db import models

from fixturekit.values.fields.limits import lengths, meaning, validators_of
from fixturekit.values.fields.templates import read
from fixturekit.values.filling import Filled, Request, filler

NUMERAL = 9  # digits of a plain text at most
TOKEN = 6  # characters of a token that stands alone
UNLIMITED = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """What texts of a meaning look like: templates from the roomiest to the shortest, also where all must differ.

    The unique ones end in a token, so that whatever stands before it, two texts differ by pools or token alone.
    """

    drawn: tuple[str, ...]
    unique: tuple[str, ...]


TITLE = Kind(
    ("{adjectives:title} {nouns:title}", "{nouns:title}"),
    ("{adjectives:title} {nouns:title} {token:3}", "{nouns:title} {token:4}"),
)
PERSON = Kind(
    ("{first_names} {last_names}", "{last_names}"),
    ("{first_names} {last_names} {token:3}", "{last_names} {token:4}"),
)
COMPANY = Kind(("{companies}", "{last_names}"), ("{companies} {token:4}", "{last_names} {token:4}"))
PRODUCT = Kind(
    ("{adjectives:title} {products}", "{products}"), ("{adjectives:title} {products} {token:3}", "{products} {token:4}")
)
CATEGORY = Kind(("{categories}",), ("{categories} {token:4}",))
CITY = Kind(("{cities}",), ("{cities} {token:4}",))
COUNTRY = Kind(("{countries}", "{country_codes}"), ("{countries} {token:4}",))
SLUG = Kind(("{adjectives}-{nouns}", "{nouns}"), ("{adjectives}-{nouns}-{token:3}", "{nouns}-{token:4}"))
EMAIL = Kind(
    (
        "{first_names:lower}.{last_names:lower}@example.com",
        "{first_names:lower}@example.com",
        "{token:4}@example.com",
        "{token:4}@a.io",
        "{token:1}@a.io",
    ),
    (
        "{first_names:lower}.{last_names:lower}.{token:4}@example.com",
        "{first_names:lower}{token:4}@example.com",
        "{token:6}@example.com",
        "{token:6}@a.io",
        "{token:4}@a.io",
        "{token:2}@a.io",
        "{token:1}@a.io",
    ),
)
URL = Kind(
    (
        "https://www.example.com/{adjectives}-{nouns}",
        "https://example.com/{nouns}",
        "http://a.io/{token:2}",
    ),
    (
        "https://www.example.com/{adjectives}-{nouns}-{token:3}",
        "https://example.com/{token:6}",
        "http://a.io/{token:6}",
        "http://a.io/{token:4}",
        "http://a.io/{token:2}",
        "http://a.io/{token:1}",
    ),
)
SHORTEST_URL = Kind(("http://{token:1}.io",), ("http://{token:1}.io",))
PHONE = Kind(
    ("+1 555 {digits:3} {digits:4}", "555 {digits:4}"),
    ("+1 555 {digits:3} {digits:4}", "{digits:4}{digits:4}"),
)
# What a field takes that asks whether a number can be dialled.
DIALLED = Kind(("+1 202 555 {digits:4}", "+1202555{digits:4}"), ("+1 202 555 {digits:4}", "+1202555{digits:4}"))
CODE = Kind(
    ("{letters:2}-{digits:6}", "{letters:2}{digits:4}", "{letters:2}{digits:2}"),
    ("{letters:2}-{digits:6}", "{letters:2}{digits:6}"),
)
SENTENCE = Kind(("{sentences}", *TITLE.drawn), ("{sentences} {token:4}", *TITLE.unique))
PARAGRAPH = Kind(("{sentences} {sentences}", *SENTENCE.drawn), SENTENCE.unique)
BODY = Kind(
    (
        "{sentences} {sentences} {sentences}\n\n{sentences} {sentences}",
        "{sentences} {sentences} {sentences}",
        *PARAGRAPH.drawn,
    ),
    ("{sentences} {sentences} {token:4}", *SENTENCE.unique),
)
STREET = Kind(("{number:999} {streets}", "{streets}"), ("{number:999} {streets} {token:3}", "{last_names} {token:4}"))
FIRST_NAME = Kind(("{first_names}",), ("{first_names} {token:4}",))
LAST_NAME = Kind(("{last_names}",), ("{last_names} {token:4}",))
LOGIN = Kind(
    ("{first_names:lower}.{last_names:lower}", "{first_names:lower}"),
    ("{first_names:lower}.{last_names:lower}.{token:3}", "{first_names:lower}{token:4}"),
)
JOB = Kind(("{jobs}",), ("{jobs} {token:4}",))
STATE = Kind(("{states}",), ("{states} {token:4}",))
HOST = Kind(("{nouns}.example.com",), ("{adjectives}-{nouns}-{token:3}.example.com",))
POSTCODE = Kind(("{digits:5}",), ())
COUNTRY_CODE = Kind(("{country_codes}",), ())
CURRENCY = Kind(("{currencies}",), ())
LANGUAGE = Kind(("{languages}",), ())
DOCUMENTED_IP = Kind(("192.0.2.{number:254}",), ())
PASSWORD = Kind(("!" + "{token:6}" * 6 + "{token:4}", "!{token:6}"), ())
INTEGERS = Kind(
    ("{number:99},{number:99},{number:99}", "{number:99},{number:99}"),
    ("{number:999},{number:999},{number:999}", "{digits:4},{digits:4}"),
)
COLOR = Kind(("{colors}",), ("#{hex:6}",))
# What a field may ask for that refuses titles and sentences.
OTHERS = (
    Kind(("{token:6}",), ("{token:6}",)),
    Kind(
        ("{digits:6}", "{digits:4}", "{digits:2}", "{digits:1}"), ("{digits:6}{digits:6}", "{digits:6}", "{digits:3}")
    ),
    Kind(("{letters:3}", "{letters:2}", "{letters:1}"), ("{letters:6}", "{letters:3}")),
    Kind(("{hex:6}",), ("{hex:6}{hex:6}", "{hex:6}")),
    Kind(("#{hex:6}",), ("#{hex:6}",)),
    SLUG,
    EMAIL,
    URL,
    HOST,
    Kind(("10.{number:254}.{number:254}.{number:254}",), ("10.{number:254}.{number:254}.{number:254}",)),
    Kind(("{number:9}.{number:9}.{number:9}",), ("{number:99}.{number:99}.{number:99}",)),
    Kind(("20{digits:2}-0{number:9}-1{digits:1}",), ("20{digits:2}-0{number:9}-1{digits:1}",)),
    Kind(("1{digits:1}:0{number:9}",), ("1{digits:1}:1{digits:1}:1{digits:1}",)),
    Kind(("{languages}",), ()),
    Kind(("{country_codes}",), ()),
    Kind(("{currencies}",), ()),
)

MEANINGS = {
    "about": BODY,
    "address": STREET,
    "article": BODY,
    "bio": BODY,
    "body": BODY,
    "brand": COMPANY,
    "caption": SENTENCE,
    "category": CATEGORY,
    "cell": PHONE,
    "city": CITY,
    "code": CODE,
    "color": COLOR,
    "colour": COLOR,
    "comment": SENTENCE,
    "company": COMPANY,
    "content": BODY,
    "country": COUNTRY,
    "country_code": COUNTRY_CODE,
    "currency": CURRENCY,
    "currency_code": CURRENCY,
    "department": CATEGORY,
    "description": BODY,
    "details": BODY,
    "domain": HOST,
    "email": EMAIL,
    "email_address": EMAIL,
    "employer": COMPANY,
    "family_name": LAST_NAME,
    "fax": PHONE,
    "first_name": FIRST_NAME,
    "forename": FIRST_NAME,
    "full_name": PERSON,
    "genre": CATEGORY,
    "given_name": FIRST_NAME,
    "headline": TITLE,
    "homepage": URL,
    "host": HOST,
    "hostname": HOST,
    "intro": SENTENCE,
    "introduction": PARAGRAPH,
    "ip": DOCUMENTED_IP,
    "ip_address": DOCUMENTED_IP,
    "isbn": Kind(("978{digits:6}{digits:4}",), ("978{digits:6}{digits:4}",)),
    "job": JOB,
    "job_title": JOB,
    "key": SLUG,
    "label": TITLE,
    "language": LANGUAGE,
    "language_code": LANGUAGE,
    "last_name": LAST_NAME,
    "link": URL,
    "location": CITY,
    "login": LOGIN,
    "manufacturer": COMPANY,
    "message": SENTENCE,
    "middle_name": FIRST_NAME,
    "mobile": PHONE,
    "nationality": COUNTRY,
    "nickname": Kind(("{first_names:lower}",), ("{first_names:lower}{token:4}",)),
    "note": SENTENCE,
    "notes": PARAGRAPH,
    "number": CODE,
    "occupation": JOB,
    "organisation": COMPANY,
    "organization": COMPANY,
    "password": PASSWORD,
    "phone": PHONE,
    "phone_number": PHONE,
    "position": JOB,
    "postal_code": POSTCODE,
    "postcode": POSTCODE,
    "profession": JOB,
    "province": STATE,
    "publisher": COMPANY,
    "question": SENTENCE,
    "reason": SENTENCE,
    "ref": CODE,
    "reference": CODE,
    "recipient": PERSON,
    "region": STATE,
    "review": PARAGRAPH,
    "serial": CODE,
    "site": URL,
    "sku": CODE,
    "slug": SLUG,
    "state": STATE,
    "street": STREET,
    "street_address": STREET,
    "subject": TITLE,
    "subtitle": SENTENCE,
    "summary": SENTENCE,
    "supplier": COMPANY,
    "surname": LAST_NAME,
    "tag": CATEGORY,
    "tagline": SENTENCE,
    "telephone": PHONE,
    "text": PARAGRAPH,
    "title": TITLE,
    "topic": CATEGORY,
    "town": CITY,
    "url": URL,
    "user_name": LOGIN,
    "username": LOGIN,
    "vendor": COMPANY,
    "website": URL,
    "zip": POSTCODE,
    "zip_code": POSTCODE,
    "zipcode": POSTCODE,
}

# What the name of such a model is.
NAMED = {
    "author": PERSON,
    "brand": COMPANY,
    "category": CATEGORY,
    "city": CITY,
    "client": PERSON,
    "company": COMPANY,
    "contact": PERSON,
    "country": COUNTRY,
    "customer": PERSON,
    "employee": PERSON,
    "genre": CATEGORY,
    "item": PRODUCT,
    "manufacturer": COMPANY,
    "member": PERSON,
    "organisation": COMPANY,
    "organization": COMPANY,
    "person": PERSON,
    "product": PRODUCT,
    "publisher": COMPANY,
    "student": PERSON,
    "supplier": COMPANY,
    "tag": CATEGORY,
    "teacher": PERSON,
    "topic": CATEGORY,
    "town": CITY,
    "user": PERSON,
    "vendor": COMPANY,
}


def fill_text(request: Request, usual: Kind) -> Filled:
    """Plain: numerals; lifelike: what the name means, ``usual`` where it means nothing."""
    if request.plain:
        return plain_text(request)
    return lifelike_text(request, _meant(request) or usual)


def _meant(request: Request) -> Kind | None:
    if request.name == "name":
        return NAMED.get(request.model.rpartition(".")[2].lower())
    return meaning(request.name, MEANINGS)


def otherwise(request: Request) -> Iterator[Filled]:
    """Yield other texts for a field whose own validators refused the first ones, what its name suggests first.

    Nobody knows what the field asks for; these are what fields ask for most.
    """
    if not isinstance(request.field, (models.CharField, models.TextField)):
        return
    dialled = "phone" in type(request.field).__name__.lower() or _meant(request) is PHONE
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
    for template in kind.unique if request.unique else kind.drawn:
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
    return fill_text(request, TITLE)


def fill_domain(request: Request) -> Filled:
    """Names of hosts at example.com."""
    return plain_text(request, "a", ".example.com") if request.plain else lifelike_text(request, HOST)


def fill_integers(request: Request) -> Filled:
    """Whole numbers between commas; one number where there is no room for more, or in style plain."""
    if request.plain and not request.unique:
        return plain_text(request)
    source = None if request.plain else fitted(request, INTEGERS)
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
    return fill_text(request, PARAGRAPH)


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
