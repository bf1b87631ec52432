"""Recipe files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from fixturekit.exceptions import RecipeNotEditable, RecipeNotWritable
from fixturekit.recipes.files import create_file, replace_file


def test_a_file_gets_its_new_text_and_keeps_its_mode(tmp_path: Path) -> None:
    """Its own line ends, its permissions, and nothing beside it."""
    path = tmp_path / "r.yaml"
    path.write_bytes(b"a\r\n")
    path.chmod(0o640)
    replace_file(path, "b\r\n", b"a\r\n")
    assert path.read_bytes() == b"b\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["r.yaml"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    """The file that it leads to is replaced."""
    path, link = tmp_path / "r.yaml", tmp_path / "link.yaml"
    path.write_bytes(b"a")
    link.symlink_to(path)
    replace_file(link, "b", b"a")
    assert link.is_symlink()
    assert path.read_bytes() == b"b"


def test_a_file_that_somebody_changed_is_left_alone(tmp_path: Path) -> None:
    """What they wrote is worth more."""
    path = tmp_path / "r.yaml"
    path.write_bytes(b"theirs")
    with pytest.raises(RecipeNotEditable, match="changed by somebody else"):
        replace_file(path, "b", b"a")
    assert path.read_bytes() == b"theirs"


def test_after_a_failure_the_old_file_is_there(tmp_path: Path, monkeypatch: Any) -> None:
    """And no other."""
    path = tmp_path / "r.yaml"
    path.write_bytes(b"a")

    def full(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(RecipeNotWritable, match=r"r\.yaml cannot be written: disk full"):
        replace_file(path, "b", b"a")
    assert (path.read_bytes(), os.listdir(tmp_path)) == (b"a", ["r.yaml"])


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    """Its folder is made; a file of that name stays as it is."""
    path = tmp_path / "fixture_recipes" / "r.yaml"
    create_file(path, "a\n")
    with pytest.raises(RecipeNotWritable, match="File exists"):
        create_file(path, "b\n")
    assert path.read_bytes() == b"a\n"
