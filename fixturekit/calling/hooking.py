"""What is called for rows of one model that calls make: registered."""

from __future__ import annotations

from typing import Any

from fixturekit.calling.library import Hook, Model
from fixturekit.calling.making import resolve_model
from fixturekit.calling.scopes import process
from fixturekit.exceptions import CallInvalid


def hook(word: str, model: Model | str, function: Hook) -> None:
    """Have a function called for rows of a model, before they are saved or, as ``POST_SAVE``, afterwards.

    Raises:
        CallInvalid: It is no model, or no function.
    """
    found = resolve_model(word, model)
    if not callable(function):
        raise CallInvalid(f"{word}({found._meta.label}): {function!r} is no function that takes the instance")
    when: dict[str, Any] = {"before" if word == "PRE_SAVE" else "after": function}
    for library in process.layers():
        library.hook(found, **when)
