"""What stands for a value in a Python call: ``F`` a related row, ``C`` a copy, ``M`` a mask. Knows no Django."""

from __future__ import annotations

from typing import Any

from fixturekit.exceptions import CallInvalid


class F:
    """Values of a related row that is to be made: of a foreign key, or of one item of a relation to many rows.

        G(Book, author=F(name="Ann"), tags=[F(), F(name="new")])

    Args:
        values: A dictionary of values, for fields whose names are Python keywords.
        fields: Values by the names of the related model's fields, as ``G`` takes them; ``a__b`` paths too.

    .. versionadded:: 0.1
    """

    __slots__ = ("given",)

    def __init__(self, values: dict[str, Any] | None = None, /, **fields: Any) -> None:
        if values is not None and not isinstance(values, dict):
            raise CallInvalid(
                f"F({values!r}): expected values by name, as in F(name='Ann'). What leads to another column is django.db.models.F"
            )
        self.given: dict[str, Any] = {**(values or {}), **fields}

    def __repr__(self) -> str:
        return f"F({', '.join(f'{name}={value!r}' for name, value in self.given.items())})"

    def __eq__(self, other: object) -> bool:
        return self.given == other.given if isinstance(other, F) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its values may be anything


class C:
    """A copy of another value of the same row, or of one that its relations lead to.

        G(Order, billing_city=C("shipping_city"), currency=C("customer.country.currency"))

    Args:
        path: The field, or names with dots between them, the first of which is a field of the row.

    .. versionadded:: 0.1
    """

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        if not all(part.isidentifier() for part in str(path).split(".")):
            raise TypeError(f"C({path!r}): expected the name of a field, or names with dots between them")
        self.path = path

    def __repr__(self) -> str:
        return f"C({self.path!r})"

    def __eq__(self, other: object) -> bool:
        return self.path == other.path if isinstance(other, C) else NotImplemented

    def __hash__(self) -> int:
        return hash((C, self.path))


class M:
    """Text of a mask: ``#`` is a digit, ``-`` an upper-case letter, ``_`` a lower-case one, ``!`` takes the next as it is.

        G(Car, plate=M("--!-####"))

    Args:
        format: The mask.

    .. versionadded:: 0.1
    """

    __slots__ = ("format",)

    def __init__(self, format: str) -> None:
        if type(format) is not str or not format:
            raise TypeError(f"M({format!r}): expected a mask, such as '###-__'")
        self.format = format

    def __repr__(self) -> str:
        return f"M({self.format!r})"

    def __eq__(self, other: object) -> bool:
        return self.format == other.format if isinstance(other, M) else NotImplemented

    def __hash__(self) -> int:
        return hash((M, self.format))
