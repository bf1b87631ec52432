"""See to it that no module of fixturekit needs itself by way of others, not even for types: python .ci/circles.py

import-linter knows layers; that the modules of one layer can be read one after the other is said here.
"""

from __future__ import annotations

import sys
from graphlib import CycleError, TopologicalSorter

import grimp


def main() -> None:
    """End with the first circle, if there is one."""
    graph = grimp.build_graph("fixturekit", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        sys.exit("A circle of modules: " + " <- ".join(error.args[1]))
    print(f"No circle among {len(imports)} modules.")


if __name__ == "__main__":
    main()
