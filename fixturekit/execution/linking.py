"""Links of many-to-many fields are added as a person adds them: through their manager."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db import models, transaction

from fixturekit.exceptions import ApplyError
from fixturekit.execution.blocks import Blocks, Work
from fixturekit.execution.listening import field_of_links, muted, side_rows_noted
from fixturekit.values.sealing import Seal

Pair = tuple[Any, Any]


class LinkAdder(Blocks):
    """Writes rows of a many-to-many field through its manager, so that receivers of ``m2m_changed`` hear of them."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._through = work.compiled.model
        self._alias = work.writer.connection.alias
        self._field = _field_of_through(self._through)
        self._seal = Seal(work.binding.plan.seed, self._batch.stream, f"{self._batch.path}add", work.binding.clock)

    def write(self, start: int, stop: int) -> dict[str, list[Any]]:
        links = self._links(start, stop)
        # the way back of a symmetrical link is there already: the manager writes both
        if not (self._symmetrical and self._batch.id.endswith("~")):
            sides = self._sides.setdefault(self._batch.id, [])
            self._refuse_existing(start, links)
            with self._seal, muted(self._batch.muted), side_rows_noted(self._alias, [], sides, apart=self._through):
                self._add(start, links)
        self._keep(start, links)
        return {}

    def _links(self, start: int, stop: int) -> list[Pair]:
        """The keys of owners and others, row by row."""
        owners, others = (self._compiled.columns[name].values(start, stop) for name in self._names)
        return list(zip(owners, others, strict=True))

    def _refuse_existing(self, start: int, links: list[Pair]) -> None:
        """The manager passes over a link that is there already: there would be fewer links than were planned."""
        seen = set(self._found(links))
        for row, (owner, other) in enumerate(links, start):
            if (owner, other) in seen or (self._symmetrical and owner == other):
                raise self._failed(self._batch, row, None, ApplyError("the same link would be there twice"))
            seen.add((owner, other))
            if self._symmetrical:
                seen.add((other, owner))

    def _add(self, start: int, links: list[Pair]) -> None:
        """Add all links of one owner at once, as a person would."""
        instances = self._field.model._base_manager.using(self._alias).in_bulk({owner for owner, _ in links})
        row = start
        for owner, group in groupby(links, key=lambda link: link[0]):
            keys = [key for _, key in group]
            self._seal.row(row)
            try:
                with transaction.atomic(using=self._alias):
                    getattr(instances[owner], self._field.name).add(*keys)
            except Exception as error:
                raise self._failed(self._batch, row, None, error) from error
            row += len(keys)

    def _keep(self, start: int, links: list[Pair]) -> None:
        """Hold the keys that the database gave to the links."""
        found = self._found(links)
        for row, link in enumerate(links, start):
            if link not in found:
                raise self._failed(self._batch, row, None, ApplyError("the link is not there after it was added"))
        self._binding.add(self._batch.id, "", start, [found[link] for link in links])

    def _found(self, links: list[Pair]) -> dict[Pair, Any]:
        """The links that are there, with their own keys."""
        owner, other = (self._compiled.fields[name].attname for name in self._names)
        rows = self._through._base_manager.using(self._alias).filter(
            **{f"{owner}__in": {link[0] for link in links}, f"{other}__in": {link[1] for link in links}}
        )
        return {(one, two): key for one, two, key in rows.values_list(owner, other, "pk")}

    @property
    def _names(self) -> tuple[str, str]:
        return self._field.m2m_field_name(), self._field.m2m_reverse_field_name()

    @property
    def _symmetrical(self) -> bool:
        return bool(self._field.remote_field.symmetrical)


def _field_of_through(through: type[models.Model]) -> models.ManyToManyField[Any, Any]:
    """The many-to-many field whose links are the rows of a model that Django made for it."""
    owner: Any = through._meta.auto_created
    field = field_of_links(owner, through)
    assert field is not None  # Django made the model for it
    return field
