"""A Django field filled: which source makes valid values for it.

The source depends on the field alone (class, limits, choices, and in style lifelike its name), never on a database.
"""

from __future__ import annotations

from django.db import models

from fixturekit.values.fields.choices import fill_choices, stored_choices
from fixturekit.values.fields.patterns import by_pattern, regexes
from fixturekit.values.fillers import Filled, Filler, Request, registered
from fixturekit.values.registry import load_fields


def fill(request: Request) -> Filled:
    """Return the source for a field: from its choices, else by its class, the nearest base of it, or its internal type;
    texts of a pattern, where its validators ask for one that the usual texts have not.

    Defaults and null are the caller's business.

    Raises:
        UnsupportedField: Nothing is known that fills the field, or its limits leave no value.
    """
    load_fields()
    field = request.field
    fill_usual = _filler_of(request)
    if isinstance(field, (models.CharField, models.TextField)) and regexes(field) and not stored_choices(field):
        return by_pattern(request, lambda: fill_usual(request))
    return fill_usual(request)


def _filler_of(request: Request) -> Filler:
    field = request.field
    if stored_choices(field):
        return fill_choices
    internal = getattr(models, field.get_internal_type(), models.Field)
    if internal is models.JSONField and not isinstance(field, models.JSONField):
        raise request.unsupported()  # its column holds JSON; what it makes of that is its own business
    found = registered((*type(field).__mro__, *internal.__mro__))
    if found is None:
        raise request.unsupported()
    return found
