"""The graph: order, cycles, missing names; no disk, no database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.exceptions import DependencyCycle, GraphError, RecipeNotFound
from fixturekit.marks import Mark
from fixturekit.recipes.graph import RecipeGraph


def graph_of(**recipes: str) -> RecipeGraph:
    """``graph_of(a="b c")``: x.a depends on x.b and x.c."""
    graph = RecipeGraph()
    for name, needs in recipes.items():
        graph.add(f"x.{name}", [(f"x.{need}", Mark(f"{name}.yaml", 2, 5)) for need in needs.split()])
    return graph


def test_dependencies_come_first_then_names():
    """What is depended on comes first; otherwise app label, number and name decide."""
    graph = RecipeGraph()
    graph.add("shop.sale", [("shop.catalogue", ""), ("accounts.staff", "")], number=1)
    graph.add("shop.catalogue", number=2)
    graph.add("shop.brands", number=2)
    graph.add("zoo.animals", number=1)
    graph.add("accounts.staff", [("zoo.animals", "")], number=9)
    assert graph.order() == ["shop.brands", "shop.catalogue", "zoo.animals", "accounts.staff", "shop.sale"]
    assert graph.order(["shop.sale"]) == ["shop.catalogue", "zoo.animals", "accounts.staff", "shop.sale"]
    assert list(graph) == ["accounts.staff", "shop.sale", "shop.brands", "shop.catalogue", "zoo.animals"]


def test_relations():
    """Dependencies are the direct ones; dependents are all that would miss a recipe."""
    graph = graph_of(a="", b="a", c="b", d="")
    assert graph.dependencies("x.c") == ("x.b",)
    assert graph.dependents("x.a") == ("x.b", "x.c")
    assert graph.dependents("x.d") == ()
    assert len(graph) == 4
    assert "x.a" in graph


def test_missing_names():
    """All missing dependencies are reported together, with the file that names them and the nearest name."""
    graph = graph_of(catalogue="", sale="catalog x.y", other="nothing")
    with pytest.raises(RecipeNotFound) as caught:
        graph.validate()
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert lines[1] == (
        "sale.yaml:2:5: 'x.sale' depends on 'x.catalog', which no recipe is (fixturekit.E031). "
        "Did you mean 'x.catalogue'?"
    )
    assert caught.value.name == "x.nothing"


def test_cycles():
    """Cycles are named from their lowest name, with the file, whatever order recipes were added in."""
    for names in (["a", "b", "c", "d", "e", "s", "z"], ["z", "s", "e", "d", "c", "b", "a"]):
        needs = {"a": "c", "b": "a", "c": "b", "d": "c", "e": "", "s": "s", "z": "e"}
        graph = graph_of(**{name: needs[name] for name in names})
        with pytest.raises(DependencyCycle) as caught:
            graph.validate()
        assert str(caught.value) == (
            "a.yaml:2:5: recipes depend on each other: x.a -> x.c -> x.b -> x.a (fixturekit.E032). "
            "Take one dependency out\n"
            "s.yaml:2:5: recipes depend on each other: x.s -> x.s (fixturekit.E032). Take one dependency out"
        )
        assert caught.value.names == ("x.a", "x.c", "x.b")
        assert graph.order(["x.z"]) == ["x.e", "x.z"]
        with pytest.raises(DependencyCycle):
            graph.order(["x.d"])


def test_unknown_names():
    """A name that no recipe has is an error with the nearest one."""
    graph = graph_of(summer="")
    for ask in (graph.dependents, graph.dependencies, lambda name: graph.order([name])):
        with pytest.raises(RecipeNotFound, match=r"no recipe 'x.sumer'. Did you mean 'x.summer'\?"):
            ask("x.sumer")
    with pytest.raises(ValueError, match="already"):
        graph.add("x.summer")


def test_replaced_names():
    """A dependency on a name that was replaced leads to the recipe that replaces it."""
    graph = graph_of(user="old")
    graph.add("x.new", replaces=[("x.old", "")])
    graph.validate()
    assert graph.order() == ["x.new", "x.user"]
    assert graph.order(["x.old"]) == ["x.new"]
    assert graph.dependents("x.new") == ("x.user",)
    graph.add("x.other", replaces=[("x.old", Mark("o.yaml", 1, 1))])
    with pytest.raises(GraphError, match=r"'x\.other' replaces 'x\.old', and so does 'x\.new'"):
        graph.validate()


def test_replaced_but_there():
    """A replaced recipe that is there would be applied, too."""
    graph = graph_of(old="")
    graph.add("x.new", replaces=[("x.old", Mark("n.yaml", 2, 3))])
    with pytest.raises(GraphError, match=r"n\.yaml:2:3: 'x\.new' replaces 'x\.old', which is still there.*E084"):
        graph.validate()


def test_deep_chains():
    """The depth of a chain is not bounded by Python's stack."""
    graph = RecipeGraph()
    for number in range(20_000):
        graph.add(f"x.n{number:05}", [(f"x.n{number - 1:05}", "")] if number else [])
    graph.validate()
    assert graph.order()[-1] == "x.n19999"
    assert len(graph.dependents("x.n00000")) == 19_999


@given(st.data())
def test_order_is_stable(data):
    """Whatever is added when, and whether alone or with others, recipes stand in the same order."""
    names = [f"{app}.r{number}" for app in "ab" for number in range(5)]
    arrows = {name: data.draw(st.lists(st.sampled_from(names[:at]), max_size=3)) for at, name in enumerate(names) if at}
    renamed = dict(zip(names, data.draw(st.permutations(names)), strict=True))

    def build(order: list[str]) -> RecipeGraph:
        graph = RecipeGraph()
        for name in order:
            graph.add(renamed[name], [(renamed[need], "") for need in arrows.get(name, [])])
        return graph

    order = build(names).order()
    shuffled = build(data.draw(st.permutations(names)))
    shuffled.validate()
    assert shuffled.order() == order
    targets = data.draw(st.lists(st.sampled_from(names)))
    part = shuffled.order(targets)
    assert part == [name for name in order if name in part]
    for name, needs in arrows.items():
        assert all(order.index(renamed[need]) < order.index(renamed[name]) for need in needs)


def test_what_was_found_is_forgotten():
    """A recipe that is added later counts in every answer."""
    graph = RecipeGraph()
    graph.add("a.old_user", [("a.old", "here")])
    graph.add("a.one")
    assert graph.dependents("a.one") == ()
    graph.add("a.two", [("a.one", "here")])
    assert graph.dependents("a.one") == ("a.two",)
    graph.add("a.new", replaces=[("a.old", "here")])
    assert graph.order(["a.old_user"]) == ["a.new", "a.old_user"]
    assert graph.dependents("a.new") == ("a.old_user",)
