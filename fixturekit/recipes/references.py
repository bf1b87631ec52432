"""Checks what a recipe says of itself: names given once, and addresses that lead to rows its steps make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fixturekit.marks import Mark
from fixturekit.recipes.document import Dependency, Node, Pick, Recipe, Ref, Sample, Step, Target
from fixturekit.recipes.naming import RecipeName, did_you_mean, rows_text
from fixturekit.recipes.problems import Report
from fixturekit.recipes.walking import values_of


def check_references(recipe: Recipe, report: Report, *, infer: bool = False) -> None:
    """Note each name that is given twice and each address that leads nowhere.

    Args:
        recipe: The document.
        report: Takes the problems.
        infer: Whether recipes that addresses lead to count as named in ``depends_on``.
    """
    _check_steps(recipe, report)
    _check_shelves(recipe, report)
    _check_uses(recipe, report)
    if not all(step.id for step in recipe.steps):
        return  # the id that an address means may be the one that could not be read
    steps = {step.id: step for step in recipe.steps}
    known = {dependency.name for dependency in (with_dependencies(recipe) if infer else recipe).depends_on}
    for where, target, mark in _targets(recipe):
        if target.recipe:
            if target.recipe not in known:
                _add_foreign(report, target.recipe, where, mark)
        elif target.step not in steps:
            message = f"{str(target)!r} leads to no step, there is no {target.step!r} in this recipe"
            report.add("E021", message, did_you_mean(target.step, steps), mark=mark, where=where)
        else:
            _check_row(report, steps[target.step], target, where, mark)


def needed_by(recipe: Recipe) -> tuple[Dependency, ...]:
    """Return all that a recipe depends on: what it lists, and the recipes whose shelves it uses; some of it twice."""
    owners = [(step.use.rpartition("/")[0], step.place("use")) for step in recipe.steps]
    used = tuple(Dependency(owner, mark=mark) for owner, mark in owners if owner)
    return (*recipe.depends_on, *recipe.shelves_from, *used)


def with_dependencies(recipe: Recipe) -> Recipe:
    """Return the recipe with the recipes in ``depends_on`` that its addresses and shelves lead to, new ones last."""
    named = {dependency.name for dependency in recipe.depends_on}
    found = {target.recipe for _, target, _ in _targets(recipe)}
    found |= {step.use.rpartition("/")[0] for step in recipe.steps}
    added = tuple(Dependency(name) for name in sorted(found - named) if name)
    return replace(recipe, depends_on=(*recipe.depends_on, *added)) if added else recipe


def _targets(recipe: Recipe) -> Iterator[tuple[str, Target, Mark | None]]:
    for where, value in values_of(recipe):
        target = _target_of(value)
        if target is not None:
            yield where, target, value.mark


def _target_of(value: Node) -> Target | None:
    if isinstance(value, Ref):
        return value.target
    return value.of if isinstance(value, (Pick, Sample)) else None


def _check_row(report: Report, step: Step, target: Target, where: str, mark: Mark | None) -> None:
    if isinstance(target.row, str):
        labels = [entry.key for entry in step.named]
        if target.row not in labels:
            hint = did_you_mean(target.row, labels) if labels else "Its rows have numbers, from 0"
            message = f"{str(target)!r} leads to no row, step {step.id!r} has no label {target.row!r}"
            report.add("E022", message, hint, mark=mark, where=where)
    elif target.row is not None and target.row >= step.size:
        message = f"{str(target)!r} leads to no row, step {step.id!r} makes {rows_text(step.size)} (the first is 0)"
        report.add("E022", message, mark=mark, where=where)


def _add_foreign(report: Report, name: str, where: str, mark: Mark | None) -> None:
    message = f"the recipe {name!r} is not in depends_on"
    report.add("E023", message, f"Add '- {name}' to depends_on", mark=mark, where=where)


def _check_steps(recipe: Recipe, report: Report) -> None:
    seen: dict[str, Step] = {}
    for number, step in enumerate(recipe.steps):
        if step.id in seen:
            first = seen[step.id].mark
            hint = f"The first is at line {first.line}" if first else ""
            message = f"two steps have the id {step.id!r}"
            report.add("E019", message, hint, mark=step.place("id"), where=f"steps[{number}].id")
        elif step.id:
            seen[step.id] = step


def _check_shelves(recipe: Recipe, report: Report) -> None:
    seen = set()
    for number, shelf in enumerate(recipe.shelves):
        identity = (shelf.model, shelf.name)
        if identity in seen:
            what = f"two shelves for {shelf.model} are named {shelf.name!r}" if shelf.name else ""
            message = what or f"{shelf.model} has two default shelves"
            report.add("E019", message, mark=shelf.mark, where=f"shelves[{number}]")
        seen.add(identity)


def _check_uses(recipe: Recipe, report: Report) -> None:
    names = {shelf.name for shelf in recipe.shelves if shelf.name}
    for number, step in enumerate(recipe.steps):
        owner, slash, name = step.use.rpartition("/")
        where = f"steps[{number}].use"
        if slash:
            try:
                RecipeName.parse(owner)
            except ValueError as error:
                report.add("E020", str(error), mark=step.place("use"), where=where)
        elif name and name not in names:
            message = f"there is no shelf {name!r} in this recipe"
            hint = did_you_mean(name, names) or "One of another recipe is written app.recipe/shelf"
            report.add("E021", message, hint, mark=step.place("use"), where=where)
