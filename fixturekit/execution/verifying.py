"""Rows of an applied recipe are read back and compared, by digest, with what was written and with what the file says."""

from __future__ import annotations

from collections.abc import Iterator

from fixturekit.execution.applier import Applier, State
from fixturekit.execution.binding import Binding
from fixturekit.execution.blocks import Sides
from fixturekit.execution.digests import StepDigest
from fixturekit.execution.elsewhere import canonical_keys
from fixturekit.execution.preparing import bind
from fixturekit.execution.reading import read_digests
from fixturekit.execution.schema import moved
from fixturekit.execution.standing import Standing
from fixturekit.ledger import Digested
from fixturekit.models import SIDE
from fixturekit.planning.plan import Batch, Plan
from fixturekit.recipes.reading import read
from fixturekit.writers import writer_for
from fixturekit.writers.keys import Keys, Listed


def verify(applier: Applier, name: str, state: State | None = None) -> Iterator[str]:
    """Yield what is not as it was recorded, a line for each column or step. Reads only.

    Args:
        applier: For the database whose rows are read.
        name: An applied recipe.
        state: Its state, where the caller has asked the applier for the states of many.
    """
    if (state or applier.states()[name]).changed:
        yield "the file was edited since it was applied, so its rows cannot be compared with it"
        return
    plan = applier.plan(name).plan
    binding, missing = _bound(applier, plan)
    yield from missing
    if missing:
        return
    written = applier.ledger.digested(name)
    recorded = applier.loader.recipes[name].document.recorded
    produces = dict(recorded.produces) if recorded and applier.whole(name) else {}
    differing = False
    for step, digest in read_digests(plan, binding, writer_for(applier.connection), _sides(applier, name)).items():
        for difference in _differences(step, digest, written.get(step), produces.get(step)):
            differing = True
            yield difference
    if differing:
        yield from _moved(applier, name)
    yield from binding.files.unread


def _moved(applier: Applier, name: str) -> Iterator[str]:
    """Say which apps were migrated since the recipe was recorded, as it was applied."""
    loaded = applier.loader.recipes[name]
    since = moved(read(applier.ledger.document(name), loaded.shown))
    if since:
        yield f"{since}. Prove it again and make its rows anew: makefixture --update {name}; applyfixtures {name} --reset"


def _differences(step: str, now: StepDigest, written: Digested | None, recorded: str | None) -> Iterator[str]:
    """Compare the rows of a step with what was written, and then that with what the file says.

    Rows that gave way to others were never those of the file.
    """
    if written is not None and written.digest != now.hex():
        found = {path: digest.hex() for path, digest in now.columns.items()}
        for path in dict.fromkeys((*written.columns, *found)):
            if path not in found:
                yield f"{step}.{path}: there is no such column any more"
            elif path not in written.columns:
                yield f"{step}.{path}: the column was not there when the rows were made"
            elif written.columns[path] != found[path]:
                yield f"{step}.{path}: rows were changed since they were made"
    elif recorded is not None and not (written is not None and written.gave_way) and not now.fits(recorded):
        yield f"step {step}: the rows are not those that the file records"


def _bound(applier: Applier, plan: Plan) -> tuple[Binding, list[str]]:
    """Bind a plan to the rows that it has made, and say which of them are gone."""
    binding = bind(applier.connection, plan, writer_for(applier.connection), applier.ledger, written=True)
    missing = []
    for batch in plan.batches:
        if batch.serves is not None:
            continue  # which of these rows are there is no promise
        rows = applier.ledger.whole(plan.recipe, batch.whole)
        _stand(applier, binding, batch)
        keys: Keys = canonical_keys(applier.ledger, rows) if rows else Listed()
        if len(keys) != batch.count:
            missing.append(f"step {batch.step}: {batch.count} rows of {batch.model} expected, {len(keys)} were made")
        binding.keep(batch.id, "", keys)
    return binding, missing


def _sides(applier: Applier, name: str) -> Sides:
    """The rows that others made when the recipe was applied."""
    sides: Sides = {}
    for batch in applier.ledger.batches(name, SIDE):
        sides.setdefault(batch.batch, []).extend((batch.model, key) for key in batch.keys)
    return sides


def _stand(applier: Applier, binding: Binding, batch: Batch) -> None:
    """Let the binding know which rows of a batch were adopted."""
    standing = Standing(batch.count)
    start = 0
    for adopted, count in applier.ledger.runs(binding.plan.recipe, batch.whole) if batch.adopt else ():
        if adopted:
            standing.adopted.update(dict.fromkeys(range(start, start + count)))
        start += count
    if standing.adopted:
        binding.stand(batch.whole, standing)
