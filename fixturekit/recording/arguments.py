"""The words of ``makefixture``, split into those of the recipe and those of each step.

``argparse`` cannot do this: it forgets which ``--count`` came after which ``--model``, and takes ``--name x`` for a
positional word. So the words are split first, strictly: no abbreviation, no word without a partner.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from fixturekit.exceptions import RecordingError
from fixturekit.recipes.keys import MAX_COUNT
from fixturekit.recipes.naming import is_step_id
from fixturekit.recipes.problems import shorten

STEP_OPTIONS = {
    "--count": "how many rows",
    "--as": "the step's id",
    "--share": "PATH=N: spread the rows over N rows of a relation",
    "--set": "NAME=VALUE: a field whose name is also an option",
}
_OPENING = ("--model", "--factory")


class WrongWord(RecordingError):
    """A word of the command line that means nothing, or stands at the wrong place."""


@dataclass(slots=True)
class StepArguments:
    """What the command line says of one step; ``fields`` are (path, text) pairs in written order."""

    model: str = ""
    factory: str = ""
    count: int | None = None
    id: str = ""
    share: dict[str, int] = field(default_factory=dict)
    fields: list[tuple[str, str]] = field(default_factory=list)


def split(
    words: Sequence[str],
    options: Collection[str],
    takes_value: Callable[[str], bool],
    repeatable: Collection[str] = (),
) -> tuple[list[str], list[StepArguments]]:
    """Split the command line.

    Args:
        words: All words after the command's name.
        options: Option strings of the recipe and of every command.
        takes_value: Whether one of these is followed by a value.
        repeatable: Those of them that may be given several times.

    Returns:
        The words of the recipe, and one set of arguments for each ``--model`` or ``--factory``.

    Raises:
        WrongWord: A word cannot be understood.
    """
    recipe: list[str] = []
    steps: list[StepArguments] = []
    seen: set[str] = set()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, given, value = word.partition("=")
        if name in _OPENING:
            steps.append(_open(name, value if given else _value(name, rest)))
        elif name in options and name not in STEP_OPTIONS:
            recipe.append(word)
            if takes_value(name):
                if name in seen and name not in repeatable:
                    raise WrongWord(f"{name} is given twice")
                seen.add(name)
                if not given:
                    recipe.append(_value(name, rest))
        elif _is_short(word) and word[:2] in options:
            recipe.append(word)  # -v0: a short option with its value
        elif word.startswith("--") and len(word) > 2:
            if not steps:
                raise _unknown(name, options)
            _step_word(steps[-1], name, value if given else _value(name, rest))
        elif steps:
            raise WrongWord(f"'{word}' is a word without a name before it: write --field {word}")
        else:
            recipe.append(word)
    return recipe, steps


def _is_short(word: str) -> bool:
    return len(word) > 2 and word[0] == "-" and word[1] != "-"


def _value(name: str, rest: list[str]) -> str:
    if not rest or (rest[0].startswith("--") and len(rest[0]) > 2):
        raise WrongWord(f"{name} needs a value: {name} VALUE, or {name}=VALUE where it begins with two hyphens")
    return rest.pop(0)


def _open(name: str, value: str) -> StepArguments:
    return StepArguments(model=value) if name == "--model" else StepArguments(factory=value)


def _step_word(step: StepArguments, name: str, value: str) -> None:
    if name == "--count":
        _once(step.count is None, name)
        step.count = _number(name, value)
    elif name == "--as":
        _once(not step.id, name)
        if not is_step_id(value):
            raise WrongWord(f"{name} takes a word of lower-case letters, digits, _ and -, not '{value}'")
        step.id = value
    elif name == "--share":
        path, number = _pair(name, value, "PATH=N")
        _once(path not in step.share, f"{name} {path}")
        step.share[path] = _number(name, number, least=1)
    else:
        path, text = _pair(name, value, "NAME=VALUE") if name == "--set" else (name[2:], value)
        _once(all(path != known for known, _ in step.fields), f"--{path}")
        step.fields.append((path, text))


def _pair(name: str, value: str, wanted: str) -> tuple[str, str]:
    path, given, text = value.partition("=")
    if not given or not path:
        raise WrongWord(f"{name} takes {wanted}, not '{value}'")
    return path, text


def _number(name: str, text: str, least: int = 0) -> int:
    # the length first: Python refuses to convert very many digits
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or not least <= int(text) <= MAX_COUNT:
        raise WrongWord(f"{name} takes a whole number from {least} to {MAX_COUNT:,}, not {shorten(text)}")
    return int(text)


def _once(first: bool, name: str) -> None:
    if not first:
        raise WrongWord(f"{name} is given twice for one step")


def _unknown(name: str, options: Collection[str]) -> WrongWord:
    if name in STEP_OPTIONS:
        return WrongWord(f"{name} belongs to a step: it comes after --model")
    near = difflib.get_close_matches(name, [*options, *STEP_OPTIONS, *_OPENING], n=1)
    hint = f" Did you mean {near[0]}?" if near else " Options of a step come after --model."
    return WrongWord(f"{name} is not an option of makefixture.{hint}")
