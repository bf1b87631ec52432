"""What goes wrong with one value, before anybody knows which recipe, file and line it belongs to."""

from __future__ import annotations


class CellFailed(Exception):
    """A value of one row cannot be made; the reason is the exception's cause. Never leaves this package."""

    def __init__(self, field: str, row: int, batch: str = "") -> None:
        super().__init__(f"{field}[{row}]")
        self.field = field
        self.row = row
        self.batch = batch
