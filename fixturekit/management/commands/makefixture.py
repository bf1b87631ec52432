"""``manage.py makefixture``: a command becomes a recipe."""

from __future__ import annotations

import argparse
import datetime
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandParser

from fixturekit.blueprints import blueprint
from fixturekit.exceptions import WrongWord
from fixturekit.execution.applier import Applier
from fixturekit.execution.production import refuse_production
from fixturekit.management.base import RecipeCommand, RecipeParser, shown_path
from fixturekit.management.console import ConsoleReporter
from fixturekit.management.telling import Telling, proving, told_faster, told_learned
from fixturekit.management.updating import Updating
from fixturekit.planning.resolving import find_model
from fixturekit.recipes.offsets import parse_now
from fixturekit.recipes.secrecy import masked
from fixturekit.recording.arguments import StepArguments, Words, noted, split
from fixturekit.recording.building import build
from fixturekit.recording.describing import Request
from fixturekit.recording.recorder import Recorder, Recording
from fixturekit.recording.tree import render_tree
from fixturekit.values.pools import locales

USAGE = """\
%(prog)s [APP | APP.RECIPE] --model APP.MODEL [--count N] [--FIELD VALUE ...] [--model ...] [options]
       %(prog)s --append APP.RECIPE --model APP.MODEL ... [options]
       %(prog)s --update RECIPE|APP ... [options]
       %(prog)s --empty APP.RECIPE [options]"""

EPILOG = """\
Each --model or --factory opens a step; what follows belongs to it:
  --model APP.MODEL      the model to make rows of
  --factory PATH         a factory of the project that makes them: shop.factories.OrderFactory
  --count N              how many rows
  --as ID                the step's id, so that later steps can name its rows: --brand @ID
  --share PATH=N         spread the rows over N rows of a relation
  --set NAME=VALUE       a field whose name is also an option
  --FIELD VALUE          a field; --a__b VALUE a field of a related row
  --named LABEL          a row with a label; the fields behind it are this row's
  --use SHELF            values of a shelf of this recipe, or of another one: app.recipe/shelf
  --shelve [NAME]        keep the values as a shelf of the recipe, the default one or a named one; make no row
  --match FIELDS         adopt a row that is there already and has equal values in these fields
  --update-matched       with --match: give an adopted row the other values too
  --get-or-create FIELDS the fields that identify a row, as in Django's get_or_create()
  --save WAY             how rows are written: stream, bulk or each
  --mute-signals         do not call receivers of signals

A relation takes a key (--brand 9), a lookup (--brand slug=acme), a row of this recipe (--brand @acme) or of another
one (--brand @shop.catalogue/acme); a many-to-many field several of them (--tags 3,@new, --tags 3, for one), or a
number of rows to make (--tags 3). A value that begins with '!' is written as in a recipe: --sku '!seq "SKU-{n:05}"';
one that begins with '!!' is text with one '!'.
"""


class StepParser(RecipeParser):
    """A parser that splits off the words of the steps before argparse sees the rest."""

    split = Words()

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        self.split = split(list(args or ()), self._option_string_actions, self._takes_value, self._repeatable())
        words = self.split.recipe
        found = super().parse_args(self._targets_last(words), namespace)
        found.steps = self.split.steps
        found.wrong = self.split.wrong
        found.words = list(args or ())
        found.given = sorted({word.partition("=")[0] for word in words} & self._option_string_actions.keys())
        return found

    def error(self, message: str) -> Any:
        """Say what is wrong with an option of the recipe, and what with the words of the steps."""
        steps = build(self.split.steps).wrong if self.split.steps else ()
        return super().error("\n".join([message, *self.split.wrong, *steps]))

    def _targets_last(self, words: list[str]) -> list[str]:
        """Move the words that are no options behind all others: argparse takes several only in one place."""
        options: list[str] = []
        targets: list[str] = []
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if not word.startswith("-"):
                targets.append(word)
                continue
            options.append(word)
            if rest and word in self._option_string_actions and self._takes_value(word):
                options.append(rest.pop(0))
        return [*options, *targets]

    def _takes_value(self, option: str) -> bool:
        return self._option_string_actions[option].nargs != 0

    def _repeatable(self) -> set[str]:
        """Options that collect what they are given."""
        collecting = {action.dest for action in self._actions if isinstance(action.default, list)}
        return {option for option, action in self._option_string_actions.items() if action.dest in collecting}


