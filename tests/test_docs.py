"""The reference pages name all that there is: ids, keys, tags, options, settings; and their examples are recipes."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from django.core.management import load_command_class

import fixturekit
from fixturekit import exceptions
from fixturekit.conf import Setting, Settings
from fixturekit.recipes.keys import BLOCKS, TAGS, Status
from fixturekit.recipes.reading import read
from fixturekit.recording.arguments import STEP_OPTIONS
from tests.manual.pages import DOCS, PAGES, blocks, code, page, sections, table_rows

PACKAGE = Path(fixturekit.__file__ or "").parent
COMMANDS = ("makefixture", "applyfixtures", "showfixtures", "checkfixtures", "formatfixtures", "recipeschema")
FORMAT = page("recipe-format.md")
LATER = "Read and written, but not applied yet"
ID = re.compile(r"(?:fixturekit\.)?([EW]\d{3})")

# What the one-line examples refer to, in front of them.
AROUND = """\
depends_on: [accounts.staff, catalogue.catalogue]
steps:
  - {id: acme, make: catalogue.Brand}
  - {id: products, make: catalogue.Product, count: 5}
  - {id: tags, make: catalogue.Tag, count: 4}
  - {id: staff, make: accounts.User, named: {anna: {}, bob: {}}}
"""


def examples(title: str, column: int = -1) -> list[str]:
    """The code in one column of the tables below a heading of the page about the format."""
    return [text for cells in table_rows(sections(FORMAT)[title]) for text in code(cells[column])]


def whole(text: str) -> str:
    """A fragment of a recipe as a whole one."""
    if re.search(r"^(steps|shelves):", text, re.MULTILINE):
        return text
    if re.match(r"\s*- id:", text):
        return f"steps:\n{textwrap.indent(text, '  ')}"
    return f"{text}\nsteps:\n  - {{id: x, make: app.Model}}\n"


def with_step(keys: str) -> str:
    """A recipe whose last step has these keys besides the required ones."""
    makers = () if keys.startswith(("factory:", "rows:")) else ("make: app.Model",)
    required = [line for line in ("id: x", *makers) if not keys.startswith(line.split()[0])]
    return AROUND + "  - " + "\n    ".join([*required, *keys.splitlines()]) + "\n"


def with_value(entry: str) -> str:
    return with_step(f"set:\n  {entry}")


def used_ids() -> set[str]:
    """Every problem id that a string of the package spells."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = ID.fullmatch(node.value)
                if match:
                    found.add(f"fixturekit.{match[1]}")
    return found


def parser_options(name: str) -> list[tuple[str, ...]]:
    """The spellings of each option of a command."""
    parser: Any = load_command_class("fixturekit", name).create_parser("manage.py", name)
    return [tuple(action.option_strings) for action in parser._actions if action.option_strings]


