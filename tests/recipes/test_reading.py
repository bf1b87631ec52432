"""Reading: what is guarded against, what marks say, what scalars mean."""

from __future__ import annotations

import itertools
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.exceptions import RecipeInvalid
from fixturekit.marks import Mark
from fixturekit.recipes.document import Literal, Ref, Target
from fixturekit.recipes.problems import MAX_PROBLEMS, PROBLEMS
from fixturekit.recipes.reading import file_bytes, read, read_bytes
from tests.recipes.strategies import NASTY

STEP = "steps:\n  - id: a\n    make: shop.Brand\n    set:\n"


def ids_of(text: str, **options: Any) -> list[str]:
    with pytest.raises(RecipeInvalid) as caught:
        read(text, "r.yaml", **options)
    return [problem.id.removeprefix("fixturekit.") for problem in caught.value.problems]


def problems_of(text: str) -> set[str]:
    """The ids of the problems that are reported, if any are."""
    try:
        read(text, "r.yaml")
    except RecipeInvalid as error:
        return {problem.id for problem in error.problems}
    return set()


def value_of(written: str) -> Literal:
    recipe = read(f"{STEP}      x: {written}\n", "r.yaml")
    value = recipe.steps[0].set.entries[0].value
    assert isinstance(value, Literal)
    return value


def merge_bomb(levels: int) -> str:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, levels)]
    return "\n".join([*lines, f"steps: [*a{levels - 1}]", ""])


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("[" * 50_000, "E010"),
        ("steps: " + "[" * 50_000 + "]" * 50_000, "E010"),
        ("{a: " * 50_000, "E010"),
        ("- " * 50_000 + "x", "E010"),
        ("".join(f"{' ' * n}a:\n" for n in range(100)), "E010"),
        ("x" * 10_000_000, "E001"),
        ("é" * 1_000_001, "E001"),
        ("a\x00" * 900_000, "E003"),
        ("\x07\n" * 100_000, "E034"),
        ("- &a x\n" * 100_000, "E034"),
        ("k: v\n" * 300_000, "E034"),
        ("steps: " + "{{" * 100_000, "E010"),
        ("<<<<<<< x\n" * 100_000, "E034"),
        ("\t" * 1_000_000, "E006"),
        ("steps: [" + "," * 1_000_000, "E005"),
        ("- " + "[]," * 500_000, "E005"),
        ("a: |\n" + " x\n" * 600_000, "E017"),
        ("'" * 1_999_999, "E005"),
        ("? " * 90_000, "E010"),
        ("!" * 1_000_000, "E016"),
        ("steps: [" + "x," * 900_000 + "]", "E001"),
        ("\ud800", "E003"),
        (merge_bomb(9), "E009"),
    ],
    ids=itertools.count(),
)
def test_hostile_texts(text, id):
    """Texts that kill or stall parsers are refused with a problem."""
    assert id in ids_of(text)


def test_number_of_values_is_bounded():
    """A file may be small enough and still hold more than can be read in a moment."""
    for inside in ("x,", "{a: b},", "[[]],"):
        text = f"steps: [{inside * 20_000}]"
        assert len(text) < 200_000
        assert ids_of(text, max_bytes=200_000) == ["E001"]


def test_number_of_problems_is_bounded():
    """Of a file with very many problems the first hundred are reported, and that there are more."""
    found = ids_of("".join(f"k{n}: 1\n" for n in range(1000)))
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1] == "E034"


def test_the_size_is_a_setting():
    """The largest size counts bytes, and is the caller's to give."""
    text = f"# {'x' * 200}\nsteps: [{{id: a, make: shop.Brand}}]\n"
    assert read(text, "r.yaml", max_bytes=len(text)).steps
    assert ids_of(text, max_bytes=len(text) - 1) == ["E001"]


def test_file_is_not_read_beyond_the_size(tmp_path):
    """A file that is too large, missing or a folder is a problem, not an exception of the system."""
    path = tmp_path / "0001_a.yaml"
    path.write_bytes(b"x" * 100)
    for target, options in ((path, {"max_bytes": 99}), (tmp_path / "none.yaml", {}), (tmp_path, {})):
        with pytest.raises(RecipeInvalid, match=r"E001|E002"):
            file_bytes(target, "shop/fixture_recipes/0001_a.yaml", **options)


