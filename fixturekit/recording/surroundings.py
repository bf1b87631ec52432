"""What a proof changes around the code that it runs: what that code sends and stores stays in memory, and the clock
of the second replay is another one.

Both belong to the whole process, so they are changed only by who holds the lock of ``ambient``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.conf import DEFAULT_STORAGE_ALIAS, UserSettingsHolder, settings
from django.core import mail
from django.core.files.base import File
from django.core.files.storage import InMemoryStorage, Storage, default_storage, storages
from django.utils import timezone
from django.utils.functional import cached_property

from fixturekit.values.sealing import moves_whole_clock

# Another year, month, day of the month, day of the week, hour, minute and second.
LATER = datetime.timedelta(days=400, hours=3, minutes=7, seconds=11)
_MEMORY = "django.core.mail.backends.locmem.EmailBackend"


class Aside(InMemoryStorage):
    """Keeps what is saved in memory, and reads what was there before from the default storage.

    Names are those of an empty storage, so that they do not depend on what this machine has.

    Args:
        made: The default storage, if somebody has asked for it already.
    """

    def __init__(self, made: Storage | None) -> None:
        super().__init__()
        self._made = made

    @cached_property
    def behind(self) -> Storage:
        """The default storage as the settings have it."""
        handler: Any = storages
        made: Storage = self._made or handler.create_storage(handler.backends[DEFAULT_STORAGE_ALIAS])
        return made

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        if "w" in mode or self.exists(name):
            return super()._open(name, mode)  # type: ignore[misc, no-any-return]  # the stubs leave it out
        return self.behind.open(name, "rb")

    def size(self, name: str) -> int:
        return super().size(name) if self.exists(name) else self.behind.size(name)

    def url(self, name: str | None) -> str:
        return self.behind.url(name)


@contextmanager
def kept_inside() -> Iterator[None]:
    """Have mail and files go to memory, and forget them afterwards.

    That is mail sent through the settings' backends, and files of the default storage. A backend or storage that code
    makes for itself, or that a field was given as an object, is out of reach.
    """
    with _mail_in_memory(), _files_in_memory():
        yield


@contextmanager
def _mail_in_memory() -> Iterator[None]:
    lazy: Any = settings
    kept = lazy._wrapped
    changed = UserSettingsHolder(kept)
    # set by hand, since a newer Django warns of whoever sets the first; it reads the second where there is one
    changed.__dict__["EMAIL_BACKEND"] = _MEMORY
    if hasattr(kept, "MAILERS"):
        changed.__dict__["MAILERS"] = {alias: {"BACKEND": _MEMORY} for alias in kept.MAILERS}
    # the backend in memory appends to this list, which tests of the project may be looking at
    outbox = getattr(mail, "outbox", None)
    lazy._wrapped = changed
    mail.outbox = []
    try:
        yield
    finally:
        lazy._wrapped = kept
        if outbox is None:
            del mail.outbox
        else:
            mail.outbox = outbox


@contextmanager
def _files_in_memory() -> Iterator[None]:
    # a field that names no storage holds default_storage, which is lazy; others ask the handler by alias
    lazy: Any = default_storage
    handler: Any = storages
    wrapped, made = lazy._wrapped, handler._storages
    aside = Aside(made.get(DEFAULT_STORAGE_ALIAS))
    lazy._wrapped, handler._storages = aside, {**made, DEFAULT_STORAGE_ALIAS: aside}
    try:
        yield
    finally:
        lazy._wrapped, handler._storages = wrapped, made


def later() -> AbstractContextManager[Any]:
    """Have the clock say another instant.

    Without ``time-machine`` that is ``django.utils.timezone`` alone, for code that calls it by its module;
    ``datetime.now``, ``time.time`` and names that were imported from it go on telling the machine's time.
    """
    if not moves_whole_clock():
        return _django_later()
    import time_machine

    return time_machine.travel(LATER, tick=True)


@contextmanager
def _django_later() -> Iterator[None]:
    original = timezone.now
    module: Any = timezone
    module.now = lambda: original() + LATER
    try:
        yield
    finally:
        module.now = original
