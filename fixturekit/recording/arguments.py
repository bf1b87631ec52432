"""The words of ``makefixture``, split into those of the recipe and those of each step.

``argparse`` cannot do this: it forgets which ``--count`` came after which ``--model``, and takes ``--name x`` for a
positional word. So the words are split first, strictly: no abbreviation, no word without a partner.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from fixturekit.exceptions import RecipeAmbiguous, RecipeNotFound, WrongWord
from fixturekit.recipes.keys import MAX_COUNT, STEP
from fixturekit.recipes.naming import is_row_label, is_step_id, nearest
from fixturekit.recipes.problems import shorten
from fixturekit.recipes.secrecy import masked

STEP_OPTIONS = {
    "--count": "how many rows",
    "--as": "the step's id",
    "--share": "PATH=N: spread the rows over N rows of a relation",
    "--set": "NAME=VALUE: a field whose name is also an option",
    "--named": "LABEL: a row with a label; the fields behind it are this row's",
    "--use": "a shelf of this recipe, or app.recipe/shelf",
    "--shelve": "[NAME]: keep the values as a shelf, make no row",
    "--match": "FIELDS: a row with equal values in these is adopted",
    "--update-matched": "an adopted row gets the other values too",
    "--get-or-create": "FIELDS: as Django's get_or_create()",
    "--save": "stream, bulk or each: how rows are written",
    "--mute-signals": "receivers of signals are not called",
}
WAYS = next(key.choices for key in STEP if key.name == "save")
_FLAGS = ("--update-matched", "--mute-signals")
_OPENING = ("--model", "--factory")


Fields = list[tuple[str, str]]
"""(path, text) pairs in written order."""


@dataclass(slots=True)
class StepArguments:
    """What the command line says of one step.

    ``fields`` are those of all its rows, ``named`` those of rows with labels. ``shelve`` is the name of the shelf that the
    values are for, empty for the default one, None where rows are made. ``given`` are the options that were typed,
    ``bare`` the names that stand without a value; ``options`` is what else could have been meant by a name.
    """

    model: str = ""
    factory: str = ""
    count: int | None = None
    id: str = ""
    share: dict[str, int] = field(default_factory=dict)
    fields: Fields = field(default_factory=list)
    named: dict[str, Fields] = field(default_factory=dict)
    use: str = ""
    shelve: str | None = None
    match: tuple[str, ...] = ()
    update: bool = False
    get_or_create: tuple[str, ...] = ()
    save: str = ""
    mute_signals: bool = False
    given: list[str] = field(default_factory=list, compare=False)
    bare: list[str] = field(default_factory=list)
    options: Collection[str] = field(default=tuple(STEP_OPTIONS), compare=False, repr=False)


@dataclass(slots=True)
class Words:
    """A command line, split: the words of the recipe, those of each step, and what is wrong with any of them."""

    recipe: list[str] = field(default_factory=list)
    steps: list[StepArguments] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@contextmanager
def noted(wrong: list[str], place: str = "") -> Iterator[None]:
    """Note what is wrong with a word and go on, so that all wrong words are told together."""
    try:
        yield
    except WrongWord as error:
        wrong += [f"{place}{line}" for line in error.lines]
    except (RecipeNotFound, RecipeAmbiguous) as error:
        wrong.append(f"{place}{error}")


def split(
    words: Sequence[str],
    options: Collection[str],
    takes_value: Callable[[str], bool],
    repeatable: Collection[str] = (),
) -> Words:
    """Split the command line.

    Args:
        words: All words after the command's name.
        options: Option strings of the recipe and of every command.
        takes_value: Whether one of these is followed by a value.
        repeatable: Those of them that may be given several times.

    Returns:
        The words of the recipe, one set of arguments for each ``--model`` or ``--factory``, and a line for each word
        that cannot be understood.
    """
    found = Words()
    rest = list(words)
    splitting = _Splitting(found, rest, options, takes_value, repeatable)
    while rest:
        with noted(found.wrong):
            splitting.take(rest.pop(0))
    for step in found.steps:
        with noted(found.wrong):
            _check_together(step)
    return found


@dataclass(slots=True)
class _Splitting:
    """The splitting of one command line; ``rest`` are the words that are not taken yet.

    Attributes:
        step: The one that was opened last.
        last: The name that was taken last.
    """

    found: Words
    rest: list[str]
    options: Collection[str]
    takes_value: Callable[[str], bool]
    repeatable: Collection[str]
    seen: set[str] = field(default_factory=set)
    step: StepArguments | None = None
    last: str = ""

    def take(self, word: str) -> None:
        """Take a word, and those behind it that belong to it."""
        name, given, value = word.partition("=")
        self.last = name if word.startswith("--") else self.last
        if name in _OPENING:
            self.step = StepArguments(options=(*self.options, *STEP_OPTIONS))  # what follows is no other step's
            setattr(self.step, name[2:], value if given else _value(name, self.rest))
            self.found.steps.append(self.step)
        elif name in self.options and name not in STEP_OPTIONS:
            self._option(word, name, bool(given))
        elif _is_short(word) and word[:2] in self.options:
            self.found.recipe.append(word)  # -v0: a short option with its value
        elif word.startswith("--") and len(word) > 2:
            if self.step is None:
                self._pass_value(given)
                raise _unknown(name, self.options)
            _step_word(self.step, name, value if given else None, self.rest)
        elif self.step is not None:
            shown = masked(self.last, word)  # more of a secret, perhaps, that should have been quoted
            raise WrongWord(f"'{shown}' is a word without a name before it: write --field {shown}")
        else:
            self.found.recipe.append(word)

    def _option(self, word: str, name: str, given: bool) -> None:
        """An option of the recipe, with its value."""
        taken = [word]
        if self.takes_value(name):
            if not given:
                taken.append(_value(name, self.rest))
            if name in self.seen and name not in self.repeatable:
                raise WrongWord(f"{name} is given twice")
            self.seen.add(name)
        self.found.recipe += taken

    def _pass_value(self, given: str) -> None:
        """Leave out what is most likely the value of a word that nobody knows."""
        if not given and self.rest and not self.rest[0].startswith("-"):
            self.rest.pop(0)


def _is_short(word: str) -> bool:
    return len(word) > 2 and word[0] == "-" and word[1] != "-"


def _value(name: str, rest: list[str]) -> str:
    if not _follows(rest):
        raise WrongWord(without_value(name))
    return rest.pop(0)


def _follows(rest: list[str]) -> bool:
    """Whether the next word is a value."""
    return bool(rest) and not (rest[0].startswith("--") and len(rest[0]) > 2)


def without_value(name: str) -> str:
    """Say that an option or a field lacks its value."""
    return f"{name} needs a value: {name} VALUE, or {name}=VALUE where it begins with two hyphens"


def _step_value(name: str, value: str | None, rest: list[str]) -> str:
    """The value of a word of a step: behind its equals sign, or the word that follows."""
    if name in _FLAGS:
        if value is not None:
            raise WrongWord(f"{name} takes no value")
        return ""
    if name == "--shelve" and value is None:
        return rest.pop(0) if rest and not rest[0].startswith("--") else ""
    return _value(name, rest) if value is None else value


def _step_word(step: StepArguments, name: str, given: str | None, rest: list[str]) -> None:
    if name not in STEP_OPTIONS:
        if given is None and not _follows(rest):
            step.bare.append(name[2:])  # whether a field lacks its value, or an option is misspelled, the model knows
            return
        _field(step, name[2:], rest.pop(0) if given is None else given)
        return
    value = _step_value(name, given, rest)
    if name not in _SEVERAL:
        _once(name not in step.given, name)
    step.given.append(name)
    _TAKE[name](step, name, value)


def _field(step: StepArguments, path: str, text: str) -> None:
    """Note a field: of the label that was named last, if any was."""
    fields = list(step.named.values())[-1] if step.named else step.fields
    _once(all(path != known for known, _ in fields), f"--{path}", "row" if step.named else "step")
    fields.append((path, text))


def _take_count(step: StepArguments, name: str, value: str) -> None:
    step.count = _number(name, value)


def _take_id(step: StepArguments, name: str, value: str) -> None:
    if not is_step_id(value):
        raise WrongWord(f"{name} takes a word of lower-case letters, digits, _ and -, not '{value}'")
    step.id = value


def _take_share(step: StepArguments, name: str, value: str) -> None:
    path, number = _pair(name, value, "PATH=N")
    _once(path not in step.share, f"{name} {path}")
    step.share[path] = _number(name, number, least=1)


def _take_set(step: StepArguments, name: str, value: str) -> None:
    _field(step, *_pair(name, value, "NAME=VALUE"))


def _take_label(step: StepArguments, name: str, value: str) -> None:
    if not is_row_label(value):
        raise WrongWord(f"{name} takes the label of a row, one line without brackets that is no number, not '{value}'")
    _once(value not in step.named, f"{name} {value}")
    step.named[value] = []


def _take_use(step: StepArguments, name: str, value: str) -> None:
    if not value.rpartition("/")[2]:
        raise WrongWord(f"{name} takes the name of a shelf, or app.recipe/shelf, not '{value}'")
    step.use = value


def _take_shelve(step: StepArguments, name: str, value: str) -> None:
    step.shelve = value


def _take_match(step: StepArguments, name: str, value: str) -> None:
    step.match = _names(name, value)


def _take_get_or_create(step: StepArguments, name: str, value: str) -> None:
    step.get_or_create = _names(name, value)


def _take_update(step: StepArguments, name: str, value: str) -> None:
    step.update = True


def _take_save(step: StepArguments, name: str, value: str) -> None:
    if value not in WAYS:
        raise WrongWord(f"{name} takes {', '.join(WAYS[:-1])} or {WAYS[-1]}, not '{value}'")
    step.save = value


def _take_mute(step: StepArguments, name: str, value: str) -> None:
    step.mute_signals = True


_SEVERAL = ("--share", "--set", "--named")
_TAKE: dict[str, Callable[[StepArguments, str, str], None]] = {
    "--count": _take_count,
    "--as": _take_id,
    "--share": _take_share,
    "--set": _take_set,
    "--named": _take_label,
    "--use": _take_use,
    "--shelve": _take_shelve,
    "--match": _take_match,
    "--update-matched": _take_update,
    "--get-or-create": _take_get_or_create,
    "--save": _take_save,
    "--mute-signals": _take_mute,
}


def _check_together(step: StepArguments) -> None:
    """Refuse options of one step that exclude or need each other."""
    if step.shelve is not None:
        for name in step.given:
            if name not in ("--shelve", "--set"):
                raise WrongWord(f"--shelve and {name} do not go together: a shelf keeps values, it makes no rows")
        if not step.fields:
            raise WrongWord("--shelve needs the values to keep: --FIELD VALUE")
    if step.named and step.count is not None:
        raise WrongWord("--named and --count do not go together: each label is one row")
    if step.match and step.get_or_create:
        raise WrongWord("--match and --get-or-create do not go together")
    if step.update and not step.match:
        raise WrongWord("--update-matched says nothing without --match")


def _names(name: str, value: str) -> tuple[str, ...]:
    """Names of fields, by commas."""
    names = tuple(part.strip() for part in value.split(","))
    for number, found in enumerate(names):
        if not found.isidentifier():
            raise WrongWord(f"{name} takes names of fields, by commas, not {shorten(value)}")
        _once(found not in names[:number], f"{name} {found}")
    return names


def _pair(name: str, value: str, wanted: str) -> tuple[str, str]:
    path, given, text = value.partition("=")
    if not given or not path:
        raise WrongWord(f"{name} takes {wanted}, not {shorten(masked(name, value))}")
    return path, text


def _number(name: str, text: str, least: int = 0) -> int:
    # the length first: Python refuses to convert very many digits
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or not least <= int(text) <= MAX_COUNT:
        raise WrongWord(f"{name} takes a whole number from {least} to {MAX_COUNT:,}, not {shorten(text)}")
    return int(text)


def _once(first: bool, name: str, what: str = "step") -> None:
    if not first:
        raise WrongWord(f"{name} is given twice for one {what}")


def _unknown(name: str, options: Collection[str]) -> WrongWord:
    if name in STEP_OPTIONS:
        return WrongWord(f"{name} belongs to a step: it comes after --model")
    meant = nearest(name, [*options, *STEP_OPTIONS, *_OPENING])
    hint = f" Did you mean {meant}?" if meant else " Options of a step come after --model."
    return WrongWord(f"{name} is not an option of makefixture.{hint}")
