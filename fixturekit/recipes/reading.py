"""From the text of a recipe file to a Recipe, or to all that is wrong with it."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from fixturekit.exceptions import RecipeInvalid
from fixturekit.recipes.composing import compose
from fixturekit.recipes.document import Recipe, Value
from fixturekit.recipes.guards import MAX_BYTES, add_too_large, check_text
from fixturekit.recipes.problems import Report, TooManyProblems
from fixturekit.recipes.references import check_references
from fixturekit.recipes.validation import build

_COMMENT = re.compile(r"#[ ]?(.*?)\s*\Z")


def read(text: str, path: str, *, max_bytes: int = MAX_BYTES, infer: bool = False) -> Recipe:
    """Read a recipe.

    The text is walked as YAML events first, so that nothing in it can cost more than its length; no YAML tag makes an
    object or runs code. Nothing is known of models here: a value is data until the planner gives it to a field.

    Args:
        text: The whole file.
        path: The file's name as the user knows it; every mark carries it.
        max_bytes: The largest size accepted, in bytes of UTF-8; one value, list or mapping is allowed for 16 of them.
        infer: Accept addresses in recipes that ``depends_on`` does not name; ``with_dependencies`` adds them.

    Raises:
        RecipeInvalid: The text breaks the format; carries every problem, not the first alone.
    """
    report = Report(path, text)
    try:
        recipe = _read(report, max_bytes, infer)
    except TooManyProblems:
        recipe = None
    if recipe is None or report.problems:
        raise RecipeInvalid(report.problems)
    return dataclasses.replace(recipe, comment=_leading_comment(report.lines))


def file_bytes(path: Path, shown: str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Return what a recipe's file holds, for ``read_bytes``.

    Raises:
        RecipeInvalid: The file cannot be read, or is larger than ``max_bytes``.
    """
    report = Report(shown)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= max_bytes else b""
    except OSError as error:
        report.add("E002", f"the file cannot be read: {error.strerror or error}")
        raise RecipeInvalid(report.problems) from error
    if size > max_bytes:
        add_too_large(report, size, max_bytes)
        raise RecipeInvalid(report.problems)
    return data


def read_bytes(data: bytes, shown: str, *, max_bytes: int = MAX_BYTES, infer: bool = False) -> Recipe:
    """Read a recipe from the bytes of its file; arguments as those of ``read``.

    Raises:
        RecipeInvalid: They are not UTF-8, or break the format.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        report = Report(shown)
        ahead = data[: error.start].decode(errors="replace")
        line, column = ahead.count("\n"), len(ahead) - (ahead.rfind("\n") + 1)
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8"
        report.add("E002", message, "Save the file as UTF-8", mark=report.mark(line, column))
        raise RecipeInvalid(report.problems) from error
    return read(text, shown, max_bytes=max_bytes, infer=infer)


def _read(report: Report, max_bytes: int, infer: bool) -> Recipe | None:
    if not check_text(report, max_bytes):
        return None
    root = compose(report, max_bytes)
    if root is None and report.problems:
        return None
    recipe = build(root, report)
    if recipe is not None:
        check_references(recipe, report, infer=infer)
    return recipe


def _leading_comment(lines: list[str]) -> str:
    """Return the comment lines above the first key, without their ``#``."""
    comment = []
    for line in lines:
        match = _COMMENT.match(line)
        if match:
            comment.append(match[1])
        elif line.strip() and line.strip() != "---":
            break
    return "\n".join(comment)


def read_value(text: str, path: str) -> Value:
    """Read one value as it would stand in ``set``, for instance ``!seq "SKU-{n:05}"``.

    Addresses are not followed: there is no recipe around the value.

    Args:
        text: The value.
        path: Where it was written, for messages.

    Raises:
        RecipeInvalid: The text is not a value.
    """
    inner = "\n".join(f"        {line}" for line in text.splitlines())
    report = Report(path, f"steps:\n  - id: x\n    make: a.A\n    set:\n      f:\n{inner}\n")
    try:
        root = compose(report) if check_text(report, MAX_BYTES) else None
        recipe = build(root, report) if root is not None else None
    except TooManyProblems:
        recipe = None
    if recipe is None or report.problems:
        raise RecipeInvalid(report.problems)
    return recipe.steps[0].set.entries[0].value