def in_code(text: str) -> set[str]:
    """Every word that stands in code of a text, whole blocks of it aside."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {word for part in code(prose) for word in re.split(r"[\s,]+", part)}


class TestErrors:
    """errors.md."""

    def test_every_id_is_there(self) -> None:
        """An id that the package reports has a line that says what it is and what to do; no line is about another."""
        rows = [cells for cells in table_rows(page("errors.md")) if cells[0].startswith("fixturekit.")]
        assert sorted(cells[0] for cells in rows) == sorted(used_ids())
        assert all(len(cells) == 3 and all(cells) for cells in rows)

    def test_every_error_is_there_that_a_command_prints_without_an_id(self) -> None:
        """So are the classes of exceptions that say something else than a list of problems."""
        named = set(re.findall(r"^\| (\w+) \|", sections(page("errors.md"))["Errors without an id"], re.MULTILINE))
        assert named - {"error"} <= set(vars(exceptions))
        leaves = [
            error
            for error in vars(exceptions).values()
            if isinstance(error, type)
            and issubclass(error, (exceptions.ApplyError, LookupError, exceptions.RecipeNotWritable))
            and not error.__subclasses__()
        ]
        assert {error.__name__ for error in leaves} <= named


class TestFormat:
    """recipe-format.md."""

    @pytest.mark.parametrize(("block", "name"), [(block, key.name) for block, keys in BLOCKS.items() for key in keys])
    def test_every_key_is_there(self, block: str, name: str) -> None:
        """A key has an example, or stands among those that cannot be applied yet."""
        title = {
            "recipe": "Keys of a recipe",
            "step": "Keys of a step",
            "options": "Options",
            "recorded": "The recorded block",
            "shelf": "Shelves",
        }[block]
        key = next(key for key in BLOCKS[block] if key.name == name)
        where = sections(FORMAT)[LATER if key.status is Status.LATER else title]
        assert name in code(where) or name in code(sections(FORMAT)[LATER])

    @pytest.mark.parametrize("name", TAGS)
    def test_every_tag_is_there(self, name: str) -> None:
        """A tag has an example, or stands among those that cannot be applied yet."""
        title = LATER if TAGS[name].status is Status.LATER else "Tags"
        assert name in code(sections(FORMAT)[title])

    @pytest.mark.parametrize(
        "text", [block for path in PAGES.values() for block in blocks(path.read_text("utf-8"), "yaml")]
    )
    def test_blocks_are_recipes(self, text: str) -> None:
        """Every YAML block of every page is a recipe, or a part of one, without problems."""
        recipe = read(whole(text), "page")
        assert recipe.steps or recipe.shelves

    @pytest.mark.parametrize("text", examples("Keys of a recipe"))
    def test_keys_of_a_recipe(self, text: str) -> None:
        """Each example of a key is read where it belongs."""
        recipe = read(whole(text), "page")
        assert recipe.steps or recipe.shelves

    @pytest.mark.parametrize("text", examples("Keys of a step"))
    def test_keys_of_a_step(self, text: str) -> None:
        """Each example of a step's key is read in a step."""
        assert read(with_step(text), "page").steps

    @pytest.mark.parametrize(
        ("block", "text"),
        [(block, text) for block, title in (("options", "Options"), ("recorded", "The recorded block"))
         for text in examples(title)],
    )  # fmt: skip
    def test_keys_of_other_blocks(self, block: str, text: str) -> None:
        """Each example of an option, or of what the tool records, is read in its block."""
        assert read(whole(f"{block}:\n  {text}"), "page").steps

    @pytest.mark.parametrize("text", [text for text in examples("Shelves") if re.match("for|name|set", text)])
    def test_keys_of_a_shelf(self, text: str) -> None:
        """Each example of a shelf's key is read in a shelf."""
        required = "" if text.startswith("for") else "for: app.Model\n    "
        assert read(f"shelves:\n  - {required}{text}\n", "page").shelves

    @pytest.mark.parametrize(
        "text", [*examples("Without a tag", 0), *examples("Generic foreign keys", 0), *examples("Tags")]
    )
    def test_values(self, text: str) -> None:
        """Each example of a value is read as a value of a field."""
        assert read(with_value(text), "page").steps[-1].set.entries


class TestCommands:
    """commands.md."""

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_option_is_there(self, name: str) -> None:
        """Every option of a command, in each of its spellings, stands below its heading or among those of all."""
        parts = sections(page("commands.md"))
        said = in_code(parts[name]) | in_code(parts["Options of all commands"])
        assert [option for spellings in parser_options(name) for option in spellings if option not in said] == []

    def test_every_word_of_a_step_is_there(self) -> None:
        """So do the words that open a step and that belong to it."""
        said = in_code(sections(page("commands.md"))["Words of a step"])
        assert {"--model", "--factory", *STEP_OPTIONS} <= said

    @pytest.mark.parametrize("name", COMMANDS)
    def test_no_other_option_is_there(self, name: str) -> None:
        """The tables of a command's options list no option that it does not have."""
        known = {option for spellings in parser_options(name) for option in spellings}
        known |= {"--model", "--factory", "--FIELD", *STEP_OPTIONS} if name == "makefixture" else set()
        parts = sections(page("commands.md"))
        typed = list(table_rows(parts["Values"]))  # whose options are fields of the example
        rows = [cells for cells in table_rows(parts[name]) if cells not in typed]
        listed = {word.partition("=")[0] for cells in rows for word in in_code(cells[0]) if word.startswith("-")}
        assert listed - {"--a__b"} <= known


class TestSettings:
    """settings.md."""

    def test_every_setting_is_there(self) -> None:
        """Every key of FIXTUREKIT has a row with its default, and no row is about another."""
        known = {name: value.default for name, value in vars(Settings).items() if isinstance(value, Setting)}
        rows = {code(cells[0])[0]: code(cells[1])[0] for cells in table_rows(page("settings.md"))}
        assert {name: ast.literal_eval(default) for name, default in rows.items()} == known


class TestPages:
    """All of them."""

    def test_the_index_leads_to_every_page(self) -> None:
        """No page has to be found by chance."""
        links = set(re.findall(r"\]\(([\w/-]+\.md)\)", page("index.md")))
        assert links == {path.relative_to(DOCS).as_posix() for path in PAGES.values()} - {"index.md"}

    @pytest.mark.parametrize("path", PAGES.values(), ids=lambda path: str(path.name))
    def test_links_lead_somewhere(self, path: Path) -> None:
        """Every link to a page or a heading has a target."""
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)]+)\)", text):
            file, _, heading = target.partition("#")
            linked = (path.parent / file) if file else path
            assert linked.is_file(), target
            titles = {title.lower().replace(" ", "-") for title in sections(linked.read_text(encoding="utf-8"))}
            assert not heading or heading in titles, target