class Command(RecipeCommand):
    parser_class = StepParser
    help = "Records rows that a command describes as a fixture recipe, proven by replaying it twice."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name,
            subcommand,
            usage=USAGE,
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "target",
            nargs="*",
            help="The app, or app.recipe_name. By default the first model's app. With --update, the recipes.",
        )
        parser.add_argument("--append", metavar="RECIPE", help="Add the steps to the end of a recipe.")
        parser.add_argument(
            "--update", action="store_true", help="Fill in what edited recipes lack, and prove them anew."
        )
        parser.add_argument("--empty", action="store_true", help="Write a recipe without rows, to be written by hand.")
        parser.add_argument("--seed", help="Make other values: a text or number that is put into the recipe's seed.")
        parser.add_argument("--now", help="The recipe's clock, with a zone. By default today, 00:00 in UTC.")
        parser.add_argument("--style", choices=("lifelike", "plain"), help="How generated values look.")
        parser.add_argument("--locale", choices=locales(), help="Where generated people and places are from.")
        parser.add_argument(
            "--depends-on", action="append", default=[], metavar="RECIPE", help="A recipe to apply first; repeatable."
        )
        parser.add_argument("--tag", action="append", default=[], help="A word to choose recipes by; repeatable.")
        parser.add_argument("--manual", action="store_true", help="Apply the recipe only when it is named.")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Print the recipe, or with --update what would change; write nothing.",
        )
        parser.add_argument("--apply", action="store_true", help="Apply the recipe at once.")
        parser.add_argument(
            "--no-verify", action="store_false", dest="verify", help="Do not replay: no database is needed."
        )
        parser.add_argument(
            "--allow-unstable", action="store_true", help="Write the recipe although two replays differ."
        )
        parser.add_argument(
            "--no-bulk",
            action="store_false",
            dest="bulk",
            help="Do not try whether rows may be written with save: bulk.",
        )
        parser.add_argument(
            "--no-factory", action="store_true", help="Make rows by their model, also where a factory is known."
        )
        parser.add_argument("--force", action="store_true", help="Replay, and apply, although DEBUG is off.")

    def handle(self, **options: Any) -> None:
        steps: list[StepArguments] = options.get("steps") or []
        targets: list[str] = options["target"]
        wrong = [*options.get("wrong", ()), *dict.fromkeys(_refusals(options, steps, targets))]
        if wrong and (options["update"] or options["empty"]):
            raise WrongWord(*wrong)
        self.say_namesakes("makefixture")
        applier = Applier(self.recipes(infer=options["update"]), self.connection(options))
        if (options["verify"] or options["apply"]) and not options["force"] and not options["empty"]:
            refuse_production(applier.connection)
        request = self._request(steps, options, wrong)
        self._say_shadowed(steps, options)
        if options["append"] is not None:
            request.target = self._appended(applier, options, wrong)
        telling = Telling(self.stdout, self.stderr, self.style, options["verbosity"])
        if options["update"]:
            Updating(applier, telling, options).run(applier.resolve(targets), request, today())
            return
        recording = self._record(Recorder(applier), request, options)
        if options["dry_run"]:
            self.stdout.write(recording.text, ending="")
            telling.warn(recording)
            telling.say_unvaried(recording.proof, self.stderr)
            return
        path = Recorder(applier).write(recording)
        if options["verbosity"] > 0:
            self._report(recording, shown_path(path), telling)
        if options["apply"]:
            self._apply(recording.name, options)

    def _record(self, recorder: Recorder, request: Request, options: dict[str, Any]) -> Recording:
        with proving(options):
            if options["empty"]:
                return recorder.skeleton(request, today())
            if options["append"] is not None:
                return recorder.append(request, today())
            return recorder.record(request, today())

    def _appended(self, applier: Applier, options: dict[str, Any], wrong: list[str]) -> str:
        """The recipe that steps are added to."""
        word = options["append"]
        with noted(wrong, "--append: "):
            if "." in word:
                names = applier.resolve([word]) if options["verify"] else self.resolve(applier.loader, [word], options)
                return names[0]
        raise WrongWord(*wrong)

    def _request(self, steps: list[StepArguments], options: dict[str, Any], wrong: list[str]) -> Request:
        return Request(
            steps=steps,
            target="".join(options["target"][:1]),
            seed=options["seed"],
            now=options["now"] or "",
            style=options["style"] or "",
            locale=options["locale"] or "",
            depends_on=options["depends_on"],
            tags=options["tag"],
            manual=options["manual"],
            comment=_comment(options.get("words", ())),
            verify=options["verify"],
            allow_unstable=options["allow_unstable"],
            bulk=options["bulk"],
            wrong=wrong,
        )

    def _say_shadowed(self, steps: Sequence[StepArguments], options: dict[str, Any]) -> None:
        """Say so where a model has a field that is also an option which was given, and so was not meant."""
        for step in steps:
            try:
                shape = blueprint(find_model(step.model))
            except LookupError:
                continue  # the recorder reports it
            said = {path for fields in (step.fields, *step.named.values()) for path, _ in fields}
            for option in [*options.get("given", ()), *dict.fromkeys(step.given)]:
                name = option[2:].replace("-", "_")
                if shape.field(name) is not None and name not in said:
                    self.stderr.write(
                        self.style.WARNING(
                            f"{shape.label} has a field '{name}'; {option} is the option. For the field: --set {name}=..."
                        )
                    )

    def _report(self, recording: Recording, path: str, telling: Telling) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"Recipe {recording.name}:"))
        self.stdout.write(f"  {self.style.MIGRATE_LABEL(path)}")
        added = replace(recording.recipe, steps=recording.portable.steps, shelves=recording.portable.shelves)
        for step in added.steps:
            self.stdout.write(f"    + {step.size} {step.maker}")
        for shelf in added.shelves:
            which = f"shelf '{shelf.name}'" if shelf.name else "default shelf"
            self.stdout.write(f"    + {which} for {shelf.model}")
        for line in render_tree(added, recording.portable.pinned):
            self.stdout.write(f"      {line}")
        for faster in recording.faster:
            self.stdout.write(f"    {told_faster(faster)}")
        for learned in recording.learned:
            self.stdout.write(f"    {told_learned(learned)}")
        telling.warn(recording)
        telling.say_unvaried(recording.proof, self.stdout)

    def _apply(self, name: str, options: dict[str, Any]) -> None:
        connection = self.connection(options)
        if not options["force"]:
            refuse_production(connection)
        reporter = ConsoleReporter(self.stdout, self.stderr, self.style, options["verbosity"])
        Applier(self.recipes(), connection, reporter).apply([name])


