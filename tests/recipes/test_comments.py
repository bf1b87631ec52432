"""Comments survive the canonical layout, each at what it belongs to."""

from __future__ import annotations

import dataclasses
import re
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixturekit.exceptions import RecipeInvalid
from fixturekit.recipes.comments import Stand, canonical, comments_of
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write
from tests.recipes.strategies import recipes


def formatted(text: str) -> str:
    return canonical(textwrap.dedent(text).lstrip("\n"), "f.yaml")


def block(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def meaning(text: str) -> str:
    return write(dataclasses.replace(read(text, "f.yaml"), comment=""))


def means(text: str, wanted: str) -> bool:
    """Whether a text can be read and says this."""
    try:
        return meaning(text) == wanted
    except RecipeInvalid:
        return False


def told(text: str) -> list[str]:
    return [comment.text for comment in comments_of(text)]


def with_comments(text: str, places: list[tuple[int, int]]) -> tuple[str, list[str]]:
    """The text with comments at lines, where a comment can be: with this indentation, or behind the line if below 0."""
    wanted = meaning(text)
    lines = text.splitlines()
    added = []
    for number, (where, indent) in enumerate(sorted(places, reverse=True)):
        comment = f"#c{number} x: '{{[ # y"
        line = where % len(lines)
        longer = [*lines]
        if indent < 0:
            longer[line] += f" {comment}"
        else:
            longer.insert(line, " " * indent + comment)
        if means("\n".join(longer) + "\n", wanted) and comment in told("\n".join(longer) + "\n"):
            lines = longer
            added.append(comment)
    return "\n".join(lines) + "\n", added


some_places = st.lists(st.tuples(st.integers(0, 400), st.integers(-4, 12)), max_size=4, unique=True)


@settings(max_examples=40)
@given(recipes(), some_places)
def test_comments_survive(recipe, places):
    """Comments put anywhere into a canonical text are all there after formatting, in their order; twice is as once."""
    text, added = with_comments(write(recipe), places)
    result = canonical(text, "f.yaml")
    assert [comment for comment in told(result) if comment in added] == [c for c in told(text) if c in added]
    assert sorted(told(result)) == sorted(told(text))
    assert meaning(result) == meaning(text)
    assert canonical(result, "f.yaml") == result


def test_indented_below_one_that_is_not():
    """A comment that is indented more than the one above it stays below it."""
    text = "steps:\n  - id: a\n    make: a.A\n# outer\n    # inner\n  - id: b\n    make: a.A\n# last\n      # of all\n"
    lines = canonical(text, "f.yaml").splitlines()
    assert [line.strip() for line in lines if "#" in line] == ["# outer", "# inner", "# last", "# of all"]
    assert lines.index("  - id: b") == lines.index("  # inner") + 1


@settings(max_examples=40)
@given(recipes())
def test_without_comments(recipe):
    """A text without comments becomes what is written for its meaning."""
    bare = dataclasses.replace(recipe, comment="")
    assert canonical(write(bare), "f.yaml") == write(bare)


@settings(max_examples=40)
@given(recipes(), some_places, st.integers(1, 9))
def test_other_layouts(recipe, places, seed):
    """So are those of a text whose keys stand in another order, with blank lines and other indentation."""
    text, added = with_comments(write(dataclasses.replace(recipe, comment="")), places)
    parts = re.split(r"(?m)^(?=[a-z_]+:|#c)", text)
    turned = "\n\n".join(parts[seed % len(parts) :] + parts[: seed % len(parts)])
    if not means(turned, meaning(text)):
        return  # a comment, or a text of several lines, was torn
    result = canonical(turned, "f.yaml")
    assert sorted(told(result)) == sorted(told(turned)) == sorted(added)
    assert meaning(result) == meaning(text)
    assert canonical(result, "f.yaml") == result


class TestPlaces:
    """What a comment belongs to."""

    def test_keys_that_move(self):
        """Comments before and behind a key move with it."""
        assert formatted(
            """
            # about the file
            steps:  # the work
              # all authors
              - make: testapp.Author  # a model
                # three of them
                count: 3 # no more
                id: a
            # why this seed
            seed: 4
            """
        ) == block(
            """
            # about the file
            # why this seed
            seed: 4
            steps:  # the work
              # all authors
              - id: a
                make: testapp.Author  # a model
                # three of them
                count: 3  # no more
            """
        )

    def test_the_end_of_a_block(self):
        """A comment at the end of a block stays in it, by its indentation."""
        text = block(
            """
            steps:
              - id: a
                make: testapp.Author
                set:
                  name: x
                  # born: 1900-01-01
                # count: 3
              # - id: b
              - id: c
                make: testapp.Author
                # count: 4
            # the end
            """
        )
        assert canonical(text, "f.yaml") == text
        assert [(comment.path, comment.stand) for comment in comments_of(text)] == [
            (("steps", 0, "set"), Stand.END),
            (("steps", 0), Stand.END),
            (("steps", 1), Stand.BEFORE),
            (("steps", 1), Stand.END),
            ((), Stand.END),
        ]

    def test_what_becomes_one_line(self):
        """Comments at the parts of what is one line stand above it; the last one behind it stays there."""
        assert formatted(
            """
            steps:
              - id: a
                make: testapp.Author
                set:
                  tags: [ # first
                    1, # one
                    # before two
                    2
                    # last
                  ] # all
            """
        ) == block(
            """
            steps:
              - id: a
                make: testapp.Author
                set:
                  # first
                  # one
                  # before two
                  # last
                  tags: [1, 2]  # all
            """
        )

    def test_defaults_that_go(self):
        """A comment beside a default that is left out stands before what comes next in its block, else before that."""
        assert formatted(
            """
            atomic: true # whole
            steps:
              - id: a
                make: testapp.Author
                count: 1 # just one
                set: {name: x}
              - id: b
                make: testapp.Author
                count: 1 # one more
            """
        ) == block(
            """
            # whole
            steps:
              - id: a
                make: testapp.Author
                # just one
                set:
                  name: x
              # one more
              - id: b
                make: testapp.Author
            """
        )

    def test_text_with_hashes(self):
        """What is part of a text is none; what stands behind the beginning of a block of text is one."""
        text = block(
            """
            steps:
              - id: a
                make: testapp.Author
                set:
                  name: "a # b"  # c
                  url: "https://example.com/#d"
                  text: |  # e
                    # f

                    # g
                  # h
                  plain: "a#b"
            """
        )
        assert told(text) == ["# c", "# e", "# h"]
        assert canonical(text, "f.yaml") == text

    def test_dashes_alone(self):
        """A comment behind a dash belongs to the item, though the item begins on another line."""
        assert formatted(
            """
            ---
            # top
            steps:
            -   # first
                id: a
                make: testapp.Author
            # between
            -
                # own
                id: b
                make: testapp.Author
            ...
            # after
            """
        ) == block(
            """
            # top
            steps:
              - id: a  # first
                make: testapp.Author
              # between
              # own
              - id: b
                make: testapp.Author
            # after
            """
        )

    def test_line_ends(self):
        """Files of other systems come out with LF, without blanks at the ends of comments."""
        assert canonical("# a \r\nsteps: # b\t\r\n- {id: a, make: a.B}\r\n", "f.yaml") == (
            "# a\nsteps:  # b\n  - id: a\n    make: a.B\n"
        )


def test_broken_files_are_refused():
    """A text that cannot be read has no canonical form."""
    with pytest.raises(RecipeInvalid, match="E014"):
        canonical("stepz: []\n", "f.yaml")


def test_a_text_that_would_be_too_large():
    """What could not be read again is refused."""
    with pytest.raises(RecipeInvalid, match="E001"):
        canonical("steps: [{id: a, make: a.B, set: {a: 1, b: 2}}]\n", "f.yaml", max_bytes=60)


def test_many_comments():
    """The time grows with the text, not with its square."""
    step = "- {{id: s{0}, make: a.B}} # {0}\n# own {0}\n"
    text = "steps:\n" + "".join(step.format(number) for number in range(3000))
    assert len(told(canonical(text, "f.yaml"))) == 6000
