"""A committed text is changed where its meaning is to change; every other byte stays."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fixturekit.exceptions import RecipeInvalid, RecipeNotEditable
from fixturekit.recipes.document import (
    Auto,
    Dependency,
    Entry,
    Listing,
    Literal,
    Mapping,
    Recipe,
    Recorded,
    Ref,
    Shelf,
    Step,
    Target,
)
from fixturekit.recipes.editing import edited, with_first_lines
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write
from tests.recipes.strategies import FIXED, recipes

BLOCK = """\
# ./manage.py makefixture shop.sale --model shop.Brand
# Ask Anna before you change the prices.

seed: shop.sale   # any text
depends_on:   # in order
- shop.staff   # for owners
# the rest is ours
tags: [ demo, "x" ]
steps:   # the work
    # brands first
    -   id: acme   # the one
        make: shop.Brand
        set: {name: Acme, owner: !ref "shop.staff/people[anna]"}
        # end of acme
    # then products
    - make: shop.Product
      id: products
      count: 1   # one is enough
      set:
          # all of one brand
          brand: !ref acme

          text: |
              two
              lines

# made by the tool
recorded:
    format: 1
    engine: 1
    produces:
        # see the manual
        acme: 1 shop.Brand 0123   # checked
"""
FLOW = """\
{seed: 7, # why not
 depends_on: [shop.staff],
 steps: [{id: acme, make: shop.Brand, set: {name: Acme}},
         {id: products, make: shop.Product, set: {brand: !ref acme}}], # two
}
"""


def change(text: str, how: Callable[[Recipe], Recipe]) -> str:
    """Edit a text; the result means what was wanted."""
    wanted = how(read(text, "r.yaml", infer=True))
    found = edited(text, "r.yaml", wanted)
    assert read(found, "r.yaml") == wanted
    return found


def with_step(recipe: Recipe, named: str, **changes: Any) -> Recipe:
    """The recipe with one step changed."""
    steps = (replace(step, **changes) if step.id == named else step for step in recipe.steps)
    return replace(recipe, steps=tuple(steps))


def lines_of(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came, where all others are the same and in order."""
    old, new = before.splitlines(), after.splitlines()
    kept = [line for line in old if line in new]
    assert [line for line in new if line in old] == kept
    return [line for line in old if line not in new], [line for line in new if line not in old]


def share(path: str, count: int) -> Mapping:
    return Mapping((Entry(path, Literal(count, str(count))),))


