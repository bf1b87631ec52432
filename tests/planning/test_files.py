"""Files and pictures that a recipe gives, and the columns that hold a picture's size."""

from __future__ import annotations

import pytest

from fixturekit.values.files import png
from fixturekit.values.sources import Const, Copied, FromFile, Mixed, Painted, Picked, Stored
from tests.planning.support import batches, planned, problem, problems, step

PHOTO = "image: !image {width: 30, height: 20}"


@pytest.fixture
def folder(tmp_path):
    """A recipe's folder with some files."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "logo.png").write_bytes(png(5, 7, (255, 0, 0)))
    (tmp_path / "data" / "note.txt").write_text("a note")
    (tmp_path / "data" / "blob").write_bytes(b"\x00\xff")
    return tmp_path


def columns(model, setting, folder=None, **options):
    return batches(step(f"testapp.{model}", setting, **options), folder=folder)["a"]


def refused(model, setting, folder=None):
    """What is said of the value of the field, without its place."""
    return problem(step(f"testapp.{model}", setting), folder=folder).partition(f"testapp.{model}.")[2]


def row_by_row(source):
    """The sources of labelled rows."""
    assert isinstance(source, Mixed)
    assert isinstance(source.choose, tuple)
    return [source.sources[part] for part in source.choose]


class TestFile:
    def test_in_a_file_field(self, folder):
        """A file beside the recipe is stored for each row, under a name that begins like it."""
        source = columns("Upload", "attachment: !file data/logo.png", folder)["attachment"]
        path = str(folder / "data" / "logo.png")
        assert source == Stored("logo", ".png", FromFile("data/logo.png", path), "attachment")

    def test_in_a_binary_field(self, folder):
        """In a field of bytes it is what the file holds."""
        assert columns("Blob", "data: !file data/blob", folder)["data"] == Const(b"\x00\xff")

    def test_in_another_field(self, folder):
        """No other field takes one."""
        assert refused("Note", "title: !file data/note.txt", folder) == (
            "title: !file is for files, this is a CharField (fixturekit.E046)."
        )

    def test_too_long_for_a_binary_field(self, folder):
        """The field's own limits count."""
        assert refused("Blob", "tiny: !file data/note.txt", folder).startswith(
            "tiny: Ensure this value has at most 2 characters"
        )

    def test_not_there(self, folder):
        """A file that is not there is named, with the one that was probably meant."""
        assert refused("Upload", "attachment: !file data/lgo.png", folder) == (
            "attachment: there is no file 'data/lgo.png' in the recipe's folder (fixturekit.E092). "
            "Did you mean 'data/logo.png'?"
        )
        assert refused("Upload", "attachment: !file data", folder).endswith(
            "(fixturekit.E092). It is looked for beside the recipe."
        )

    def test_link_that_leads_out(self, folder, tmp_path_factory):
        """A link must not lead out of the folder either; one that stays inside is as good as the file."""
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        (elsewhere / "secret.txt").write_text("x")
        (folder / "out.txt").symlink_to(elsewhere / "secret.txt")
        (folder / "outside").symlink_to(elsewhere)
        (folder / "in.txt").symlink_to(folder / "data" / "note.txt")
        for name in ("out.txt", "outside/secret.txt"):
            assert refused("Upload", f"attachment: !file {name}", folder) == (
                f"attachment: '{name}' leads out of the recipe's folder (fixturekit.E092). Copy the file beside the recipe."
            )
        assert isinstance(columns("Upload", "attachment: !file in.txt", folder)["attachment"], Stored)

    def test_in_a_shelf_of_another_recipe(self, folder, tmp_path_factory):
        """The path counts from the folder of the recipe in which it is written, in default shelves and in named ones."""
        far = tmp_path_factory.mktemp("far")
        (far / "far.txt").write_text("x")
        shelves = """
            shelves:
              - {for: testapp.Upload, set: {attachment: !file far.txt}}
              - {for: testapp.Upload, name: named, set: {optional: !file far.txt}}
        """
        text = """
            shelves_from: [otherapp.defaults]
            steps:
              - {id: a, make: testapp.Upload, set: {maybe: !file data/note.txt}}
              - {id: b, make: testapp.Upload, use: otherapp.defaults/named}
        """
        others = {"otherapp.defaults": shelves}
        found = batches(text, others=others, folder=folder, folders={"otherapp.defaults": far})
        near = FromFile("data/note.txt", str(folder / "data" / "note.txt"))
        there = FromFile("far.txt", str(far / "far.txt"))
        cells = {"a": {"attachment": there, "maybe": near}, "b": {"attachment": there, "optional": there}}
        for step_id, contents in cells.items():
            for name, content in contents.items():
                source = found[step_id][name]
                assert isinstance(source, Stored)
                assert source.content == content
        missed = problems(text, others=others, folder=folder, folders={"otherapp.defaults": folder})
        assert missed[0].endswith(
            "there is no file 'far.txt' in the folder of otherapp.defaults (fixturekit.E092). "
            "It is looked for beside the recipe."
        )

    def test_no_folder(self):
        """A recipe that lies nowhere has nothing beside it."""
        assert "lies in no folder" in refused("Upload", "attachment: !file a.txt")

    def test_validators(self, folder):
        """What the field's validators refuse is refused here."""
        assert refused("Upload", "report: !file data/note.txt", folder) == (
            "report: File extension “txt” is not allowed. Allowed extensions are: pdf, csv (fixturekit.E046)."
        )

    def test_choice(self, folder):
        """A choice may be one of files and pictures, drawn like any other, weighted or not."""
        source = columns("Upload", "logo: !choice [!file data/logo.png, !image {color: red}]", folder)["logo"]
        assert isinstance(source, Mixed)
        assert source.choose == Picked("logo", 2)
        assert [type(part) for part in source.sources] == [Stored, Stored]


