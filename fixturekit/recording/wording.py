"""Places in a recipe that a command line describes, as the words that describe them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain

from fixturekit.exceptions import PlanError, WrongWord
from fixturekit.marks import Problem
from fixturekit.recipes.secrecy import without
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.values import option

_PLACE = re.compile(
    r"(?P<key>steps|shelves)\[(?P<number>\d+)\]\.(?P<inner>set|named|use|share|match|get_or_create)\.?(?P<path>.*)"
)
_NUMBER = re.compile(r"\[\d+\]")  # of an item of a list
_OPTIONS = {"use": "--use", "share": "--share", "match": "--match", "get_or_create": "--get-or-create"}


class Wording:
    """Knows which words stand for the steps and shelves of a recipe.

    Args:
        arguments: Those that the command line describes.
        steps: How many steps the recipe has before them, and ``shelves`` how many shelves.
    """

    def __init__(self, arguments: Sequence[StepArguments], steps: int = 0, shelves: int = 0) -> None:
        self._steps: list[StepArguments | None] = [None] * steps + [step for step in arguments if step.shelve is None]
        self._shelves: list[StepArguments | None] = [None] * shelves + [
            step for step in arguments if step.shelve is not None
        ]

    def place(self, where: str) -> str:
        """Return the option, with what it was given, that said what is at a place of the recipe; empty if none did."""
        return self._word(where).shown

    def line(self, where: str, message: str) -> str:
        """Return what is wrong at a place of the recipe as a line that begins with the words for it."""
        word = self._word(where)
        return f"{word.shown or where}: {without(word.name, word.text, message)}"

    def _word(self, where: str) -> _Word:
        found = _PLACE.match(where)
        if found is None:
            return _Word()
        known = self._steps if found["key"] == "steps" else self._shelves
        step = known[int(found["number"])] if int(found["number"]) < len(known) else None
        if step is None:
            return _Word()
        if found["inner"] in _OPTIONS:
            return _Word(_OPTIONS[found["inner"]])
        return _field(step, found["path"], found["inner"] == "named")

    def saying(self, recipe: str) -> str:
        """Return the option that leads to another recipe, as the beginning of a line; empty if none does."""
        for step in (*self._steps, *self._shelves):
            said = [("use", step.use), *step.fields, *chain(*step.named.values())] if step else []
            for name, text in said:
                if f"{recipe}/" in text:
                    return f"{option(name, text)}: "
        return ""

    @contextmanager
    def told(self) -> Iterator[None]:
        """Have the planner's problems told in terms of the command line, where words of it are what is wrong.

        Raises:
            WrongWord: Instead of a ``PlanError`` that is about such words.
        """
        try:
            yield
        except PlanError as error:
            lines = [self._problem(problem) for problem in error.problems]
            if not any(lines):
                raise
            told = [line or str(problem) for line, problem in zip(lines, error.problems, strict=True)]
            raise WrongWord(*dict.fromkeys(told)) from error

    def _problem(self, problem: Problem) -> str:
        """A problem as a line for its word; empty where it is not about one."""
        word = self._word(problem.where)
        if not word.shown or problem.mark is not None:
            return ""
        message, hint = (without(word.name, word.text, text) for text in (problem.message, problem.hint))
        return str(replace(problem, where=word.shown, message=message, hint=hint))


@dataclass(frozen=True, slots=True)
class _Word:
    """An option as it is shown, with its value; of a field also the name, and the whole value."""

    shown: str = ""
    name: str = ""
    text: str = ""


def _field(step: StepArguments, path: str, labelled: bool) -> _Word:
    """The option that gave a field its value: the same path, else the longest that it goes on from, else one below it."""
    # a label may have full stops of its own
    label = max((own for own in step.named if path.startswith(f"{own}.")), key=len, default="") if labelled else ""
    fields = dict(step.named.get(label, []) if labelled else step.fields)
    wanted = _NUMBER.sub("", path.removeprefix(f"{label}.") if labelled else path).replace(".", "__")
    above = sorted((name for name in fields if f"{wanted}__".startswith(f"{name}__")), key=len, reverse=True)
    below = [name for name in fields if name.startswith(f"{wanted}__")]
    name = next(iter([*above, *below]), "")
    return _Word(option(name, fields[name]), name, fields[name]) if name else _Word()