class TestBlocks:
    """Keys at the top of the file."""

    def test_nothing_to_change_changes_nothing(self) -> None:
        """Not a byte."""
        for text in (BLOCK, FLOW, BLOCK.replace("\n", "\r\n"), BLOCK.rstrip("\n")):
            assert change(text, lambda recipe: recipe) is text

    def test_a_key_is_inserted_where_canonical_writing_has_it(self) -> None:
        """Behind the nearest that comes before it."""
        after = change(BLOCK, lambda recipe: replace(recipe, now="2026-11-20T09:00:00Z"))
        assert lines_of(BLOCK, after) == ([], ["now: 2026-11-20T09:00:00Z"])
        assert after.splitlines()[4] == "now: 2026-11-20T09:00:00Z"

    def test_the_first_key_is_inserted_below_the_comments(self) -> None:
        """Above the key that was the first."""
        text = BLOCK.replace("seed: shop.sale   # any text\n", "")
        after = change(text, lambda recipe: replace(recipe, seed="x"))
        assert after == text.replace("depends_on:", "seed: x\ndepends_on:")

    def test_a_value_is_replaced_and_its_comment_stays(self) -> None:
        """On the same line."""
        after = change(BLOCK, lambda recipe: replace(recipe, seed="shop.sale:2"))
        assert lines_of(BLOCK, after) == (["seed: shop.sale   # any text"], ["seed: shop.sale:2   # any text"])

    def test_a_name_is_added_to_a_list(self) -> None:
        """As a line, or between the brackets."""
        more = (Dependency("shop.staff"), Dependency("shop.tags"))
        after = change(BLOCK, lambda recipe: replace(recipe, depends_on=more, tags=("demo", "y", "x")))
        assert lines_of(BLOCK, after) == (['tags: [ demo, "x" ]'], ["- shop.tags", 'tags: [ demo, "y", "x" ]'])
        assert "- shop.staff   # for owners\n- shop.tags\n# the rest" in after

    def test_a_key_is_removed_with_its_lines(self) -> None:
        """Comments that stand alone stay."""
        after = change(BLOCK, lambda recipe: replace(recipe, tags=(), recorded=None))
        assert after == BLOCK.replace('tags: [ demo, "x" ]\n', "").partition("recorded:")[0]

    def test_shelves_come_whole(self) -> None:
        """A block in front of the steps."""
        shelf = Shelf("shop.Product", "on sale", Mapping((Entry("price", Literal(1, "1")),)))
        after = change(BLOCK, lambda recipe: replace(recipe, shelves=(shelf,)))
        came = ["shelves:", "  - for: shop.Product", "    name: on sale", "    set: {price: 1}"]
        assert lines_of(BLOCK, after) == ([], came)

    def test_recorded_is_rewritten_line_by_line(self) -> None:
        """Comments inside it stay."""
        recorded = Recorded(
            schema=(("shop", "0001_initial"),), produces=(("acme", "1 shop.Brand 99"), ("b", "2 x.B 1"))
        )
        after = change(BLOCK, lambda recipe: replace(recipe, recorded=recorded))
        assert after.partition("engine: 1\n")[2] == (
            "    schema: {shop: 0001_initial}\n    produces:\n        # see the manual\n"
            "        acme: 1 shop.Brand 99   # checked\n        b: 2 x.B 1\n"
        )

    def test_a_new_block_ends_the_file(self) -> None:
        """With or without a last line end, as the file has it."""
        for text in ("steps:\n  - id: a\n    make: a.A\n", "steps:\n  - id: a\n    make: a.A"):
            after = change(text, lambda recipe: replace(recipe, recorded=Recorded()))
            assert after.rstrip("\n") == text.rstrip("\n") + "\nrecorded:\n  format: 1\n  engine: 1"
            assert after.endswith("\n") == text.endswith("\n")

    def test_line_ends_are_those_of_the_file(self) -> None:
        """All of them."""
        crlf = BLOCK.replace("\n", "\r\n")

        def wanted(recipe: Recipe) -> Recipe:
            return replace(recipe, now="2026-11-20T09:00:00Z", steps=(*recipe.steps, Step("c", make="c.C")))

        assert change(crlf, wanted) == change(BLOCK, wanted).replace("\n", "\r\n")

    def test_a_document_mark_stays(self) -> None:
        """At the top, and at the end."""
        text = "---\nsteps:\n  - id: a\n    make: a.A\n...\n"
        after = change(text, lambda recipe: replace(recipe, seed=1, recorded=Recorded()))
        assert after.startswith("---\nseed: 1\nsteps:")
        assert after.endswith("  engine: 1\n...\n")


