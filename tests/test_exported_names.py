"""The public names: few, sorted, there, documented, and looked up only when they are used."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

PACKAGES = ["fixturekit", "fixturekit.testing"]


@pytest.mark.parametrize("package", PACKAGES)
def test_names(package):
    """`__all__` is sorted, and everything in it is there, has a docstring, and is listed by `dir`."""
    module = import_module(package)
    assert module.__all__ == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name).__doc__
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("package", PACKAGES)
def test_other_names(package):
    """Any other name is an AttributeError of the usual form."""
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'nothing'"):
        _ = import_module(package).nothing


def test_the_names():
    """These are all: a change of them is a change for users."""
    assert import_module("fixturekit").__all__ == [
        "C",
        "F",
        "G",
        "M",
        "Made",
        "N",
        "P",
        "POST_SAVE",
        "PRE_SAVE",
        "check_models",
        "export_shelf",
        "fixture",
        "get",
        "load",
        "new",
        "teach",
    ]
    assert import_module("fixturekit.testing").__all__ == [
        "RecipeMixin",
        "RecipeTestCase",
        "RecipeTransactionTestCase",
    ]


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import fixturekit", ["django", "pytest", "yaml"]),
        ("import fixturekit.testing", ["django", "pytest", "yaml"]),
        ("from fixturekit import load", ["django", "pytest", "yaml"]),
        ("from fixturekit import C, F, G, M, N, P", ["django", "pytest", "yaml"]),
        ("import fixturekit.testing.pytest_plugin", ["django", "yaml"]),
    ],
)
def test_light(statement, unwanted):
    """Importing the package, its function or the plugin for pytest loads none of these."""
    code = f"{statement}\nimport sys\nprint(sorted({{name.partition('.')[0] for name in sys.modules}} & set({unwanted!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