class TestImage:
    def test_options(self):
        """Without options a small PNG whose colour follows from the row; one side stands for both."""
        for setting, expected in {
            "!image": Painted(64, 64, "", "PNG"),
            "!image {width: 10}": Painted(10, 10, "", "PNG"),
            "!image {height: 10}": Painted(10, 10, "", "PNG"),
            "!image {width: 3, height: 4, color: navy}": Painted(3, 4, "#000080", "PNG"),
            "!image {color: '#0aF', format: jpg}": Painted(64, 64, "#00aaff", "JPEG"),
        }.items():
            source = columns("Upload", f"attachment: {setting}")["attachment"]
            assert isinstance(source, Stored)
            assert source.content == expected

    def test_end(self):
        """The name ends as the format asks for, and as the field takes it."""
        source = columns("Upload", "logo: !image {format: JPEG}")["logo"]
        assert isinstance(source, Stored)
        assert source.suffix == ".jpg"
        assert "extension “gif” is not allowed" in refused("Upload", "logo: !image {format: gif}")

    def test_unknown(self):
        """Colours and formats that there are not are named, with those that there are."""
        assert refused("Photo", "image: !image {color: gren}") == (
            "image: there is no colour 'gren' (fixturekit.E093). Did you mean 'green'?"
        )
        assert refused("Photo", "image: !image {color: '#12'}").endswith(
            "no colour '#12' (fixturekit.E093). Write #rrggbb, in quotes."
        )
        assert refused("Photo", "image: !image {format: pgn}").endswith("(fixturekit.E093). Did you mean 'PNG'?")
        assert "Use PNG, JPEG" in refused("Photo", "image: !image {format: word}")

    def test_without_pillow(self, monkeypatch):
        """All but PNG needs Pillow; the problem says how to get it."""
        monkeypatch.setattr("fixturekit.planning.files.has_pillow", lambda: False)
        assert columns("Photo", "image: !image")["image"]
        assert refused("Photo", "image: !image {format: gif}") == (
            "image: a picture in format GIF needs Pillow (fixturekit.E093). Use PNG, or: pip install 'fixturekit[images]'."
        ).replace("]'.", "]'")

    def test_in_another_field(self):
        """No other field takes one."""
        assert refused("Note", "title: !image") == "title: !image is for files, this is a CharField (fixturekit.E046)."


