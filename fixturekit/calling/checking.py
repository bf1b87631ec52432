"""Every model of the project is tried: which give a valid row by themselves, and which need teaching."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from fixturekit.calling.library import Model
from fixturekit.calling.making import make
from fixturekit.exceptions import FixtureKitError
from fixturekit.planning.resolving import find_model


@dataclass(frozen=True, slots=True)
class TriedModel:
    """What became of one model: ``app.Model``, and why it gives no valid row, "" if it does."""

    label: str
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether the model gives a valid row."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What became of all models that were tried; its text is a report."""

    tried: tuple[TriedModel, ...]

    @property
    def failed(self) -> tuple[TriedModel, ...]:
        """The models that give no valid row without being taught."""
        return tuple(model for model in self.tried if not model.ok)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Yield the lines of the report."""
        for model in self.failed:
            yield f"{model.label}: {model.reason}"
        good = len(self.tried) - len(self.failed)
        needs = f", {len(self.failed)} need teaching" if self.failed else ""
        yield f"{good} of {len(self.tried)} models give a valid row{needs}."


def check(labels: Sequence[str] = (), using: str = "default") -> ModelReport:
    """Try the models of some apps, or some models; all of the project without any. What was taught counts, whether
    calls use it by themselves or not. Rolls back what it makes.

    Raises:
        LookupError: There is no such app or model.
    """
    return ModelReport(tuple(_tried(model, using) for model in _models(labels)))


def _models(labels: Iterable[str]) -> list[Model]:
    if labels:
        wanted = [model for label in labels for model in _named(label)]
    else:
        wanted = [model for model in apps.get_models() if model._meta.app_label != "fixturekit"]  # the ledger's own
    return [model for model in dict.fromkeys(wanted) if model._meta.managed and not model._meta.proxy]


def _named(label: str) -> list[Model]:
    return [find_model(label)] if "." in label else list(apps.get_app_config(label).get_models())


class _Passed(Exception):
    """Ends the transaction of a row that is valid."""


def _tried(model: Model, using: str) -> TriedModel:
    label = model._meta.label

    def judge(rows: list[models.Model]) -> None:
        found: Any = model._base_manager.using(using).get(pk=rows[0].pk)
        found.full_clean()
        raise _Passed

    try:
        make("G", model, 1, {"using": using, "use_library": True}, None, {}, judge=judge)
    except _Passed:
        return TriedModel(label)
    except ValidationError as error:
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        reason = "; ".join(f"{name}: {' '.join(said)}".removeprefix(": ") for name, said in found.items())
        return TriedModel(label, f"the row is not valid: {reason}")
    except FixtureKitError as error:
        return TriedModel(label, _brief(str(error), label))
    except Exception as error:  # noqa: BLE001 - whatever a model's own code raises is what the report is about
        return TriedModel(label, f"{type(error).__name__}: {error}")
    raise AssertionError("a row that is neither refused nor judged")


def _brief(text: str, label: str) -> str:
    """A message without the call that it is about, which the report has named."""
    return " ".join(line.removeprefix(f"G({label}): ") for line in text.splitlines())
