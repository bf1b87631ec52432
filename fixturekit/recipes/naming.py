"""Names: of recipes (``shop.summer_sale``), their files (``0002_summer_sale.yaml``), steps, fields and models."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_NAME = 100
"""Characters in the name of a recipe or the id of a step; the ledger has a column of this width."""

# Comparing is slow; words of very different length are never near, and of very many the hint is worth less than the wait.
_FAR = 4
_MANY = 500
_ALIKE = 0.8  # what may be found anywhere must look more like it than what is found where it was looked for

_RECIPE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_STEP = re.compile(r"[a-z_][a-z0-9_-]*", re.ASCII)
_FILE = re.compile(r"(?P<number>\d{4,9})_(?P<name>.+)\.yaml", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class RecipeName:
    """The identity of a recipe: its app and its name, never the number of its file."""

    app_label: str
    name: str

    @classmethod
    def parse(cls, text: str) -> RecipeName:
        """Read ``app_label.name``.

        Raises:
            ValueError: The text is not of this form.
        """
        label, dot, name = text.partition(".")
        if not (dot and label.isidentifier() and is_recipe_name(name)):
            raise ValueError(f"{text!r} is not the name of a recipe: write app_label.name")
        return cls(label, name)

    def __str__(self) -> str:
        return f"{self.app_label}.{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class FileName:
    """The name of a recipe's file: a number that sorts it for people, and the recipe's name."""

    number: int
    name: str

    @classmethod
    def parse(cls, text: str) -> FileName:
        """Read ``NNNN_name.yaml``.

        Raises:
            ValueError: The text is not of this form.
        """
        match = _FILE.fullmatch(text)
        if match is None:
            raise ValueError(f"the file name {text!r} is not of the form NNNN_name.yaml")
        if not is_recipe_name(match["name"]):
            raise ValueError(f"the recipe name {match['name']!r} in {text!r} is not a lower-case word")
        return cls(int(match["number"]), match["name"])

    @property
    def stem(self) -> str:
        """The name without its suffix: ``0002_summer_sale``."""
        return f"{self.number:04}_{self.name}"

    def __str__(self) -> str:
        return f"{self.stem}.yaml"


def is_recipe_name(text: str) -> bool:
    """Whether a recipe may have this name (without its app): lower-case letters, digits and ``_``."""
    return len(text) <= MAX_NAME and _RECIPE.fullmatch(text) is not None


def is_step_id(text: str) -> bool:
    """Whether a step may have this id: lower-case letters, digits, ``_`` and ``-``."""
    return len(text) <= MAX_NAME and _STEP.fullmatch(text) is not None


def is_row_label(text: str) -> bool:
    """Whether a made row may have this label: one line without brackets, which is not a number."""
    return (
        bool(text) and text == text.strip() and text.isprintable() and not set("[]") & set(text) and not is_number(text)
    )


def is_number(text: str) -> bool:
    """Whether the text is made of the digits 0 to 9 alone."""
    return text.isascii() and text.isdigit()


def is_model_label(text: str) -> bool:
    """Whether the text is of the form ``app_label.Model``."""
    parts = text.split(".")
    return len(parts) == 2 and all(part.isidentifier() for part in parts)


def is_dotted_path(text: str) -> bool:
    """Whether the text names something inside a module: ``shop.factories.OrderFactory``."""
    parts = text.split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts)


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return the known word that looks most like this one, or an empty text where none is so much like it."""
    near = [other for other in known if abs(len(other) - len(word)) <= _FAR]
    matches = difflib.get_close_matches(word, sorted(near)[:_MANY], n=1, cutoff=likeness)
    return matches[0] if matches else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the hint ``Did you mean 'x'?``, or an empty text where nothing comes near."""
    match = nearest(word, known)
    return f"Did you mean {match!r}?" if match else ""


def did_you_mean_recipe(word: str, known: Iterable[str]) -> str:
    """Return the hint ``Did you mean 'app.recipe'?``: a recipe of the same app with a name like it, else of another app.

    The app alone is no reason: what all recipes of an app have in common says nothing of the one that was meant.

    >>> did_you_mean_recipe("shop.sael", ["shop.sale", "shop.nail"])
    "Did you mean 'shop.sale'?"
    """
    label, _, name = word.partition(".")
    by_name: dict[str, list[str]] = {}
    for full in known:
        by_name.setdefault(full.partition(".")[2], []).append(full)
    own = {short: full for short, names in by_name.items() for full in names if full.startswith(f"{label}.")}
    match = own.get(nearest(name, own), "")
    if not match and (short := nearest(name, by_name, _ALIKE)):
        match = difflib.get_close_matches(word, by_name[short], n=1, cutoff=0)[0]
    return f"Did you mean {match!r}?" if match else ""


def rows_text(count: int) -> str:
    """Spell a number of rows.

    >>> rows_text(1), rows_text(2)
    ('1 row', '2 rows')
    """
    return f"{count} row" if count == 1 else f"{count} rows"


def made_text(rows: int, sides: int, adopted: int = 0) -> str:
    """Spell how many rows a recipe made, code of the project made beside them, and it adopted.

    >>> made_text(40, 2, 1), made_text(1, 0)
    ('40 rows (+2 by receivers), 1 adopted', '1 row')
    """
    beside = f" (+{sides} by receivers)" if sides else ""
    return f"{rows_text(rows)}{beside}{f', {adopted} adopted' if adopted else ''}"
