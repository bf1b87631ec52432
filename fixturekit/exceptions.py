"""Everything that fixturekit raises.

FixtureKitError
├── RecipeError               a recipe file cannot be used
│   ├── RecipeInvalid             its text breaks the format; carries every problem
│   ├── RecipeNotWritable         there is no folder that it may be written to
│   └── RecipeNotEditable         its text cannot be changed without losing something
├── GraphError                the recipes do not fit together
│   ├── RecipeNotFound            a name that no recipe has
│   ├── RecipeAmbiguous           a prefix that several recipes have
│   └── DependencyCycle           recipes that wait for each other
├── PlanError                 a recipe does not fit the models; carries every problem
├── GenerationError           a value cannot be made
│   ├── UnsupportedField          nothing is known that fills the field
│   └── ValuesExhausted           fewer different values than rows
├── ApplyError                a recipe could not be applied or removed
│   ├── PinNotFound               a pin that fits no row, or several
│   ├── MatchAmbiguous            a row to adopt that several rows fit
│   ├── ValueTaken                a generated value that an existing row has, where that is an error
│   ├── MadeRowsMissing           a ref to rows that were removed since
│   ├── RecipeChanged             applied before, and edited since
│   ├── PartlyReplaced            a recipe that replaces others, only some of which are applied
│   ├── WriteFailed               the database refused a row
│   ├── RowsInUse                 rows of others depend on the rows to be removed
│   ├── LockTimeout               another process is applying recipes
│   └── NotAllowed                the database is not one to write to without being told
├── NotMade                   no loaded recipe, step or label has this name
└── RecordingError            a command does not make a recipe
    ├── WrongWord                 words of its command line mean nothing; carries a line for each
    └── UnstableRecipe            two replays gave different rows
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fixturekit.marks import Mark, Problem, render


class FixtureKitError(Exception):
    """Base of all; never raised itself."""

    def __reduce__(self) -> tuple[Any, ...]:
        # A parallel test run sends errors between processes, and by default pickle calls the class with its text alone.
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[FixtureKitError], args: tuple[Any, ...], state: Mapping[str, Any]) -> FixtureKitError:
    """An error as it was in the process that it comes from."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ProblemsError(FixtureKitError):
    """An error that is a list of problems; its text is all of them, one below the other."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(render(problems))
        self.problems = tuple(problems)


class RecipeError(FixtureKitError):
    """A recipe file cannot be used."""


class RecipeInvalid(RecipeError, ProblemsError, ValueError):
    """The text of a recipe file breaks the format."""


class RecipeNotWritable(RecipeError):
    """There is no folder that the recipe may be written to."""


class RecipeNotEditable(RecipeError):
    """The text of a recipe file cannot be changed as is wanted without losing or breaking something."""


class GraphError(FixtureKitError):
    """The recipes of the project do not fit together; carries every problem, if it is about files."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class RecipeNotFound(GraphError, LookupError):
    """No recipe has this name."""

    def __init__(self, message: str, name: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, problems)
        self.name = name


class RecipeAmbiguous(GraphError, LookupError):
    """Several recipes begin with this prefix."""

    def __init__(self, message: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.names = tuple(names)


class DependencyCycle(GraphError):
    """Recipes depend on each other in a circle."""

    def __init__(self, message: str, names: Sequence[str], problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, problems)
        self.names = tuple(names)


class PlanError(ProblemsError):
    """A recipe does not fit the models of the project."""


class GenerationError(FixtureKitError):
    """A value cannot be made."""


class UnsupportedField(GenerationError):
    """Nothing is known that fills a field of this class."""

    def __init__(self, model: str, field: str, field_class: str) -> None:
        super().__init__(
            f"fixturekit does not know how to fill {model}.{field}, a {field_class}. Give it a value in the recipe "
            f"('set:'), or give the field a default"
        )
        self.model = model
        self.field = field
        self.field_class = field_class


class ValuesExhausted(GenerationError):
    """There are fewer different values than rows that need one."""

    def __init__(self, what: str, capacity: int, wanted: int) -> None:
        super().__init__(f"{what} has {capacity} different values, {wanted} are needed")
        self.what = what
        self.capacity = capacity
        self.wanted = wanted


class ApplyError(FixtureKitError):
    """A recipe could not be applied or removed."""


class PinNotFound(ApplyError, LookupError):
    """A pin fits no row of the database, or more than one."""

    def __init__(self, message: str, mark: Mark | None = None) -> None:
        super().__init__(f"{mark}: {message}" if mark else message)
        self.mark = mark


class MatchAmbiguous(ApplyError):
    """A row of a step is to stand for an existing row, and several fit it."""

    def __init__(self, message: str, mark: Mark | None = None) -> None:
        super().__init__(f"{mark}: {message}" if mark else message)
        self.mark = mark


class ValueTaken(ApplyError):
    """A generated value is that of an existing row, and may not give way."""


class MadeRowsMissing(ApplyError, LookupError):
    """A ref points at made rows that are not there any more."""


class RecipeChanged(ApplyError):
    """An applied recipe was edited afterwards."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


class PartlyReplaced(ApplyError):
    """A recipe stands for others of which only some are applied."""


class WriteFailed(ApplyError):
    """The database or the model's own code refused a row; the reason is the exception's cause."""

    def __init__(self, message: str, *, step: str, row: int | None, field: str | None, mark: Mark | None) -> None:
        super().__init__(message)
        self.step = step
        self.row = row
        self.field = field
        self.mark = mark


class RowsInUse(ApplyError):
    """Rows that no recipe made depend on the rows that are to be removed."""

    def __init__(self, message: str, rows: Sequence[str]) -> None:
        super().__init__(message)
        self.rows = tuple(rows)


class LockTimeout(ApplyError):
    """Another process holds the lock of this database."""


class NotAllowed(ApplyError):
    """The database may not be written to without ``--force``."""


class NotMade(FixtureKitError, AttributeError, LookupError):
    """Among the recipes loaded here, no recipe, step or label has this name."""

    def __init__(self, message: str) -> None:
        # Python would guess a name of its own beside the one that the message suggests
        super().__init__(message, name=None)


class RecordingError(FixtureKitError):
    """A command line does not make a recipe."""


class WrongWord(RecordingError):
    """Words of a command line mean nothing, or stand at the wrong place; ``lines`` has one for each."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class UnstableRecipe(RecordingError):
    """Two replays of the same recipe gave different rows."""

    def __init__(self, message: str, columns: Sequence[str]) -> None:
        super().__init__(message)
        self.columns = tuple(columns)
