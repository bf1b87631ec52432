"""The golden folder: what each valid document becomes, and the exact message of each invalid one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fixturekit.exceptions import RecipeInvalid
from fixturekit.recipes import composing
from fixturekit.recipes.problems import PROBLEMS
from fixturekit.recipes.reading import read, read_bytes
from fixturekit.recipes.writing import write

FOLDER = Path(__file__).parent.parent / "documents"
VALID = sorted((FOLDER / "valid").glob("*.yaml"))
INVALID = sorted((FOLDER / "invalid").glob("*.yaml"))


@pytest.fixture(params=[composing.LOADER, yaml.SafeLoader], ids=["installed-parser", "python-parser"])
def parser(request, monkeypatch):
    """The parser that is installed (written in C where there is one), then the one in Python."""
    monkeypatch.setattr(composing, "LOADER", request.param)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_documents(path, parser):
    """A valid document is read, and its canonical text is the one that lies beside it."""
    recipe = read_bytes(path.read_bytes(), path.name)
    text = write(recipe)
    assert text == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert read(text, path.name) == recipe


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_documents(path, parser):
    """An invalid document is refused with exactly the message that lies beside it, whichever parser reads it."""
    with pytest.raises(RecipeInvalid) as caught:
        read_bytes(path.read_bytes(), path.name)
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert {problem.id for problem in caught.value.problems} <= set(PROBLEMS)


def test_the_folder_is_well_kept():
    """There are many hostile documents, and no expectation without its document."""
    assert len(INVALID) >= 100
    assert {path.with_suffix(".yaml") for path in FOLDER.rglob("*.txt")} == {*VALID, *INVALID}