class TestSizes:
    def test_generated(self):
        """Width and height of a generated picture are planned with it."""
        found = columns("Photo", "title: x")
        assert (found["width"], found["height"]) == (Const(64), Const(64))
        assert (found["thumbnail"], found["thumbnail_width"]) == (Const(""), Const(None))

    def test_given(self, folder):
        """So are those of a picture that is given."""
        found = columns("Photo", f"{PHOTO}\nthumbnail: !file data/logo.png", folder)
        assert (found["width"], found["height"], found["thumbnail_width"]) == (Const(30), Const(20), Const(5))

    def test_set_by_the_recipe(self):
        """What the recipe says itself is left."""
        assert columns("Photo", f"{PHOTO}\nwidth: 7")["width"] == Const(7)

    def test_labelled(self, folder):
        """Labelled rows have the size of their own picture, or none."""
        text = """
        - id: a
          make: testapp.Photo
          named:
            anna: {image: !image {width: 9}, thumbnail: !image {width: 8}}
            bert: {image: !file data/logo.png}
            carl: {}
        """
        found = batches(text, folder=folder)["a"]
        assert row_by_row(found["width"]) == [Const(9), Const(5), Const(64)]
        assert row_by_row(found["height"]) == [Const(9), Const(7), Const(64)]
        assert row_by_row(found["thumbnail_width"]) == [Const(8), Const(None), Const(None)]

    def test_no_picture(self, folder):
        """A file that is no picture has no size: refused where there must be one."""
        assert problems(step("testapp.Photo", "image: !file data/note.txt"), folder=folder) == [
            f"x.yaml:6:7 steps[0].set.image: testapp.Photo.image: {name} is the size of a picture, and this file is "
            f"none (fixturekit.E094). Give {name} a value, or use a picture."
            for name in ("width", "height")
        ]
        assert columns("Photo", "thumbnail: !file data/note.txt", folder)["thumbnail_width"] == Const(None)

    def test_name_of_a_stored_file(self):
        """Of a file that is only named the size is not known: the columns are filled as any other."""
        found = columns("Photo", "image: photos/a.png")
        assert found["image"] == Const("photos/a.png")
        assert not isinstance(found["width"], Const)


class TestNaming:
    def test_function(self):
        """A function for names is noted, for messages and since code of the project has a part."""
        source = columns("Photo", "title: x")["image"]
        assert isinstance(source, Stored)
        assert source.naming == "tests.testapp.models.files.by_owner"

    def test_copy(self):
        """A copied file is the same file."""
        assert columns("Upload", "optional: !copy attachment")["optional"] == Copied("attachment")


class TestWay:
    def way(self, setting):
        [batch] = planned(step("testapp.Photo", setting)).plan.batches
        return batch.way, batch.why

    def test_sizes_are_planned(self):
        """The receiver that measures pictures has nothing to do where their size is planned."""
        path = "post_init django.db.models.fields.files.ImageField.update_dimension_fields"
        for setting in ("title: x", "thumbnail: !image", "thumbnail: !choice [!image {width: 1}, !image ]"):
            assert self.way(setting) == ("stream", f"nothing listens; harmless: {path}, {path}")

    def test_sizes_are_not_known(self):
        """It has where somebody has to open the file."""
        for setting in ("image: photos/a.png", "width: 0", "thumbnail: a.png"):
            assert self.way(setting)[0] == "each"

    def test_size_of_a_named_file(self):
        """Not where the recipe gives the size."""
        assert self.way("image: photos/a.png\nwidth: 3\nheight: 3")[0] == "stream"
