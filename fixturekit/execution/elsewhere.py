"""Rows that other recipes made, as the ledger knows them."""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.exceptions import MadeRowsMissing
from fixturekit.execution.finding import key_converter, read_fields
from fixturekit.ledger import Ledger, MadeBatch
from fixturekit.values.sources import Outside
from fixturekit.writers.keys import Keys, Listed


def batch_elsewhere(connection: BaseDatabaseWrapper, ledger: Ledger, source: Outside) -> MadeBatch:
    """What the ledger knows of the rows that a step of an applied recipe made."""
    made = ledger.whole(source.recipe, source.step)
    if made is None or len(made.keys) != source.count:
        found = 0 if made is None else len(made.keys)
        raise MadeRowsMissing(
            f"{source.recipe}/{source.step} should have made {source.count} rows, the ledger of database "
            f"'{connection.alias}' knows {found}{_scale_of(ledger, source.recipe)}. "
            f"Apply it again: applyfixtures {source.recipe} --reset"
        )
    return made


def made_elsewhere(connection: BaseDatabaseWrapper, ledger: Ledger, source: Outside) -> Keys:
    """The keys of the rows that a step of an applied recipe made, or one field of these rows."""
    made = batch_elsewhere(connection, ledger, source)
    there, count = ledger.still_there(source.recipe, source.step)
    if there < count:
        raise MadeRowsMissing(
            f"{count - there} of the {count} rows that {source.recipe}/{source.step} made are gone from database "
            f"'{connection.alias}'. Make them again: applyfixtures {source.recipe} --reset"
        )
    if not source.field:
        return canonical_keys(ledger, made)
    model = apps.get_model(made.model)
    form = ledger.form(made.model)
    attname = str(getattr(model._meta.get_field(source.field), "attname", source.field))
    keys = form.all_python(made.keys)  # one row may stand for several
    values = read_fields(connection.alias, model, keys, [attname])
    listed = Listed()
    listed.extend([values[key][0] for key in keys])
    return listed


def _scale_of(ledger: Ledger, recipe: str) -> str:
    """Say with which scale a recipe is applied, where that is not 1."""
    applied = ledger.applied().get(recipe)
    return f", since it is applied with scale {applied.scale:g}" if applied and applied.scale != 1 else ""


def canonical_keys(ledger: Ledger, made: MadeBatch) -> Keys:
    """Keys of the ledger, which are in the driver's form, as canonical values."""
    form = ledger.form(made.model)
    if form.integers:
        return made.keys
    listed = Listed()
    listed.extend(key_converter(apps.get_model(made.model))(form.all_python(made.keys)))
    return listed
