"""Trees of django-treebeard and django-mptt, whose rows say where they stand in columns that the library keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models

from fixturekit.values.contrib import bases

Node = tuple[Any, Any]
"""The key of a row, and that of the row above it: None for a root."""


@dataclass(frozen=True, slots=True)
class Library:
    """How a library keeps trees of one kind.

    Attributes:
        name: What messages call it.
        kept: Returns the names of the fields that the library fills when a row is planted.
        above: The name of the link to the row above; ``virtual`` where no field says it, but a recipe may.
        planting: Rows are saved by ``add_root()`` and ``add_child()``, not by ``save()``.
        nodes: Yields all rows with what is above them, where no foreign key says it.
        mend: Has the library count anew, after rows went that it was not told of.
    """

    name: str
    kept: Callable[[type[models.Model]], tuple[str, ...]]
    above: Callable[[type[models.Model]], str]
    virtual: bool = False
    planting: bool = False
    nodes: Callable[[type[models.Model], str], Iterator[Node]] | None = None
    mend: Callable[[type[models.Model]], object] | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """A model whose rows hang below each other.

    Attributes:
        library: How the library keeps it.
        model: The model whose table holds the tree: others may derive from it.
        kept: Names of the fields that the library fills.
        above: The name under which a recipe says the row above.
        single_root: There is one root, which the library's own migration makes, and every other row is below it.
        siblings: Fields that rows below one row must not share, though no constraint says so.
    """

    library: Library
    model: type[models.Model]
    kept: tuple[str, ...]
    above: str
    single_root: bool = False
    siblings: tuple[str, ...] = ()


def _fields(*names: str) -> Callable[[type[models.Model]], tuple[str, ...]]:
    def named(model: type[models.Model]) -> tuple[str, ...]:
        return tuple(field.name for field in model._meta.concrete_fields if field.name in names)

    return named


def _mptt_fields(model: Any) -> tuple[str, ...]:
    meta = model._mptt_meta
    return (meta.left_attr, meta.right_attr, meta.tree_id_attr, meta.level_attr)


def _by_path(model: Any, alias: str) -> Iterator[Node]:
    """Rows of a materialized path: the row above has the path without its last step."""
    rows = list(model._base_manager.using(alias).values_list("pk", "path"))
    keys = {path: key for key, path in rows}
    for key, path in rows:
        yield key, keys.get(path[: -model.steplen])


def _by_label(model: Any, alias: str) -> Iterator[Node]:
    """The same where the steps are labels between dots."""
    rows = [(key, str(path)) for key, path in model._base_manager.using(alias).values_list("pk", "path")]
    keys = {path: key for key, path in rows}
    for key, path in rows:
        yield key, keys.get(path.rpartition(".")[0])


def _by_interval(model: Any, alias: str) -> Iterator[Node]:
    """Rows of nested sets: the row above is the nearest whose interval holds this one's."""
    rows = model._base_manager.using(alias).order_by("tree_id", "lft").values_list("pk", "tree_id", "lft", "rgt")
    open_: list[tuple[Any, Any, int]] = []
    for key, tree, left, right in rows:
        while open_ and (open_[-1][1] != tree or open_[-1][2] < left):
            open_.pop()
        yield key, open_[-1][0] if open_ else None
        open_.append((key, tree, right))


def _of(model: Any, name: str) -> Any:
    """A method of a whole tree: newer releases of django-treebeard have it on the manager."""
    return getattr(model._default_manager, name, None) or getattr(model, name)


_PARENT = "parent"
_LIBRARIES: dict[str, Library] = {
    "treebeard.mp_tree.MP_Node": Library(
        "django-treebeard",
        _fields("path", "depth", "numchild"),
        lambda model: _PARENT,
        virtual=True,
        planting=True,
        nodes=_by_path,
        mend=lambda model: _of(model, "fix_tree")(),
    ),
    "treebeard.ns_tree.NS_Node": Library(
        "django-treebeard",
        _fields("lft", "rgt", "tree_id", "depth"),
        lambda model: _PARENT,
        virtual=True,
        planting=True,
        nodes=_by_interval,
    ),
    "treebeard.ltree.LT_Node": Library(
        "django-treebeard",
        _fields("path"),
        lambda model: _PARENT,
        virtual=True,
        planting=True,
        nodes=_by_label,
    ),
    "treebeard.al_tree.AL_Node": Library(
        "django-treebeard", _fields("sib_order"), lambda model: _PARENT, planting=True
    ),
    "mptt.models.MPTTModel": Library(
        "django-mptt",
        _mptt_fields,
        lambda model: str(model._mptt_meta.parent_attr),  # type: ignore[attr-defined]
        mend=lambda model: model._tree_manager.rebuild(),  # type: ignore[attr-defined]
    ),
}
# Trees that have one root, and what must differ below one row of them.
_SINGLE_ROOTS: dict[str, tuple[str, ...]] = {
    "wagtail.models.pages.Page": ("slug",),
    "wagtail.models.media.Collection": ("name",),
}


@cache
def tree_of(model: type[models.Model]) -> Tree | None:
    """Return the tree that rows of a model stand in, None if it is none that a known library keeps."""
    paths = list(bases(model))
    library = next((_LIBRARIES[path] for path in paths if path in _LIBRARIES), None)
    if library is None:
        return None
    kept = library.kept(model)
    above = library.above(model)
    holder: Any = model._meta.get_field(kept[0] if library.virtual else above)
    single = next((path for path in paths if path in _SINGLE_ROOTS), "")
    return Tree(library, holder.model, kept, above, bool(single), _SINGLE_ROOTS.get(single, ()))


def forget() -> None:
    """Drop all that was learned of models, for tests that make models."""
    tree_of.cache_clear()


def plant(tree: Tree, row: Any, above: Any | None, *, anywhere: bool) -> None:
    """Save a new row of a tree through its library.

    Args:
        tree: The row's.
        row: An instance that is not saved.
        above: The saved row to plant it below, None for a root.
        anywhere: Nobody said where: a tree that has one root takes the row below it.
    """
    if above is None and anywhere and tree.single_root:
        above = _of(tree.model, "get_first_root_node")()
    if above is None:
        _of(type(row), "add_root")(instance=row)
    elif hasattr(type(row)._default_manager, "add_child"):
        type(row)._default_manager.add_child(above, instance=row)
    else:
        above.add_child(instance=row)
