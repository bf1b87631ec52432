"""What ``makefixture --update`` does and says: recipes that were edited by hand are completed and proven anew."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import CommandError

from fixturekit.execution.applier import Applier
from fixturekit.management.base import WRONG_WORD, shown_path
from fixturekit.management.telling import Telling, proving, told_faster
from fixturekit.recipes.document import Recipe, Recorded, Step
from fixturekit.recipes.keys import STEP, written
from fixturekit.recipes.reading import read
from fixturekit.recording.describing import Request
from fixturekit.recording.proof import Proof
from fixturekit.recording.recorder import Recorder, Recording


class Updating:
    """One run of the command, with its options. Files are written when all recipes are proven, or none is."""

    def __init__(self, applier: Applier, telling: Telling, options: dict[str, Any]) -> None:
        self._applier = applier
        self._telling = telling
        self._options = options

    def run(self, names: Sequence[str], request: Request, clock: str) -> None:
        """Complete and prove the recipes, then write those that changed, or show what would be written."""
        self._refuse_clock(names)
        recorder = Recorder(self._applier)
        with proving(self._options):
            recordings = recorder.update(names, request, clock)
        for recording in recordings:
            if self._options["dry_run"]:
                self._show(recording)
            else:
                recorder.write(recording)
                self._report(recording)

    def _refuse_clock(self, names: Sequence[str]) -> None:
        recipes = self._applier.loader.recipes
        if self._options["now"] and all(recipes[name].document.now for name in names):
            raise CommandError(
                "--now is for recipes that have no 'now' yet. To change one, edit the file", returncode=WRONG_WORD
            )

    def _show(self, recording: Recording) -> None:
        """Print what would change as a diff, all else beside it."""
        assert recording.loaded is not None
        out = self._telling.out
        path = recording.loaded.shown
        old, new = (text.splitlines(keepends=True) for text in (recording.original, recording.text))
        for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"):
            out.write(line, ending="" if line.endswith("\n") else "\n\\ No newline at end of file\n")
        if self._options["verbosity"] < 1:
            return
        if not recording.changed:
            self._telling.err.write(f"{recording.name}: unchanged")
        self._telling.warn(recording)

    def _report(self, recording: Recording) -> None:
        assert recording.loaded is not None
        if self._options["verbosity"] < 1:
            return
        out = self._telling.out
        out.write(self._telling.style.MIGRATE_HEADING(f"Recipe {recording.name}:"))
        out.write(f"  {self._telling.style.MIGRATE_LABEL(shown_path(recording.loaded.path))}")
        before = read(recording.original, recording.loaded.shown, infer=True)
        lines = [*_filled(before, recording.recipe), *_proven(before, recording.recipe)]
        for line in lines if recording.changed else ["unchanged"]:
            out.write(f"    {line}")
        for faster in recording.faster:
            out.write(f"    {told_faster(faster)}")
        if self._is_outdated(recording):
            out.write(
                f"    Database '{self._applier.connection.alias}' has the rows of before. Make them anew: "
                f"applyfixtures {recording.name} --reset"
            )
        self._telling.warn(recording)
        if recording.changed:
            self._telling.say_unvaried(recording.proof, out)

    def _is_outdated(self, recording: Recording) -> bool:
        """Whether the database holds rows of the recipe that are not those of the file."""
        applied = self._applier.ledger.applied().get(recording.name)
        if applied is None:
            return False
        assert recording.proof is not None  # nothing is updated without
        edited = self._applier.is_edited(recording.name, applied)
        return edited or any(self._differing(recording.name, recording.proof))

    def _differing(self, name: str, proof: Proof) -> Iterator[str]:
        """Yield the steps whose rows in the database are others than those that were proven, as far as that can be told."""
        for step, told in self._applier.ledger.digested(name).items():
            digest = proof.digests.get(step)
            comparable = not told.gave_way and not proof.without(step)
            if comparable and digest is not None and digest.hex() != told.digest:
                yield step


def _filled(before: Recipe, after: Recipe) -> Iterator[str]:
    """Say what was filled in."""
    if before.seed != after.seed:
        yield f"+ seed: {after.seed}"
    if before.now != after.now:
        yield f"+ now: {after.now}"
    for dependency in after.depends_on[len(before.depends_on) :]:
        yield f"+ depends_on: {dependency.name}"
    for old, new in zip(before.steps, after.steps, strict=True):
        yield from _filled_step(old, new)


def _filled_step(before: Step, after: Step) -> Iterator[str]:
    for key, value in written(after, STEP):
        if value == getattr(before, key.attribute) or key.name == "save":  # which is told with its reason
            continue
        if key.name == "share":
            known = {entry.key for entry in before.share}
            added = (entry for entry in after.share if entry.key not in known)
            yield from (f"+ {after.id}: share {entry.key}={getattr(entry.value, 'value', '')}" for entry in added)
        else:
            yield f"+ {after.id}: {key.name} {value}"


def _proven(before: Recipe, after: Recipe) -> Iterator[str]:
    """Say what is recorded otherwise than before: steps with rows and digest, the last migration of each app."""
    old, new = (recipe.recorded or Recorded() for recipe in (before, after))
    yield from _pairs("", dict(old.produces), dict(new.produces))
    yield from _pairs("schema ", dict(old.schema), dict(new.schema))


def _pairs(what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    for name in {**new, **old}:
        if name not in old:
            yield f"+ {what}{name}: {new[name]}"
        elif name not in new:
            yield f"- {what}{name}: {old[name]}"
        elif old[name] != new[name]:
            yield f"~ {what}{name}: {old[name]} -> {new[name]}"
