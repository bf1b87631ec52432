"""Tables of the reference that are read from the package: words of commands, keys and tags of a recipe, settings.

    ```{format-keys} step
    ```

In the same way ``{format-tags}``, ``{settings-table}`` and ``{command-words}``, which has a section for each command. What they show
cannot fall behind the code; the pages around them say the rest.
"""

from __future__ import annotations

import argparse
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

import django
from django.conf import settings as django_settings
from django.core.management import load_command_class
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

if not django_settings.configured:
    django_settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "fixturekit"])
    django.setup()

from fixturekit import conf
from fixturekit.management import commands
from fixturekit.recipes.keys import BLOCKS, TAGS, Key, Status, Tag
from fixturekit.recording.arguments import STEP_OPTIONS

OF_EVERY_COMMAND = {"--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
                    "--force-color", "--skip-checks"}  # fmt: skip


class CommandWords(SphinxDirective):
    """A section for each command of fixturekit: what its own parser says of its words, those of every command aside."""

    def run(self) -> list[nodes.Node]:
        parts = []
        for name in sorted(module.name for module in pkgutil.iter_modules(commands.__path__)):
            command = load_command_class("fixturekit", name)
            parser: Any = command.create_parser("manage.py", name)
            rows = [*_own_words(parser), *(_words_of_a_step() if name == "makefixture" else ())]
            parts.append(f"## {name}\n\n{_escaped(command.help)}\n\n{_table(('word', 'meaning'), rows)}")
        return self.parse_text_to_nodes("\n\n".join(parts), allow_section_headings=True)


def _own_words(parser: Any) -> Iterator[Sequence[str]]:
    for action in parser._actions:
        if not OF_EVERY_COMMAND & set(action.option_strings) and action.help != argparse.SUPPRESS:
            yield _spelling(action), _escaped(action.help or "")


def _words_of_a_step() -> Iterator[Sequence[str]]:
    for option, meaning in STEP_OPTIONS.items():
        yield f"`{option}`", f"After `--model`: {_escaped(meaning)}."


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in lines)


class Table(SphinxDirective):
    """A table with two or more columns, each cell Markdown."""

    heading: ClassVar[tuple[str, ...]]

    def rows(self) -> Iterator[Sequence[str]]:
        """Yield the cells of each row."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Return the table as nodes."""
        return self.parse_text_to_nodes(_table(self.heading, self.rows()))


class FormatKeys(Table):
    """The keys of one kind of mapping in a recipe, in the order in which they are written."""

    required_arguments = 1
    heading = ("key", "takes", "meaning")

    def rows(self) -> Iterator[Sequence[str]]:
        for key in BLOCKS[self.arguments[0]]:
            yield f"`{key.name}`", _takes(key), _meaning(key)


class FormatTags(Table):
    """All tags."""

    heading = ("tag", "takes", "means")

    def rows(self) -> Iterator[Sequence[str]]:
        for tag in TAGS.values():
            yield f"`{tag.name}`", _escaped(tag.takes), _meaning(tag)


class SettingsTable(Table):
    """The keys of ``FIXTUREKIT``, each with the docstring that it has in ``fixturekit.conf``."""

    heading = ("key", "default", "takes", "meaning")

    def rows(self) -> Iterator[Sequence[str]]:
        source = inspect.getsource(conf.Settings)
        for name, value in vars(conf.Settings).items():
            if isinstance(value, conf.Setting):
                said = re.search(rf'^    {name} = .*?^    """(.*?)"""', source, re.MULTILINE | re.DOTALL)
                assert said is not None, f"{name} has no docstring"
                yield f"`{name}`", f"`{value.default!r}`", _escaped(value.wanted), _escaped(" ".join(said[1].split()))


def _spelling(action: argparse.Action) -> str:
    """Each way to write an option, with the name of its value."""
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`"
    value = "" if action.nargs == 0 else f" {_value_of(action)}"
    return ", ".join(f"`{option}{value}`" for option in action.option_strings)


def _value_of(action: argparse.Action) -> str:
    if action.choices is not None and action.dest != "database":
        return f"{{{','.join(map(str, action.choices))}}}"
    return str(action.metavar or action.dest.upper())


def _takes(key: Key) -> str:
    return " or ".join(f"`{choice}`" for choice in key.choices) or _escaped(key.shape.value)


def _meaning(what: Key | Tag) -> str:
    later = " *Not applied by this version yet.*" if what.status is Status.LATER else ""
    return f"{_escaped(what.meaning)}{later}"


def _escaped(text: str) -> str:
    """Text of the package, which is no Markdown."""
    return re.sub(r"([*_`<>\[\]{}#$])", r"\\\1", text)


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directives known."""
    app.add_directive("command-words", CommandWords)
    app.add_directive("format-keys", FormatKeys)
    app.add_directive("format-tags", FormatTags)
    app.add_directive("settings-table", SettingsTable)
    return {"version": "1", "parallel_read_safe": True}
