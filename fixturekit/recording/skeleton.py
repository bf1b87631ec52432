"""A recipe to write by hand: valid as it is, makes no rows, and shows where what goes."""

from __future__ import annotations

from dataclasses import replace

from django.apps import apps
from django.db import models

from fixturekit.exceptions import RecordingError
from fixturekit.recipes.document import Recipe, Step
from fixturekit.recipes.writing import write
from fixturekit.recording.naming import step_id

_STEPS = """\
steps:
  # One entry for each kind of rows, from top to bottom. This one makes none, until it counts some:
"""
_FIELDS = """\
    # set:
    #   name: Acme                       # a value; fields that are not named are generated
    #   brand__name: Acme                # a value of a related row, made for each row
    #   owner: !pin {username: admin}    # a row that is there already
    #   brand: !ref acme                 # a row of the step 'acme'; of another recipe: !ref app.recipe/acme
    #   sku: !seq "SKU-{n:05}"           # counted
    #   price: !range [1, 100]           # drawn
    # share:
    #   brand: 10                        # rows are spread over ten brands
"""


def skeleton(name: str, recipe: Recipe) -> str:
    """Return the text of a recipe with one step that makes no rows, and comments.

    Args:
        name: ``app.recipe``.
        recipe: What the file says above its steps.

    Raises:
        RecordingError: No app has a model to show.
    """
    model = _some_model(name.partition(".")[0])
    advice = f"Write the steps, then have the rest filled in and proven: ./manage.py makefixture --update {name}"
    step = Step(step_id(model, 0, ()), make=model._meta.label, count=0)
    comment = f"{recipe.comment}\n{advice}" if recipe.comment else advice
    above, _, steps = write(replace(recipe, steps=(step,), comment=comment)).partition("steps:\n")
    return f"{above}{_STEPS}{steps}{_FIELDS}"


def _some_model(app_label: str) -> type[models.Model]:
    """The first model of an app, or of any app where it has none."""
    for config in (apps.get_app_config(app_label), *apps.get_app_configs()):
        for model in config.get_models():
            if model._meta.managed and not model._meta.proxy:
                return model
    raise RecordingError("there is no model to make rows of")
