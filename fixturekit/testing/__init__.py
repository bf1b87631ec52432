"""Recipes in tests: test cases for Django's runner, and a plugin for pytest, which is loaded by itself.

The names are looked up when they are first used: the plugin lies in this package, and must not load Django.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fixturekit.testing.cases import RecipeMixin as RecipeMixin
    from fixturekit.testing.cases import RecipeTestCase as RecipeTestCase
    from fixturekit.testing.cases import RecipeTransactionTestCase as RecipeTransactionTestCase

__all__ = ["RecipeMixin", "RecipeTestCase", "RecipeTransactionTestCase"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'fixturekit.testing' has no attribute {name!r}")
    from fixturekit.testing import cases

    return getattr(cases, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