class TestSteps:
    """Steps and their keys."""

    def test_steps_are_appended(self) -> None:
        """Below what is said of the last one, at its indentation."""
        after = change(
            BLOCK, lambda recipe: replace(recipe, steps=(*recipe.steps, Step("tags", make="shop.Tag", count=3)))
        )
        came = ["    - id: tags", "      make: shop.Tag", "      count: 3"]
        assert lines_of(BLOCK, after) == ([], came)
        assert after.index("lines\n    - id: tags") < after.index("\n\n# made by the tool")

    def test_a_comment_below_the_last_step_stays_with_it(self) -> None:
        """What is as far to the right as the list belongs to it; the rest to what follows."""
        text = "steps:\n  - id: a\n    make: a.A\n    # count: 3\n  # more?\n# the tool\nrecorded: {format: 1, engine: 1}\n"
        after = change(text, lambda recipe: replace(recipe, steps=(*recipe.steps, Step("b", make="a.B"))))
        assert after == text.replace("# the tool", "  - id: b\n    make: a.B\n# the tool")

    def test_a_key_of_a_step_is_inserted(self) -> None:
        """In its place among the others; a comment that is deeper stays with the key above."""
        after = change(
            BLOCK, lambda recipe: with_step(recipe, "products", share=share("brand", 10), save="bulk", from_=7)
        )
        assert "              lines\n      share: {brand: 10}\n      from: 7\n      save: bulk\n" in after
        assert lines_of(BLOCK, after) == ([], ["      share: {brand: 10}", "      from: 7", "      save: bulk"])

    def test_a_default_that_is_written_is_replaced(self) -> None:
        """`count: 1` says nothing, but it stands there."""
        after = change(BLOCK, lambda recipe: with_step(recipe, "products", count=5))
        assert lines_of(BLOCK, after) == (["      count: 1   # one is enough"], ["      count: 5   # one is enough"])

    def test_an_entry_of_set_is_changed_added_and_removed(self) -> None:
        """Each alone."""
        for entries, went, came in [
            ((Entry("brand", Ref(Target("acme"))), Entry("text", Literal("one"))),
             ["          text: |", "              two", "              lines"], ["          text: one"]),
            ((Entry("brand", Auto()), Entry("text", Literal("two\nlines\n")), Entry("a", Listing((Literal("x"),)))),
             ["          brand: !ref acme"], ["          brand: !auto", "          a: [x]"]),
            ((Entry("text", Literal("two\nlines\n")),), ["          brand: !ref acme"], []),
        ]:  # fmt: skip
            wanted = with_step(read(BLOCK, "r.yaml"), "products", set=Mapping(entries))
            after = change(BLOCK, lambda recipe, wanted=wanted: wanted)  # type: ignore[misc]
            assert lines_of(BLOCK, after) == (went, came)

    def test_a_step_gets_another_id(self) -> None:
        """Wherever it is named."""

        def renamed(recipe: Recipe) -> Recipe:
            values = recipe.steps[1].set.entries[1:]
            recipe = with_step(recipe, "products", set=Mapping((Entry("brand", Ref(Target("apex"))), *values)))
            recipe = replace(recipe, recorded=Recorded(produces=(("apex", "1 shop.Brand 0123"),)))
            return with_step(recipe, "acme", id="apex", was="acme")

        after = change(BLOCK, renamed)
        assert after == BLOCK.replace("id: acme", "id: apex").replace("!ref acme", "!ref apex").replace(
            'people[anna]"}\n', 'people[anna]"}\n        was: acme\n'
        ).replace("        acme: 1 shop.Brand 0123", "      apex: 1 shop.Brand 0123")

    def test_steps_are_removed_and_inserted_anywhere(self) -> None:
        """The others keep their lines."""
        after = change(BLOCK, lambda recipe: replace(recipe, steps=(Step("a", make="a.A"), *recipe.steps)))
        assert lines_of(BLOCK, after) == ([], ["    - id: a", "      make: a.A"])
        after = change(BLOCK, lambda recipe: replace(recipe, steps=recipe.steps[:1]))
        assert "id: products" not in after
        assert "# then products" in after

    def test_the_first_keys_stand_behind_dashes(self) -> None:
        """They are changed there."""
        text = "steps:\n  - set: {a: 1}\n    id: a\n    make: a.A\n"
        after = change(text, lambda recipe: with_step(recipe, "a", set=Mapping()))
        assert after == "steps:\n  - id: a\n    make: a.A\n"
        text = "steps:\n  - make: a.A\n    id: a\n    values: [[1], [2]]\n    rows: a.A\n    columns: [n]\n".replace(
            "make: a.A\n    ", ""
        )
        rows = (Listing((Literal(2, "2"),)), Listing((Literal(3, "3"),)))
        assert "[[2], [3]]" in change(text, lambda recipe: with_step(recipe, "a", values=rows))


class TestBrackets:
    """Flow style."""

    def test_keys_come_and_go_inside_brackets(self) -> None:
        """On their line."""
        after = change(
            FLOW, lambda recipe: replace(recipe, now="2026-11-20T09:00:00Z", depends_on=(Dependency("a.b"),))
        )
        assert "{seed: 7, now:" in after
        assert " depends_on: [a.b],\n" in after
        assert "# why not" in after
        after = change(
            FLOW, lambda recipe: with_step(recipe, "products", count=4, set=Mapping((Entry("brand", Auto()),)))
        )
        assert after == FLOW.replace("set: {brand: !ref acme}", "count: 4, set: {brand: !auto }").replace(
            "make: shop.Product, count", "make: shop.Product, count"
        )
        after = change(FLOW, lambda recipe: replace(with_step(recipe, "acme", set=Mapping()), depends_on=()))
        assert after.startswith("{seed: 7, # why not\n steps: [{id: acme, make: shop.Brand},\n")

    def test_steps_come_and_go(self) -> None:
        """As items."""
        after = change(FLOW, lambda recipe: replace(recipe, steps=(recipe.steps[0], Step("c", make="a.C"))))
        assert after.splitlines()[3] == "         {id: c, make: a.C}], # two"
        after = change(FLOW, lambda recipe: replace(recipe, steps=(*recipe.steps, Step("c", make="a.C"))))
        assert after.splitlines()[3].endswith("set: {brand: !ref acme}}, {id: c, make: a.C}], # two")
        after = change(FLOW, lambda recipe: replace(recipe, steps=recipe.steps[:1]))
        assert after == FLOW.replace(",\n         {id: products, make: shop.Product, set: {brand: !ref acme}}", "")

    def test_several_at_the_end_go_together(self) -> None:
        """And with them their commas."""
        text = "tags: [a, b, c, d]\nsteps: [{id: a, make: a.A}]\n"
        assert change(text, lambda recipe: replace(recipe, tags=("a", "b"))).startswith("tags: [a, b]\n")
        assert change(text, lambda recipe: replace(recipe, tags=("d",))).startswith("tags: [d]\n")


