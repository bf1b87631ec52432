"""Places in a recipe that a command line describes, as the words that describe them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain

from fixturekit.exceptions import PlanError, WrongWord
from fixturekit.marks import Problem
from fixturekit.recipes.problems import shorten
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.secrecy import masked

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
        found = _PLACE.match(where)
        if found is None:
            return ""
        known = self._steps if found["key"] == "steps" else self._shelves
        step = known[int(found["number"])] if int(found["number"]) < len(known) else None
        if step is None:
            return ""
        if found["inner"] in _OPTIONS:
            return _OPTIONS[found["inner"]]
        return _field(step, found["path"], found["inner"] == "named")

    def lines(self, problems: Iterable[tuple[str, str]]) -> list[str]:
        """Return what is wrong at places of the recipe as lines that begin with the words for these places."""
        return [f"{self.place(where) or where}: {message}" for where, message in problems]

    def saying(self, recipe: str) -> str:
        """Return the option that leads to another recipe, as the beginning of a line; empty if none does."""
        for step in (*self._steps, *self._shelves):
            said = [("use", step.use), *step.fields, *chain(*step.named.values())] if step else []
            for name, text in said:
                if f"{recipe}/" in text:
                    return f"--{name} {shorten(masked(f'--{name}', text))}: "
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
            lines = [_line(problem, self.place(problem.where)) for problem in error.problems]
            if not any(lines):
                raise
            told = [line or str(problem) for line, problem in zip(lines, error.problems, strict=True)]
            raise WrongWord(*dict.fromkeys(told)) from error


def _line(problem: Problem, place: str) -> str:
    """A problem as a line for its word; empty where it is not about one."""
    return str(replace(problem, where=place)) if place and problem.mark is None else ""


def _field(step: StepArguments, path: str, labelled: bool) -> str:
    """The option that gave a field its value: the same path, else the longest that it goes on from, else one below it."""
    label, _, inner = path.partition(".")
    fields = dict(step.named.get(label, []) if labelled else step.fields)
    wanted = _NUMBER.sub("", inner if labelled else path).replace(".", "__")
    above = sorted((name for name in fields if f"{wanted}__".startswith(f"{name}__")), key=len, reverse=True)
    below = [name for name in fields if name.startswith(f"{wanted}__")]
    name = next(iter([*above, *below]), "")
    return f"--{name} {shorten(masked(f'--{name}', fields[name]))}" if name else ""
