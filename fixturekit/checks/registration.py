"""The recipes' checks as Django's system checks, under a tag of their own: ``manage.py check --tag fixturekit``.

What the settings name is checked at each start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

TAG = "fixturekit"


class OnlyWhenAsked(tuple[str, ...]):
    """Tags of a check that is to run only where one of them is asked for.

    Reading and planning all recipes takes longer than all of Django's own checks, which run at each start of the server.
    Django tells a check nothing of the tags, but looks at those of a check only where some are asked for.
    """

    asked = False

    def __iter__(self) -> Iterator[str]:
        self.asked = True
        return super().__iter__()


_TAGS = OnlyWhenAsked((TAG,))


def check_recipes(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check the recipes of some apps, or of all."""
    if not _TAGS.asked:
        return []
    _TAGS.asked = False
    from fixturekit.checks.messages import as_message  # loads what most runs need not
    from fixturekit.checks.project import Project

    try:
        project = Project.read()
    except ImproperlyConfigured as error:
        return [Error(str(error), obj="settings", id="fixturekit.E104")]
    labels = None if app_configs is None else {config.label for config in app_configs}
    names = [name for name, loaded in project.loader.recipes.items() if labels is None or loaded.app_label in labels]
    return [as_message(problem) for problem in (*project.problems, *project.check(names))]


def check_settings(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check what the setting ``FIXTUREKIT`` names; one of another kind is told with the recipes."""
    if not getattr(django_settings, "FIXTUREKIT", None):
        return []  # most runs need not load what follows
    from fixturekit.checks.messages import as_message
    from fixturekit.checks.settings import of_settings

    try:
        return [as_message(problem) for problem in of_settings()]
    except ImproperlyConfigured:
        return []


def register_checks() -> None:
    """Make the checks known to Django."""
    register(check_settings, TAG)
    register(check_recipes)
    check_recipes.tags = _TAGS  # type: ignore[attr-defined]  # where Django keeps them
