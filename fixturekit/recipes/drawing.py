"""The graph of recipes drawn: as an indented tree for people, and in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fixturekit.recipes.graph import RecipeGraph


def tree(graph: RecipeGraph, names: Sequence[str]) -> Iterator[str]:
    """Yield lines that show recipes with what they depend on below them.

    What nothing else of the drawing depends on stands at the left. What a recipe depends on is drawn once, below the
    first that needs it; elsewhere three dots stand for it.

    Args:
        graph: The project's.
        names: The recipes to draw, with all that they depend on.

    Raises:
        RecipeNotFound, DependencyCycle: As for ``RecipeGraph.order``.
    """
    order = graph.order(names)
    needed = {other for name in order for other in graph.dependencies(name)}
    drawn: set[str] = set()
    for name in order:
        if name not in needed:
            yield name
            yield from _below(graph, name, "", drawn)


def _below(graph: RecipeGraph, name: str, ahead: str, drawn: set[str]) -> Iterator[str]:
    # without recursion: a chain of recipes may be longer than Python's stack
    waiting = [(ahead, other, other == last) for other, last in _dependencies(graph, name)]
    drawn.add(name)
    while waiting:
        ahead, other, is_last = waiting.pop()
        below = _dependencies(graph, other)
        again = other in drawn and bool(below)
        yield f"{ahead}{'└── ' if is_last else '├── '}{other}{' ...' if again else ''}"
        if not again:
            drawn.add(other)
            deeper = f"{ahead}{'    ' if is_last else '│   '}"
            waiting += [(deeper, inner, inner == last) for inner, last in below]


def _dependencies(graph: RecipeGraph, name: str) -> list[tuple[str, str]]:
    """What a recipe depends on, the last first, each with the last."""
    found = graph.dependencies(name)
    return [(other, found[-1]) for other in reversed(found)]


def dot(graph: RecipeGraph, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a Graphviz graph: an arrow leads from a recipe to what it depends on; apps are clusters.

    Args:
        graph: The project's.
        names: The recipes to draw, with all that they depend on.

    Raises:
        RecipeNotFound, DependencyCycle: As for ``RecipeGraph.order``.
    """
    order = graph.order(names)
    yield "digraph recipes {"
    yield "  rankdir=RL;"
    yield "  node [shape=box];"
    for label in sorted({name.partition(".")[0] for name in order}):
        yield f"  subgraph {_quoted(f'cluster_{label}')} {{"
        yield f"    label={_quoted(label)};"
        for name in order:
            app, _, short = name.partition(".")
            if app == label:
                yield f"    {_quoted(name)} [label={_quoted(short)}];"
        yield "  }"
    for name in order:
        for other in graph.dependencies(name):
            yield f"  {_quoted(name)} -> {_quoted(other)};"
    yield "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
