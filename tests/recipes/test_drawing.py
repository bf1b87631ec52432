"""The graph of recipes as text and for Graphviz."""

from __future__ import annotations

import re

import pytest

from fixturekit.exceptions import DependencyCycle, RecipeNotFound
from fixturekit.recipes.drawing import dot, tree
from fixturekit.recipes.graph import RecipeGraph


def graph(**recipes: str) -> RecipeGraph:
    """A graph of recipes of the app a: name and what it depends on, separated by blanks."""
    found = RecipeGraph()
    for name, needs in recipes.items():
        found.add(f"a.{name}", [(f"a.{other}", "") for other in needs.split()])
    return found


class TestTree:
    def test_a_diamond(self):
        """What is needed twice is drawn once with all below it, then with dots."""
        found = graph(base="", left="base", right="base", top="left right", alone="")
        assert list(tree(found, list(found))) == [
            "a.alone",
            "a.top",
            "├── a.left",
            "│   └── a.base",
            "└── a.right",
            "    └── a.base",
        ]

    def test_dots(self):
        """Dots stand for what was drawn before, where there is anything below it."""
        found = graph(base="", middle="base", one="middle", two="base middle")
        assert list(tree(found, list(found))) == [
            "a.one",
            "└── a.middle",
            "    └── a.base",
            "a.two",
            "├── a.base",
            "└── a.middle ...",
        ]

    def test_some(self):
        """Of named recipes, these and what they depend on."""
        found = graph(base="", left="base", right="base")
        assert list(tree(found, ["a.left"])) == ["a.left", "└── a.base"]
        assert list(tree(found, ["a.left", "a.base"])) == ["a.left", "└── a.base"]

    def test_forty(self):
        """Forty recipes take a line each, and one for each further arrow."""
        found = graph(**{f"r{n}": " ".join(f"r{n - k}" for k in (1, 2) if n >= k) for n in range(40)})
        assert len(list(tree(found, list(found)))) == 78

    def test_a_long_chain(self):
        """Depth has no limit."""
        found = graph(**{f"r{n}": f"r{n - 1}" if n else "" for n in range(3000)})
        assert len(list(tree(found, list(found)))) == 3000

    def test_nothing(self):
        """Of no recipes there is nothing to draw."""
        assert list(tree(RecipeGraph(), [])) == []


class TestDot:
    def test_lines(self):
        """Recipes stand in a cluster for each app; arrows lead to what is needed."""
        found = graph(base="", left="base")
        found.add("b.top", [("a.left", "")])
        assert "\n".join(dot(found, list(found))) == (
            "digraph recipes {\n"
            "  rankdir=RL;\n"
            "  node [shape=box];\n"
            '  subgraph "cluster_a" {\n'
            '    label="a";\n'
            '    "a.base" [label="base"];\n'
            '    "a.left" [label="left"];\n'
            "  }\n"
            '  subgraph "cluster_b" {\n'
            '    label="b";\n'
            '    "b.top" [label="top"];\n'
            "  }\n"
            '  "a.left" -> "a.base";\n'
            '  "b.top" -> "a.left";\n'
            "}"
        )

    def test_quotes(self):
        """Names of all kinds are quoted."""
        found = RecipeGraph()
        found.add('sh"op\\.graph')
        lines = list(dot(found, list(found)))
        assert '    "sh\\"op\\\\.graph" [label="graph"];' in lines
        assert all(re.sub(r'"(\\.|[^"\\])*"', "", line).count('"') == 0 for line in lines)

    def test_order_of_adding(self):
        """The order in which recipes are added does not show."""
        one, two = graph(a="", b="a", c="a b"), graph(c="b a", b="a", a="")
        assert list(dot(one, list(one))) == list(dot(two, list(two)))
        assert list(tree(one, list(one))) == list(tree(two, list(two)))


@pytest.mark.parametrize("draw", [tree, dot])
def test_errors(draw):
    """Circles and missing recipes are errors."""
    with pytest.raises(DependencyCycle):
        list(draw(graph(one="two", two="one"), ["a.one"]))
    with pytest.raises(RecipeNotFound):
        list(draw(graph(one="two"), ["a.one"]))