class TestRefusals:
    """What cannot be done faithfully is not done."""

    def test_a_comment_inside_a_value_is_not_lost(self) -> None:
        """Where the whole value has to go, somebody has to say where its comment goes."""
        text = "steps:\n  - id: a\n    make: a.A\n    set:\n      x: !choice\n        - a  # likes it\n        - b\n"
        with pytest.raises(RecipeNotEditable, match=r"r.yaml:6: the file was left.*a comment inside a value"):
            change(text, lambda recipe: with_step(recipe, "a", set=Mapping((Entry("x", Literal("y")),))))

    def test_keys_of_the_long_form_are_left_alone(self) -> None:
        """Nobody writes them."""
        text = "? seed\n: a\nsteps:\n- {id: a, make: a.A}\n"
        with pytest.raises(RecipeNotEditable, match=r"r\.yaml:"):
            change(text, lambda recipe: replace(recipe, seed="b"))

    def test_what_is_no_recipe_is_not_edited(self) -> None:
        """It has to be one first; a dependency may be missing."""
        with pytest.raises(RecipeInvalid):
            edited("steps: []\n", "r.yaml", Recipe(FIXED))
        text = "steps:\n  - {id: a, make: a.A, set: {b: !ref a.b/c}}\n"
        assert change(text, lambda recipe: replace(recipe, depends_on=(Dependency("a.b"),))).startswith("depends_on:\n")

    def test_what_cannot_be_written_is_refused(self) -> None:
        """NUL, for one."""
        with pytest.raises(RecipeNotEditable, match=r"U\+0000"):
            edited(FLOW, "r.yaml", replace(read(FLOW, "r"), seed="\0"))


# -- properties --------------------------------------------------------------------------------------------------------


def _commented(text: str, numbers: list[int]) -> str:
    """The text with comment lines and comments behind lines, wherever these change no meaning."""
    recipe = read(text, "r.yaml")
    for number in numbers:
        lines = text.split("\n")
        at = number % (len(lines) - 1)
        behind = number % 2 == 0
        lines[at] += f"  # note {number}" if behind else f"\n{' ' * (number % 9)}# note {number}"
        found = "\n".join(lines)
        with contextlib.suppress(RecipeInvalid):
            text = found if read(found, "r.yaml") == recipe else text
    return text


def _wider(text: str) -> str:
    """The text with twice the indentation, if that changes no meaning."""
    found = "\n".join(line[: len(line) - len(line.lstrip(" "))] + line for line in text.split("\n"))
    try:
        return found if read(found, "r.yaml") == read(text, "r.yaml") else text
    except RecipeInvalid:
        return text


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Recipe, str]:
    """A recipe and a text for it that no tool has written."""
    recipe = draw(recipes())
    text = write(recipe)
    if draw(st.booleans()):
        text = _wider(text)
    text = _commented(text, draw(st.lists(st.integers(0, 10**4), max_size=6, unique=True)))
    if draw(st.booleans()):
        text = f"---\n{text}"
    if draw(st.booleans()) and "\r" not in text:
        text = text.replace("\n", "\r\n")
    if draw(st.booleans()):
        text = text.removesuffix("\n").removesuffix("\r")
    try:
        assume(read(text, "r.yaml") == recipe)
    except RecipeInvalid:
        assume(False)
    return recipe, text


