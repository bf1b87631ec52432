"""``manage.py applyfixtures``: replay recipes, or remove again what they made.

Most runs find nothing to do, so the work and all that it imports lie elsewhere.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser

from fixturekit.execution.shortcut import all_applied
from fixturekit.management.base import WRONG_WORD, RecipeCommand, RecipeParser, announce


class ApplyParser(RecipeParser):
    """Knows what migrate and makefixture call what is called otherwise here."""

    elsewhere: ClassVar[dict[str, str]] = {"--dry-run": "--plan"}


class Command(RecipeCommand):
    parser_class = ApplyParser
    help = "Applies fixture recipes that are not applied yet, each in one transaction, dependencies first."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "targets",
            nargs="*",
            metavar="target",
            help="What to apply: an app, an app and a recipe, or app.recipe (several). 'zero' after an app removes "
            "what its recipes made. Everything by default, but recipes that are manual.",
        )
        parser.add_argument("--plan", action="store_true", help="Show what would be written, in which way and why.")
        parser.add_argument(
            "--check", action="store_true", help="Exit with 1 if a recipe is not applied, or was edited since."
        )
        parser.add_argument("--fake", action="store_true", help="Mark recipes as applied without making rows.")
        parser.add_argument(
            "--reset", action="store_true", help="Remove what the named recipes made, then apply them again."
        )
        parser.add_argument(
            "--verify", action="store_true", help="Read the rows of applied recipes back and compare their digests."
        )
        parser.add_argument(
            "--scale",
            type=float,
            metavar="FACTOR",
            help="Make so many times the rows: 0.1 for a quick look, 10 for a load test. Rows written out stay as they are.",
        )
        parser.add_argument(
            "--tag",
            action="append",
            default=[],
            help="Only recipes with this tag, and what they depend on; repeatable, one of the tags is enough.",
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="Remove what applied recipes made whose files are gone, unless another recipe replaces them.",
        )
        parser.add_argument(
            "--strict",
            action="store_true",
            help="Refuse to replace a generated value that an existing row has already.",
        )
        parser.add_argument(
            "--cascade",
            action="store_true",
            help="With --reset, --prune and zero: also remove rows of others that depend on the made ones.",
        )
        parser.add_argument(
            "--force", action="store_true", help="Write although DEBUG is off and this is no test database."
        )
        parser.add_argument(
            "--lock-timeout", type=float, metavar="SECONDS", help="How long to wait for another process. Default 60."
        )
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive", help="Do not ask for confirmation."
        )

    def handle(self, *, targets: list[str], **options: Any) -> None:
        self.say_namesakes("applyfixtures")
        self._refuse_mixture(targets, options)
        asked = any(options[name] for name in ("plan", "check", "fake", "reset", "verify", "prune", "scale", "tag"))
        if not targets and not asked and all_applied(self.connection(options)):
            if options["verbosity"]:
                announce(self, [])
            return
        from fixturekit.management.applying import Applying

        Applying(self, options).run(targets)

    def _refuse_mixture(self, targets: list[str], options: dict[str, Any]) -> None:
        """Say so where words ask for different things, or an option for something that is not to be done."""
        given = [f"--{name}" for name in ("plan", "check", "fake", "reset", "verify", "prune") if options[name]]
        removing = len(targets) == 2 and targets[1] == "zero"
        if removing:
            given = ["zero", *(name for name in given if name != "--plan")]
        elif options["prune"]:
            given = ["--prune", *(name for name in given if name not in ("--plan", "--prune"))]
        scale = options["scale"]
        if scale is not None:
            if not 0 < scale < math.inf:
                raise CommandError(f"--scale {scale:g}: a scale is a number above 0", returncode=WRONG_WORD)
            given += ["--scale"] if {"zero", "--check", "--verify", "--prune"}.intersection(given) else []
        if options["tag"] and options["prune"]:
            given += ["--tag"]
        if len(given) > 1:
            raise CommandError(f"{given[0]} and {given[1]} do not go together", returncode=WRONG_WORD)
        if options["prune"] and targets:
            raise CommandError("--prune takes no recipes: it is for those whose files are gone", returncode=WRONG_WORD)
        if options["cascade"] and not (removing or options["reset"] or options["prune"]):
            raise CommandError("--cascade is for --reset, --prune and zero", returncode=WRONG_WORD)
        if options["strict"] and any(name != "--reset" for name in given):
            raise CommandError(f"--strict and {given[0]} do not go together", returncode=WRONG_WORD)
