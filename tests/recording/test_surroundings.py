"""What a proof has around it: another clock, and nothing that leaves the process."""

from __future__ import annotations

import datetime
import sys
import threading
import time

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from fixturekit.recording.surroundings import LATER, kept_inside, later
from fixturekit.values.sealing import Seal, ambient, moves_whole_clock

DAY = datetime.timedelta(days=1)


class Refusing(BaseEmailBackend):
    """A backend that must not be reached."""

    def send_messages(self, email_messages):
        raise AssertionError("a mail was sent")


def content(name):
    with default_storage.open(name) as file:
        return file.read()


def send(**options):
    mail.EmailMessage("subject", "body", "a@example.com", ["b@example.com"]).send(**options)


class TestClock:
    """Another instant, for as long as it is asked for."""

    def test_every_clock_says_another_time(self):
        """With time-machine, also those that were imported by name or are written in C."""
        before = datetime.datetime.now(datetime.timezone.utc)
        assert moves_whole_clock()
        with later():
            clocks = [
                datetime.datetime.now(datetime.timezone.utc),
                timezone.now(),
                datetime.datetime.fromtimestamp(time.time(), datetime.timezone.utc),
            ]
            today = datetime.datetime.now(datetime.timezone.utc).date()
        assert all(LATER <= clock - before < LATER + DAY for clock in clocks)
        assert today - before.date() >= 400 * DAY
        assert datetime.datetime.now(datetime.timezone.utc) - before < DAY

    def test_without_time_machine_the_clock_of_django_does(self, monkeypatch):
        """And it is said that the others do not."""
        monkeypatch.setitem(sys.modules, "time_machine", None)
        before, original = timezone.now(), timezone.now
        assert not moves_whole_clock()
        with later():
            assert LATER <= timezone.now() - before < LATER + DAY
            assert timezone.localdate() - timezone.localdate(before) >= 400 * DAY
            assert datetime.datetime.now(datetime.timezone.utc) - before < DAY
        assert timezone.now is original

    @pytest.mark.parametrize("module", ["time_machine", "nothing"])
    def test_an_error_puts_it_back(self, monkeypatch, module):
        """On both ways."""
        monkeypatch.setitem(sys.modules, "nothing", None)
        if module == "nothing":
            monkeypatch.setitem(sys.modules, "time_machine", None)
        before = timezone.now()
        with pytest.raises(ZeroDivisionError), later():
            raise ZeroDivisionError
        assert timezone.now() - before < DAY

    @pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
    def test_all_parts_of_a_date_differ(self, year):
        """Whatever part of the clock code looks at: no day of a year has one in common with its counterpart."""
        first = datetime.datetime(year, 1, 1, 22, 55, 50, tzinfo=datetime.timezone.utc)
        for number in range(366):
            here = first + number * DAY
            there = here + LATER
            assert all(
                getattr(here, part) != getattr(there, part)
                for part in ("year", "month", "day", "hour", "minute", "second")
            )
            assert here.weekday() != there.weekday()


@pytest.mark.filterwarnings("ignore:Django 2028 will not have a default mailer")
class TestMail:
    """Nobody gets any."""

    @pytest.mark.filterwarnings("ignore:The EMAIL_BACKEND setting is deprecated")
    def test_the_backend_of_the_settings_is_not_reached(self, settings):
        """Neither the one setting nor, where Django knows it, the other; afterwards both are as before."""
        settings.EMAIL_BACKEND = f"{__name__}.Refusing"
        with kept_inside():
            send()
        with pytest.raises(AssertionError, match="a mail was sent"):
            send()

    def test_no_named_backend_is_reached(self, settings):
        """All of them go to memory."""
        settings.MAILERS = {alias: {"BACKEND": f"{__name__}.Refusing"} for alias in ("default", "other")}
        with kept_inside():
            for alias in getattr(mail, "mailers", ()):
                send(using=alias)
            assert len(mail.outbox) == len(list(getattr(mail, "mailers", ())))
        assert settings.MAILERS["other"] == {"BACKEND": f"{__name__}.Refusing"}

    def test_the_outbox_of_a_test_stays_its_own(self, mailoutbox):
        """Also after an error."""
        send()
        with kept_inside():
            send()
        with pytest.raises(ZeroDivisionError), kept_inside():
            raise ZeroDivisionError
        assert mail.outbox is mailoutbox
        assert len(mailoutbox) == 1

    def test_without_an_outbox_there_is_none_afterwards(self, monkeypatch):
        """Outside of tests nobody has made one."""
        monkeypatch.delattr(mail, "outbox")
        with kept_inside():
            send()
        assert not hasattr(mail, "outbox")
        monkeypatch.setattr(mail, "outbox", [], raising=False)


class TestFiles:
    """None is written."""

    @pytest.fixture
    def folder(self, settings, tmp_path):
        """The folder of a default storage that holds one file."""
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": tmp_path, "base_url": "/there/"},
            },
        }
        (tmp_path / "old.txt").write_text("old", "utf-8")
        return tmp_path

    @pytest.mark.parametrize("asked", [True, False])
    def test_files_are_kept_in_memory(self, folder, asked):
        """Whichever way the default storage is reached, and whether or not it was before."""
        if asked:
            assert default_storage.exists("old.txt")
        with kept_inside():
            assert default_storage.save("new.txt", ContentFile(b"new")) == "new.txt"
            assert storages["default"].exists("new.txt")
            assert content("new.txt") == b"new"
        assert [path.name for path in folder.iterdir()] == ["old.txt"]
        assert not default_storage.exists("new.txt")
        assert not storages["default"].exists("new.txt")
        default_storage.save("new.txt", ContentFile(b"new"))
        assert (folder / "new.txt").read_bytes() == b"new"

    def test_what_is_there_can_be_read(self, folder):
        """A default picture is opened, for example; the name is free all the same, and writing reaches memory alone."""
        with kept_inside():
            assert content("old.txt") == b"old"
            assert default_storage.size("old.txt") == 3
            assert default_storage.url("old.txt") == "/there/old.txt"
            assert default_storage.save("old.txt", ContentFile(b"newer")) == "old.txt"
            assert content("old.txt") == b"newer"
            assert default_storage.size("old.txt") == 5
            default_storage.delete("old.txt")
            with default_storage.open("old.txt", "wb") as file:
                file.write(b"")
        assert (folder / "old.txt").read_text("utf-8") == "old"

    def test_an_error_puts_the_storage_back(self, folder):
        """As it was."""
        with pytest.raises(ZeroDivisionError), kept_inside():
            raise ZeroDivisionError
        assert default_storage.exists("old.txt")


def test_nobody_seals_meanwhile():
    """What is changed belongs to the process: another thread waits until it is put back."""
    entered = []

    def seal():
        with Seal("seed", "step", "lane"):
            entered.append(timezone.now())

    other = threading.Thread(target=seal)
    with ambient(1), later():
        other.start()
        other.join(0.2)
        assert entered == []
    other.join()
    assert len(entered) == 1
    assert entered[0] - timezone.now() < DAY