LONG_FORM = re.compile(r"^ *\? ", re.MULTILINE)


def _with_produced(recipe: Recipe) -> Recipe:
    """The recipe with one step more, or another one, in what was recorded."""
    recorded = recipe.recorded or Recorded()
    produces = {**dict(recorded.produces), "many": "7 shop.Product 00"}
    return replace(recipe, recorded=replace(recorded, produces=tuple(produces.items())))


KEYS: dict[str, Callable[[Recipe], Recipe]] = {
    "seed": lambda recipe: replace(recipe, seed="another seed"),
    "now": lambda recipe: replace(recipe, now="2031-01-01T00:00:00Z"),
    "depends_on": lambda recipe: replace(recipe, depends_on=(*recipe.depends_on, Dependency("zzz.last"))),
    "recorded": _with_produced,
    "shelves": lambda recipe: replace(recipe, shelves=(*recipe.shelves, Shelf("zzz.Zzz"))),
    "steps": lambda recipe: replace(recipe, steps=(*recipe.steps, Step("zzz", make="zzz.Zzz", count=3))),
    "share": lambda recipe: with_step(recipe, "many", share=share("zzz", 3)),
    "count": lambda recipe: with_step(recipe, "many", count=12345),
}


@given(layouts(), st.sampled_from(sorted(KEYS)))
def test_one_change_leaves_the_rest(laid_out: tuple[Recipe, str], key: str) -> None:
    """Lines of other keys are all there, in order, byte for byte; what is added is few lines."""
    recipe, text = laid_out
    assume(not LONG_FORM.search(text))  # its refusal has a test of its own
    wanted = KEYS[key](recipe)
    found = edited(text, "r.yaml", wanted)
    assert read(found, "r.yaml") == wanted
    old, new = text.splitlines(keepends=True), iter([*found.splitlines(keepends=True), ""])
    changed = [
        line for line in old if line not in new and line.rstrip("\r\n") + "\n" not in found.replace("\r\n", "\n")
    ]
    if key in ("depends_on", "shelves", "steps", "share"):
        assert [line for line in changed if "count" not in line] == []
    for line in old:
        if "# note" in line:
            assert line.split("# note")[1].rstrip("\r\n") in found
    assert "\r\n" not in text or found.replace("\r\n", "").count("\n") == text.replace("\r\n", "").count("\n")


@given(layouts())
def test_recorded_anew(laid_out: tuple[Recipe, str]) -> None:
    """What stands in ``recorded`` goes with it, or is refused; every line above is as it was.

    Where there was none, comments at the end of the file stay at its end.
    """
    recipe, text = laid_out
    wanted = replace(recipe, recorded=Recorded(produces=(("many", "7 shop.Product 00"),)))
    above = re.split(r"^recorded:", text, maxsplit=1, flags=re.MULTILINE)[0]
    try:
        found = edited(text, "r.yaml", wanted)
    except RecipeNotEditable:
        assert "# note" in text[len(above) :] or LONG_FORM.search(text)
    else:
        assert read(found, "r.yaml") == wanted
        assert found.startswith(re.sub(r"(^\s*#[^\n]*\n?)+\Z", "", above, flags=re.MULTILINE))
        assert set(above.splitlines()) <= set(found.splitlines())


@given(layouts(), recipes())
def test_any_recipe_is_reached_or_refused(laid_out: tuple[Recipe, str], wanted: Recipe) -> None:
    """However much is to change: the text means it then, or is refused; never anything else."""
    _, text = laid_out
    with contextlib.suppress(RecipeNotEditable):
        assert read(edited(text, "r.yaml", wanted), "r.yaml") == wanted


# -- around the text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("seed: 1\n", "# new\nseed: 1\n"),
        ("# a\nseed: 1\n", "# a\n# new\nseed: 1\n"),
        ("# a\n# b\n\n# of the seed\nseed: 1\n", "# a\n# b\n# new\n\n# of the seed\nseed: 1\n"),
        ("---\nseed: 1\n", "---\n# new\nseed: 1\n"),
        ("# a\r\nseed: 1\r\n", "# a\r\n# new\r\nseed: 1\r\n"),
        ("\nseed: 1", "# new\n\nseed: 1"),
    ],
)
def test_first_lines_are_added_to(text: str, after: str) -> None:
    """Below those that are there."""
    assert with_first_lines(text, ["new"]) == after
