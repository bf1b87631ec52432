"""The plugin for pytest: the marker ``recipes``, the fixture ``made``, and what loading recipes cost.

pytest loads it in every run of an environment that has fixturekit, also of projects that have nothing to do with
Django: so it imports Django, and the rest of fixturekit, only for a test that has the marker.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from fixturekit.execution.loading import Cost
    from fixturekit.execution.made import Made

_MARKER = (
    "recipes(*names, databases=None): load fixturekit's recipes for the test, which may use the database then; "
    "the fixture 'made' has their rows."
)
_LOADING = "fixturekit.execution.loading"
_CALLS = "fixturekit.calling.scopes"
_REPORT = "fixturekit_costs"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("fixturekit").addoption(
        "--fixturekit-durations", action="store_true", help="Show what loading recipes cost, by recipe."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker, which --strict-markers asks for."""
    config.addinivalue_line("markers", _MARKER)
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_Distributed(), "fixturekit-distributed")


# -- tests with recipes ------------------------------------------------------------------------------------------------


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test that has recipes use the databases that they go to, unless it says itself which ones it uses."""
    wanted = [_arguments(marker)[1] for marker in item.iter_markers("recipes")]
    if wanted and _has_pytest_django(item.config) and item.get_closest_marker("django_db") is None:
        aliases: Any = sorted({alias for databases in wanted for alias in databases or ("default",)})
        item.add_marker(pytest.mark.django_db(databases="__all__" if "__all__" in wanted else aliases))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse recipes where they cannot be loaded, before pytest-django or Django say so in words of their own."""
    if item.get_closest_marker("recipes") is None:
        return
    if not _has_pytest_django(item.config):
        _fail("the marker 'recipes' needs pytest-django: install it, or use fixturekit.testing.RecipeTestCase")
    if _is_unittest(item):
        _fail(
            "the marker 'recipes' has no effect on a unittest class: give it fixturekit.testing.RecipeMixin as a base"
        )
    if not _is_configured():
        _fail("the marker 'recipes' needs Django's settings: set DJANGO_SETTINGS_MODULE")
    for marker in item.iter_markers("recipes"):
        names, _ = _arguments(marker)
        if not names or not all(isinstance(name, str) for name in names):
            _fail(f"the marker 'recipes' takes names, @pytest.mark.recipes('app_label.name'), not {marker.args!r}")


@pytest.fixture(autouse=True)
def _fixturekit_made(request: pytest.FixtureRequest) -> Made | None:
    """What the test's recipes made: markers add up, that of the module first, that of the function last."""
    markers = list(request.node.iter_markers("recipes"))
    if not markers:
        return None
    request.getfixturevalue("db")
    from fixturekit.api import load_into
    from fixturekit.execution.made import together
    from fixturekit.testing.databases import own_databases

    mades = []
    for marker in reversed(markers):
        names, databases = _arguments(marker)
        aliases = own_databases(databases or _test_databases(request.node))
        mades.append(load_into(aliases, names, force=True))
    return together(*mades)


@pytest.fixture(autouse=True)
def _fixturekit_calls() -> Iterator[None]:
    """Let the Python calls of each test count from the first row, and forget what they were taught in it."""
    before = sys.modules.get(_CALLS)
    if before is not None:
        with before.process.fresh():
            yield
        return
    yield
    loaded = sys.modules.get(_CALLS)
    if loaded is not None:
        loaded.process.reset()


@pytest.fixture
def made(_fixturekit_made: Made | None) -> Made:
    """The rows that the recipes of the test's ``recipes`` markers made, a ``fixturekit.Made``."""
    if _fixturekit_made is None:
        _fail("the fixture 'made' needs recipes: mark the test with @pytest.mark.recipes('app_label.name')")
    return _fixturekit_made


def _arguments(marker: pytest.Mark) -> tuple[tuple[Any, ...], Collection[str] | None]:
    """Return the names and the databases of a marker."""
    unknown = sorted(set(marker.kwargs) - {"databases"})
    if unknown:
        raise pytest.UsageError(f"@pytest.mark.recipes takes names and databases=, not {', '.join(unknown)}=")
    databases = marker.kwargs.get("databases")
    return marker.args, [databases] if isinstance(databases, str) and databases != "__all__" else databases


def _test_databases(item: pytest.Item) -> Collection[str]:
    """Return the databases that pytest-django lets a test use."""

    def read(transaction: bool = False, reset_sequences: bool = False, databases: Any = None, **others: Any) -> Any:
        return databases

    marker = item.get_closest_marker("django_db")
    found: Collection[str] | None = read(*marker.args, **marker.kwargs) if marker else None
    return found or ("default",)


def _has_pytest_django(config: pytest.Config) -> bool:
    return any(map(config.pluginmanager.hasplugin, ("django", "pytest_django.plugin")))


def _is_unittest(item: pytest.Item) -> bool:
    from unittest import TestCase

    owner = getattr(item, "cls", None)
    return isinstance(owner, type) and issubclass(owner, TestCase)


def _is_configured() -> bool:
    """Whether Django has settings, told without loading it."""
    django_conf = sys.modules.get("django.conf")
    return bool(os.environ.get("DJANGO_SETTINGS_MODULE")) or bool(django_conf and django_conf.settings.configured)


def _fail(message: str) -> NoReturn:
    pytest.fail(f"fixturekit: {message}", pytrace=False)


# -- what loading cost -------------------------------------------------------------------------------------------------


class _Distributed:
    """With pytest-xdist: the processes that run tests tell the one that reports what loading cost them."""

    def __init__(self) -> None:
        self.told: list[dict[str, tuple[int, int, float]]] = []

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_REPORT] = {name: (cost.loads, cost.rows, cost.seconds) for name, cost in _costs()}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.told.append(getattr(node, "workeroutput", {}).get(_REPORT, {}))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print what loading cost, the dearest recipe first."""
    if not config.getoption("--fixturekit-durations"):
        return
    total = {name: [cost.loads, cost.rows, cost.seconds] for name, cost in _costs()}
    distributed = config.pluginmanager.get_plugin("fixturekit-distributed")
    for told in distributed.told if isinstance(distributed, _Distributed) else ():
        for name, numbers in told.items():
            known = total.get(name, [0, 0, 0.0])
            total[name] = [old + new for old, new in zip(known, numbers, strict=True)]
    terminalreporter.section("fixturekit: what loading recipes cost")
    if not total:
        terminalreporter.write_line("No recipes were loaded.")
        return
    width = max(map(len, total))
    terminalreporter.write_line(f"{'recipe':{width}}  {'loads':>7}  {'rows':>9}  {'total':>10}  {'mean':>10}")
    for name, (loads, rows, seconds) in sorted(total.items(), key=lambda pair: -pair[1][2]):
        terminalreporter.write_line(
            f"{name:{width}}  {loads:>7,}  {rows:>9,}  {seconds:>8.3f} s  {seconds / loads * 1000:>7.1f} ms"
        )


def _costs() -> Iterator[tuple[str, Cost]]:
    """Yield what loading took in this process; nothing where no recipe was loaded."""
    loading = sys.modules.get(_LOADING)
    if loading is not None:
        yield from loading.costs.items()
