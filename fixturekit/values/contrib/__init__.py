"""What well-known packages need beyond what their fields say, one small module for each family of packages.

Nothing here imports a package: its models are known by the dotted path of their base class.
"""

from __future__ import annotations

from collections.abc import Iterator


def bases(cls: type) -> Iterator[str]:
    """Yield the dotted paths of a class and of those that it derives from, the nearest first."""
    for base in cls.__mro__:
        yield f"{base.__module__}.{base.__qualname__}"
