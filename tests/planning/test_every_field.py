"""Every field class of Django, with any options: rows that are planned for it pass ``full_clean()``."""

from __future__ import annotations

import itertools
import warnings
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import validators
from django.core.files.storage import InMemoryStorage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixturekit.exceptions import PlanError
from fixturekit.execution.binding import Binding
from fixturekit.execution.cells import CompiledBatch
from fixturekit.ledger import Ledger
from fixturekit.recipes.offsets import parse_now
from fixturekit.writers import writer_for
from tests.planning.support import planned

HERE = str(Path(__file__).parent)
NUMBERS = itertools.count()
COUNTS = (1, 10, 200)

LENGTHS: Any = st.integers(1, 20) | st.just(255)


def integer(cls):
    limits = st.sampled_from([[], [validators.MinValueValidator(1)], [validators.MaxValueValidator(9)]])
    return st.builds(cls, validators=limits, choices=st.sampled_from([None, [(1, "one"), (2, "two")]]))


@st.composite
def decimals(draw):
    digits = draw(st.integers(1, 20))
    return models.DecimalField(max_digits=digits, decimal_places=draw(st.integers(0, digits)))


FIELDS: dict[str, Any] = {
    **{
        cls.__name__: integer(cls)
        for cls in (
            models.BigIntegerField,
            models.IntegerField,
            models.PositiveBigIntegerField,
            models.PositiveIntegerField,
            models.PositiveSmallIntegerField,
            models.SmallIntegerField,
        )
    },
    "BinaryField": st.builds(models.BinaryField, max_length=st.none() | st.integers(1, 30)),
    "BooleanField": st.builds(models.BooleanField),
    "CharField": st.builds(
        models.CharField,
        max_length=LENGTHS,
        validators=st.sampled_from([[], [validators.validate_comma_separated_integer_list], [validators.validate_slug]]),
    ),
    "CharField with choices": st.builds(
        models.CharField, max_length=st.just(5), choices=st.just([("", "-"), ("Group", [("a", "A")]), ("b", "B")])
    ),
    "DateField": st.builds(models.DateField, auto_now=st.booleans()),
    "DateTimeField": st.builds(models.DateTimeField, auto_now_add=st.booleans()),
    "DecimalField": decimals(),
    "DurationField": st.builds(
        models.DurationField, validators=st.sampled_from([[], [validators.MaxValueValidator(timedelta(days=1))]])
    ),
    "EmailField": st.builds(models.EmailField, max_length=st.integers(6, 30)),
    "FileField": st.builds(
        models.FileField,
        upload_to=st.sampled_from(["", "a/%Y", lambda instance, name: f"x/{name}"]),
        max_length=st.integers(20, 100),
        storage=st.just(InMemoryStorage()),
        validators=st.sampled_from([[], [validators.FileExtensionValidator(["pdf"])]]),
    ),
    "FilePathField": st.builds(
        models.FilePathField, path=st.sampled_from([HERE, lambda: HERE]), match=st.just(r"\.py$"), max_length=st.just(500)
    ),
    "FloatField": st.builds(models.FloatField, validators=st.sampled_from([[], [validators.MinValueValidator(0.5)]])),
    "GenericIPAddressField": st.builds(
        models.GenericIPAddressField, protocol=st.sampled_from(["both", "IPv4", "ipv6"])
    ) | st.builds(models.GenericIPAddressField, unpack_ipv4=st.just(True)),
    "ImageField": st.builds(
        models.ImageField,
        upload_to=st.sampled_from(["", "a/%Y"]),
        storage=st.just(InMemoryStorage()),
        validators=st.sampled_from([[], [validators.FileExtensionValidator(["gif", "jpg"])]]),
    ),
    "JSONField": st.builds(models.JSONField, encoder=st.sampled_from([None, DjangoJSONEncoder])),
    "SlugField": st.builds(models.SlugField, max_length=LENGTHS, allow_unicode=st.booleans()),
    "TextField": st.builds(models.TextField, max_length=st.none() | LENGTHS),
    "TimeField": st.builds(models.TimeField),
    "URLField": st.builds(models.URLField, max_length=st.integers(11, 60)),
    "UUIDField": st.builds(models.UUIDField),
}  # fmt: skip

DEFAULTS: dict[str, Any] = {
    "BinaryField": b"\x01",
    "BooleanField": True,
    "DateField": timezone.localdate,
    "DateTimeField": timezone.now,
    "DurationField": timedelta(1),
    "FloatField": 1.5,
    "JSONField": dict,
}

# those that have to suit the field's other options
SUITING: dict[str, Any] = {
    "DecimalField": lambda field: Decimal(0).scaleb(-field.decimal_places),
    "GenericIPAddressField": lambda field: "::1" if field.protocol.lower() == "ipv6" else "10.1.1.1",
}


def compiled(label, count, style):
    """The batch of a planned recipe, which needs nothing of a database."""
    plan = planned(f"options: {{style: {style}}}\nsteps: [{{id: a, make: {label}, count: {count}}}]").plan
    [batch] = plan.batches
    model = model_of(label)
    return CompiledBatch(
        plan, batch, model, writer_for(connection), Binding(connection, plan, parse_now(plan.now), Ledger(connection))
    )


def model_of(label):
    from django.apps import apps

    return apps.get_model(label)


def model_with(field):
    """A new model with this field alone."""
    name = f"One{next(NUMBERS)}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        made: Any = type(name, (models.Model,), {
            "__module__": __name__,
            "Meta": type("Meta", (), {"app_label": "testapp"}),
            "thing": field,
        })  # fmt: skip
    return made._meta.label


@pytest.mark.usefixtures("own_models")
@pytest.mark.parametrize("name", FIELDS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_are_valid(name, data):
    """One, ten and two hundred rows of each class pass, unique, null, blank or not, in both styles."""
    field = data.draw(FIELDS[name])
    field._unique = data.draw(st.booleans())
    field.null = data.draw(st.booleans())
    field.blank = field.blank or data.draw(st.booleans())
    if name in DEFAULTS | SUITING and data.draw(st.booleans()) and not field.unique:
        field.default = SUITING[name](field) if name in SUITING else DEFAULTS[name]
    label = model_with(field)
    style = data.draw(st.sampled_from(["plain", "lifelike"]))
    refused = {}
    for count in COUNTS:
        try:
            batch = compiled(label, count, style)
        except PlanError as error:
            refused[count] = [problem.id for problem in error.problems]
            continue
        column = batch.columns["thing"]
        cells, tokens = column.cells(0, count)
        values = column.values(0, count)
        assert len(cells) == len(tokens) == len(values) == count
        assert column.stored(0, count, values) == tokens
        for value in values:
            instance = model_of(label)(thing=value)
            instance.clean_fields()
        if field.unique and not (field.null and values[0] is None):
            assert len({str(value) for value in values}) == count
    # the only reason that there may be: a unique field has fewer values than rows
    assert all(field.unique and count > 1 and ids == ["fixturekit.E057"] for count, ids in refused.items())
