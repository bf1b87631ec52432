"""How the modules of the package hang together."""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest


def test_no_circle_of_modules():
    """No module needs itself by way of others, not even for types: each can be read after those that it imports."""
    graph = pytest.importorskip("grimp").build_graph("fixturekit", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    TopologicalSorter(imports).prepare()
