"""How text and numbers are spelled in canonical YAML: plain where every reader agrees, else in double quotes."""

from __future__ import annotations

import json
import re

from fixturekit.recipes.document import Literal
from fixturekit.recipes.guards import needs_escape, unwanted_in
from fixturekit.recipes.scalars import is_text_everywhere, is_written_number, literal

# Begins with a letter, a digit or _ and goes on in words with single blanks between; what stays out (quotes,
# brackets, # and others) means something to YAML here or there. Brackets, commas,
# colons and question marks are fine in a block.
_PLAIN_IN_BLOCK = re.compile(r"\w(?:[\w./@+()'&$;!?*=~^|<>%,\[\]-]|:(?=[^\s])| (?=[^\s#:]))*")
_PLAIN_IN_FLOW = re.compile(r"\w(?:[\w./@+()'&$;!*=~^|<>%-]| (?=[^\s#:]))*")


def spell_text(text: str, flow: bool = False) -> str:
    """Return the text on one line.

    Args:
        text: Any text that a recipe may hold.
        flow: Whether it stands inside ``[ ]`` or ``{ }``.

    Raises:
        ValueError: It holds NUL or half a surrogate pair, which no database stores.
    """
    unwanted = unwanted_in(text)
    if unwanted:
        raise ValueError(f"the character U+{ord(unwanted):04X} cannot stand in a recipe")
    plain = _PLAIN_IN_FLOW if flow else _PLAIN_IN_BLOCK
    if plain.fullmatch(text) and text.isprintable() and is_text_everywhere(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(_escape(c) for c in quoted) if needs_escape(quoted) else quoted


def spell_literal(value: Literal, flow: bool = False) -> str:
    """Return a null, boolean, number or text on one line; a number keeps the digits it was written with.

    Raises:
        ValueError: The value is one that a recipe cannot hold.
    """
    if value.value is None:
        return "null"
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    if isinstance(value.value, str):
        return spell_text(value.value, flow)
    return value.text if is_written_number(value.text) else literal(value.value).text


def block_lines(text: str) -> list[str] | None:
    """Return the text as a literal block, its indicator first; None where it needs quotes.

    A block cannot show control characters, and one that begins with a blank needs its indentation told.
    """
    if "\n" not in text or text[0].isspace() or "\r" in text or needs_escape(text):
        return None
    body = text.rstrip("\n")
    if body == text:
        return ["|-", *text.split("\n")]
    return ["|" if f"{body}\n" == text else "|+", *text[:-1].split("\n")]


def _escape(character: str) -> str:
    return f"\\u{ord(character):04x}" if needs_escape(character) else character
