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
│   ├── PartlyReplaced            a recipe that replaces others, not all of which are applied alike
│   ├── WriteFailed               the database refused a row
│   ├── RowsInUse                 rows of others depend on the rows to be removed
│   ├── LockTimeout               another process is applying recipes
│   └── NotAllowed                the database is not one to write to without being told
├── NotMade                   no loaded recipe, step or label has this name
├── RecordingError            a command does not make a recipe
│   ├── WrongWord                 words of its command line mean nothing; carries a line for each
│   └── UnstableRecipe            two replays gave different rows
└── CallError                 a Python call (G, N and the others) cannot do what it is asked
    ├── CallInvalid               its arguments do not fit the model; carries every problem of the plan
    ├── ShelfNotFound             a named shelf that nobody taught
    ├── ShelfRefused              values that no shelf may keep, or that cannot be written as YAML
    ├── SetupFailed               an app's tests/fixturekit_setup.py cannot be imported
    └── RowNotMade                the model, its validation or the database refused a row
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
            f"('set:') or on a shelf, or name a function for its class in FIELD_GENERATORS"
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
    """A recipe stands for others of which only some are applied, or which are applied in different scales."""


class WriteFailed(ApplyError):
    """The database or the model's own code refused a row; the reason is the exception's cause."""

    def __init__(
        self,
        message: str,
        *,
        step: str,
        row: int | None,
        field: str | None,
        mark: Mark | None,
        path: str = "",
        model: str = "",
    ) -> None:
        super().__init__(message)
        self.step = step
        self.row = row
        self.field = field
        self.mark = mark
        self.path = path
        self.model = model


class RowsInUse(ApplyError):
    """Rows that stay depend on the rows that are to be removed; ``recipes`` made some of those that stay."""

    def __init__(self, message: str, rows: Sequence[str], recipes: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.rows = tuple(rows)
        self.recipes = tuple(recipes)


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


class CallError(FixtureKitError):
    """A Python call cannot do what it is asked."""


class CallInvalid(CallError, ValueError):
    """The arguments of a call do not fit the model; carries the problems that planning has found, if it has."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class ShelfNotFound(CallError, LookupError):
    """Nobody taught a shelf of this name for the model."""

    def __init__(self, message: str, model: str, name: str) -> None:
        super().__init__(message)
        self.model = model
        self.name = name


class ShelfRefused(CallError, ValueError):
    """Values that no shelf may keep, or that cannot be written as YAML."""


class SetupFailed(CallError):
    """The module that teaches an app's shelves cannot be imported."""


class RowNotMade(CallError):
    """The model's own code, its validation or the database refused a row that a call makes.

    ``field`` is the name of the field that is to blame, "" where nobody knows.
    """

    def __init__(self, message: str, model: str, field: str = "") -> None:
        super().__init__(message)
        self.model = model
        self.field = field
