"""Which names look as if they held a secret, and texts without what such names say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from fixturekit.recipes.keys import TAGS

HIDDEN = "..."
"""Stands where a secret would."""

SHOWN = 60
"""How many characters of a longer text messages show."""

_WORDS = frozenset(
    {"password", "passwd", "pwd", "passphrase", "passcode", "secret", "token", "key",
     "apikey", "hash", "salt", "pin", "ssn", "otp", "cvv", "credential"}
)  # fmt: skip
_PARTS = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
# A name before ':' or '=', in quotes perhaps. The bounds keep a search through a long text short.
_NAMED = re.compile(r"""!password\b|(?<![\w-])([\w-]{1,100})["']?\s{0,9}[:=]""")
# What of a secret within a value is looked for in a message, too: shorter words would be found in any.
_CHUNK = re.compile(r"""[^\s,:=\[\]{}"'!]{4,}""")
_CHUNKS = 100  # so many: in a longer value each would be looked for in all of a long message


def is_secret(name: str) -> bool:
    """Whether a word of a name says that the value is nobody's business.

    >>> is_secret("api_key"), is_secret("accessToken"), is_secret("keyword"), is_secret("shipping_code")
    (True, True, False, False)
    """
    words = (part.lower() for part in _PARTS.split(name))
    return any(word in _WORDS or word.removesuffix("s") in _WORDS for word in words)


def masked(name: str, value: str) -> str:
    """A word of a command line as it may be shown: what stands behind a secret-looking name is left out.

    Args:
        name: The option, ``--set`` or ``--brand``.
        value: What it was given: a text, ``name=value`` pairs, YAML.

    >>> masked("--owner", "username=anna,password=hunter2")
    'username=anna,password=...'
    """
    start = _start(name, value)
    if start is None:
        return value
    space = " " if start and value[start - 1] not in ":=" else ""  # behind !password
    return f"{value[:start]}{space}{HIDDEN}"


def _start(name: str, value: str) -> int | None:
    """Where in a value what nobody may see begins, if anything is secret."""
    if is_secret(name):
        return 0
    for found in _NAMED.finditer(value):
        if not value[found.end() :].strip():
            break
        if found[1] is None or is_secret(found[1]):
            return found.end()
    return None


def veiled(name: str, value: Any) -> Any:
    """A value as it may be shown: that of a secret-looking name is left out, in mappings and lists too.

    >>> veiled("owner", {"name": "anna", "tokens": [1, 2]})
    {'name': 'anna', 'tokens': '...'}
    """
    if is_secret(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: veiled(str(key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [veiled("", item) for item in value]
    return masked("", value) if isinstance(value, str) else value


def without(name: str, value: Any, text: str) -> str:
    """What is said of a value, without the value where the name looks secret, and without what is secret in it.

    >>> without("api_key", "hunter2", "'hunter2' is no number")
    "'...' is no number"
    >>> without("owner", "username=anna,password=hunter2", "anna has no password hunter2")
    'anna has no password ...'
    """
    whole = str(value)
    start = _start(name, whole)
    hidden = "" if start is None else whole[start:].strip()
    for part in (hidden, repr(hidden)[1:-1], hidden[:SHOWN], repr(hidden[:SHOWN])[1:-1], *_chunks(hidden)):
        text = text.replace(part, HIDDEN) if part else text
    return text


def _chunks(hidden: str) -> Iterator[str]:
    """The words of a secret that a message may repeat one by one, as one on YAML does; names of tags are no secrets."""
    found = (match[0] for match in _CHUNK.finditer(hidden))
    return (chunk for chunk in islice(found, _CHUNKS) if f"!{chunk}" not in TAGS)
