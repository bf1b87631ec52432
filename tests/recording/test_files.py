"""Files and pictures on the command line."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fixturekit.values.files import png
from tests.recording.running import files, given, make, shown
from tests.testapp.models import Photo, Upload

pytestmark = pytest.mark.django_db


def test_a_file_of_the_apps_folder(recipes):
    """The path counts from the folder that the recipe will lie in."""
    data = recipes.root / "testapp" / "data"
    data.mkdir(parents=True)
    (data / "logo.png").write_bytes(png(2, 2, (255, 0, 0)))
    make("testapp.photos", "--model", "testapp.Photo", "--count", "2", "--image", "!file data/logo.png")
    assert files(recipes) == ["testapp/0001_photos.yaml"]
    text = (recipes.root / "testapp" / "0001_photos.yaml").read_text()
    assert "image: !file data/logo.png" in text
    assert "without" not in text
    [outcome] = recipes.apply()
    assert outcome.differing == ()
    assert {(row.width, row.height) for row in Photo._base_manager.all()} == {(2, 2)}


def test_a_file_that_is_not_there(recipes):
    """It is missed before anything is written."""
    with pytest.raises(CommandError, match=r"there is no file 'data/logo\.png' in the recipe's folder"):
        make("testapp.photos", "--model", "testapp.Photo", "--image", "!file data/logo.png")
    assert files(recipes) == []


def test_a_file_of_another_apps_shelf(recipes):
    """It counts from the recipe that holds the shelf, while recording, applying and checking."""
    (recipes.root / "otherapp").mkdir(parents=True)
    (recipes.root / "otherapp" / "far.txt").write_text("far")
    shelf = "shelves: [{for: testapp.Upload, name: far, set: {attachment: !file far.txt}}]"
    recipes.write("otherapp.defaults", shelf)
    make("testapp.x", "--model", "testapp.Upload", "--use", "otherapp.defaults/far", "--apply")
    assert Upload._base_manager.get().attachment.read() == b"far"
    call_command("checkfixtures", "testapp.x")


@pytest.mark.usefixtures("recipes")
def test_a_picture():
    """Options of a picture are written as in a recipe; a bare text is the name of a stored file."""
    run = shown("testapp", "--model", "testapp.Photo", "--image", "!image {width: 3, color: red}")
    assert given(run) == ["image: !image {width: 3, color: red}"]
    run = shown("testapp", "--model", "testapp.Upload", "--attachment", "a.txt")
    assert given(run) == ["attachment: a.txt"]


def test_generated_files(recipes):
    """A recipe with generated files is reproducible, and leaves none of its proof behind."""
    make("testapp.uploads", "--model", "testapp.Upload", "--count", "3", "--apply")
    assert Upload._base_manager.count() == 3
    [(name, exists)] = {(row.optional.name, row.attachment.storage.exists(row.attachment.name))
                        for row in Upload._base_manager.all()}  # fmt: skip
    assert (name, exists) == ("", True)


@pytest.mark.usefixtures("recipes")
def test_bytes():
    """A text is a text for a field of bytes, too."""
    run = shown("testapp", "--model", "testapp.Blob", "--data", "é", "--numbers", "1,2")
    assert given(run) == ["data: é", "numbers: 1,2"]