def test_line_ends_of_windows(tmp_path):
    """CRLF reads as LF does, and places are the same."""
    path = tmp_path / "0001_a.yaml"
    path.write_bytes(
        b"steps:\r\n  - id: a\r\n    make: shop.Brand\r\n    set:\r\n      x: |\r\n        a\r\n        b\r\n"
    )
    recipe = read_bytes(path.read_bytes(), "r.yaml")
    assert recipe.steps[0].set.entries[0].value == Literal("a\nb\n")
    assert recipe.steps[0].set.entries[0].mark == Mark("r.yaml", 5, 7)


def test_marks():
    """Every node knows where it stands, and a step where its keys stand."""
    recipe = read(f"# é\n{STEP}      brand: !ref a\n", "r.yaml")
    step = recipe.steps[0]
    assert step.mark == Mark("r.yaml", 3, 5)
    assert step.place("make") == Mark("r.yaml", 4, 5)
    assert step.place("count") == step.mark
    assert step.set.entries[0].mark == Mark("r.yaml", 6, 7)
    assert step.set.entries[0].value == Ref(Target("a"))
    assert step.set.entries[0].value.mark == Mark("r.yaml", 6, 14)
    assert recipe.comment == "é"


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "on",
        "yes",
        "1:30",
        "2026-01-01",
        "2026-01-01T09:00:00Z",
        "012",
        "0o17",
        "0x1F",
        "=",
        "1_000",
        "+5",
        "1.",
        ".5",
    ],
)
def test_texts_that_look_like_something(text):
    """What only YAML 1.1 or a lenient reader takes for something else is text."""
    assert value_of(text) == Literal(text)


@pytest.mark.parametrize("text", [text for text in NASTY if text and "\n" not in text])
def test_quoted_is_text(text):
    """A quoted scalar is text whatever it looks like."""
    quoted = "".join(f"\\U{ord(character):08x}" for character in text)
    assert value_of(f'"{quoted}"') == Literal(text)


@pytest.mark.parametrize(
    ("written", "value"),
    [("null", None), ("~", None), ("", None), ("true", True), ("False", False), ("0", 0), ("-7", -7), ("1e3", 1000.0)],
)
def test_scalars(written, value):
    """null, true, false and numbers are themselves."""
    found = value_of(written)
    assert found.value == value
    assert type(found.value) is type(value)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_digits(number):
    """A number keeps the digits that are written, so that a decimal field gets those and not a float's."""
    found = value_of(f"{number:f}")
    assert Decimal(found.text) == number


@given(st.text(alphabet=st.characters(exclude_characters="\x00"), max_size=200) | st.binary(max_size=200).map(repr))
def test_any_text_is_a_recipe_or_a_problem(text):
    """Whatever the text, there is a recipe or an error with places, never another exception."""
    assert problems_of(text) <= set(PROBLEMS)


@given(st.data())
def test_damaged_recipes_are_recipes_or_problems(data):
    """A recipe with any line lost, doubled, or with a character changed never breaks the reader."""
    lines = [
        *STEP.splitlines(),
        "      brand: !ref a",
        "      x: {a: [1, !pin {b: c}], d: 'e'}",
        "      y: !choice {a: 1}",
    ]
    line = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.integers(0, len(lines[line])))
    lines[line] = (
        lines[line][:column] + data.draw(st.sampled_from("{}[]!&*:#|>-?,'\"\t %@`=~\\")) + lines[line][column:]
    )
    other = data.draw(st.sampled_from(["keep", "lose", "double"]))
    if other == "lose":
        lines.pop(data.draw(st.integers(0, len(lines) - 1)))
    elif other == "double":
        lines.insert(line, lines[line])
    assert problems_of("\n".join(lines)) <= set(PROBLEMS)


def test_no_django():
    """Documents, reading, writing and the graph load without Django."""
    code = (
        "import sys, fixturekit.recipes.reading, fixturekit.recipes.writing, fixturekit.recipes.graph\n"
        "import fixturekit.recipes.keys, fixturekit.recipes.offsets\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'django']"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