def _refusals(options: dict[str, Any], steps: Sequence[StepArguments], targets: Sequence[str]) -> Iterator[str]:
    kinds = [option for option in ("--append", "--update", "--empty") if options[option[2:]]]
    given = set(options.get("given", ()))
    if len(kinds) > 1:
        yield f"{kinds[0]} and {kinds[1]} do not go together"
        return  # what else is missing follows from which of them was meant
    if options["dry_run"] and options["apply"]:
        yield "--dry-run and --apply do not go together"
    if kinds and kinds[0] in _STEPLESS and steps:
        matched = any(step.match for step in steps)
        hint = ". To update the rows that --match finds: --update-matched" if matched and kinds[0] == "--update" else ""
        yield f"{kinds[0]} and --{'model' if steps[0].model else 'factory'} do not go together{hint}"
    for option in sorted(given & set(_EXCLUDED.get(kinds[0] if kinds else "", ()))):
        yield f"{kinds[0]} and {option} do not go together"
    if options["append"] is not None and "." not in options["append"]:
        yield f"--append takes a recipe, app.recipe_name, not '{options['append']}'"
    if options["append"] and targets:
        yield f"--append names the recipe; '{targets[0]}' is a word too many"
    if options["now"] is not None:
        try:
            parse_now(options["now"])
        except ValueError as error:
            yield f"--now: {error}"
    if options["update"] and not targets:
        yield "--update needs recipes or an app: makefixture --update app.recipe_name"
    if options["empty"] and not any("." in target for target in targets):
        yield "--empty needs a name for the recipe: app.recipe_name"
    if not options["update"] and len(targets) > 1:
        yield f"there is one recipe to a command; '{targets[1]}' is a word too many"


_STEPLESS = ("--update", "--empty")
# What says nothing beside an option: it belongs to a new recipe, or to one that is proven.
_EXCLUDED = {
    "--append": ("--seed", "--now", "--style", "--locale"),
    "--update": (
        "--seed",
        "--style",
        "--locale",
        "--depends-on",
        "--tag",
        "--manual",
        "--apply",
        "--no-verify",
        "--no-factory",
    ),
    "--empty": ("--apply", "--no-verify", "--allow-unstable", "--no-bulk", "--no-factory"),
}


def today() -> str:
    """The recipe's clock, coarse enough that recording twice on one day gives the same bytes."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return f"{today.isoformat()}T00:00:00Z"


def _comment(words: Sequence[str]) -> str:
    """The command line as it was typed: without what does not shape the recipe, passwords and the like masked."""
    shown: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, given, value = word.partition("=")
        if name in _PASSING:
            if not given and _PASSING[name]:
                rest.pop(0)
        elif not name.startswith("--"):
            shown.append(word)
        elif given:
            shown.append(f"{name}={masked(name, value)}")
        else:
            shown.append(name)
            if rest and not rest[0].startswith("--"):
                shown.append(masked(name, rest.pop(0)))
    return _one_line("./manage.py makefixture " + shlex.join(shown)) if shown else ""


def _one_line(text: str) -> str:
    """A text as one line that any file may hold."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# Options that say how to record, not what; with whether a value follows.
_PASSING = {
    "--dry-run": False,
    "--apply": False,
    "--no-verify": False,
    "--allow-unstable": False,
    "--force": False,
    "--traceback": False,
    "--no-color": False,
    "--force-color": False,
    "--skip-checks": False,
    "--database": True,
    "--settings": True,
    "--pythonpath": True,
    "--verbosity": True,
    "-v": True,
    "-v0": False,
    "-v1": False,
    "-v2": False,
    "-v3": False,
}
