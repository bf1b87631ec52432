"""Files of rows: stored once, deleted again where the recipe fails, read back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, default_storage
from django.db import connection, models
from django.db.models.signals import post_save

from fixturekit.exceptions import ApplyError, WriteFailed
from fixturekit.execution.files import Files, read
from fixturekit.execution.preview import preview
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from fixturekit.values.files import png
from tests.testapp.models import Badge, Photo, Upload
from tests.testapp.models import files as models_with_files

pytestmark = pytest.mark.django_db

WAYS = ["stream", "bulk", "each"]
UPLOADS = "now: 2024-02-29T09:00:00Z\nsteps: [{{id: a, make: testapp.Upload, count: {count}{rest}}}]\n"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    """The default storage of these tests is a folder of their own."""
    options = {"location": str(tmp_path / "media")}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options},
    }
    return tmp_path / "media"


def stored(storage):
    return sorted(path.relative_to(storage).as_posix() for path in storage.rglob("*") if path.is_file())


def held(file):
    """The bytes of a row's file."""
    return read(file.storage, file.name)


def digest(name="testapp.r"):
    return Ledger(connection).digests(name)["a"]


def uploads(recipes, *, count=3, rest=""):
    recipes.write("testapp.r", UPLOADS.format(count=count, rest=rest))
    recipes.apply()
    return list(Upload._base_manager.order_by("pk"))


class TestStoring:
    @pytest.mark.parametrize("way", WAYS)
    def test_each_row_has_files_of_its_own(self, recipes, storage, way):
        """The columns hold the names that the files have, in folders that follow the recipe's clock."""
        rows = uploads(recipes, rest=f", save: {way}")
        named = [getattr(row, name).name for row in rows for name in ("attachment", "report", "logo", "short", "only")]
        assert stored(storage) == sorted(named)
        assert len(set(named)) == 15
        assert all(row.attachment.name.startswith("uploads/2024/02/attachment-") for row in rows)
        assert all(len(row.short.name) <= 20 for row in rows)
        assert {(row.optional.name, row.maybe.name) for row in rows} == {("", "")}
        assert all(held(row.attachment) for row in rows)

    def test_every_way_is_the_same(self, recipes):
        """Names and digests are the same, whichever way the rows are written."""
        found = set()
        for way in WAYS:
            rows = uploads(recipes, rest=f", save: {way}")
            found.add((digest(), tuple(row.attachment.name for row in rows)))
            recipes.applier().remove(["testapp.r"])
        assert len(found) == 1

    def test_many_rows(self, recipes, storage):
        """More rows than a block."""
        rows = uploads(recipes, count=2100, rest=", set: {logo: !image {width: 1}}")
        assert len({row.logo.name for row in rows}) == 2100
        assert list(verify(recipes.applier(), "testapp.r")) == []

    def test_more_rows_keep_the_first(self, recipes):
        """A higher count leaves the files of the first rows as they are."""
        before = [(row.attachment.name, held(row.attachment)) for row in uploads(recipes, count=2)]
        recipes.applier().remove(["testapp.r"])
        assert [(row.attachment.name, held(row.attachment)) for row in uploads(recipes, count=5)][:2] == before

    def test_again(self, recipes, storage):
        """A file of that name with the same bytes is used as it is."""
        uploads(recipes)
        before = stored(storage)
        recipes.applier().remove(["testapp.r"])
        uploads(recipes)
        assert stored(storage) == before

    @pytest.mark.parametrize("way", WAYS)
    def test_name_is_taken(self, recipes, storage, way):
        """Beside a file with other bytes the storage chooses a name; digest and verification do not mind."""
        rows = uploads(recipes, rest=f", save: {way}")
        wanted, before = rows[1].attachment.name, digest()
        recipes.applier().remove(["testapp.r"])
        (storage / wanted).write_text("mine")
        rows = uploads(recipes, rest=f", save: {way}")
        assert rows[1].attachment.name != wanted
        assert (storage / wanted).read_text() == "mine"
        assert digest() == before
        assert list(verify(recipes.applier(), "testapp.r")) == []

    def test_given_file(self, recipes, storage):
        """A file beside the recipe is copied for each row."""
        path = recipes.write("testapp.r", UPLOADS.format(count=2, rest=", set: {attachment: !file data/logo.png}"))
        (path.parent / "data").mkdir()
        (path.parent / "data" / "logo.png").write_bytes(b"abc")
        recipes.apply()
        rows = list(Upload._base_manager.order_by("pk"))
        assert [held(row.attachment) for row in rows] == [b"abc", b"abc"]
        assert len({row.attachment.name for row in rows}) == 2
        assert all(row.attachment.name.startswith("uploads/2024/02/logo-") for row in rows)

    @pytest.mark.parametrize("way", WAYS)
    def test_named_by_a_function(self, recipes, way):
        """A function of the field gets an instance with the row's plain values."""
        recipes.write(
            "testapp.r",
            f"""
            steps:
              - id: a
                make: testapp.Photo
                save: {way}
                named:
                  anna: {{title: Annas, owner: one}}
                  bert: {{title: Berts, owner: two, image: !image {{color: red, width: 3}}}}
            """,
        )
        recipes.apply()
        anna, bert = Photo._base_manager.order_by("pk")
        assert anna.image.name.startswith("one/Annas/image-")
        assert anna.image.name.endswith("-anna.png")
        assert bert.image.name.startswith("two/Berts/image-")
        assert held(bert.image) == png(3, 3, (255, 0, 0))
        assert (anna.width, bert.width, bert.height, bert.image.width) == (64, 3, 3, 3)
        assert list(verify(recipes.applier(), "testapp.r")) == []

    def test_function_that_draws(self, recipes, monkeypatch):
        """A function that draws a name draws the same one each time."""
        monkeypatch.setattr(Photo._meta.get_field("image"), "upload_to", by_chance)
        found = set()
        for _ in range(2):
            recipes.write("testapp.r", "steps: [{id: a, make: testapp.Photo, count: 2}]\n")
            recipes.apply()
            found.add(tuple(row.image.name for row in Photo._base_manager.order_by("pk")))
            assert list(verify(recipes.applier(), "testapp.r")) == []
            recipes.applier().remove(["testapp.r"])
        [names] = found
        assert len(set(names)) == 2

    def test_function_that_fails(self, recipes, monkeypatch, storage):
        """A function that fails is an error with its place, and nothing stays."""
        monkeypatch.setattr(Photo._meta.get_field("image"), "upload_to", failing)
        recipes.write("testapp.r", "steps: [{id: a, make: testapp.Photo, count: 2}]\n")
        with pytest.raises(WriteFailed, match=r"step 'a', row 1, testapp\.Photo\.image: KeyError: 'no'"):
            recipes.apply()
        assert stored(storage) == []

    def test_name_that_is_too_long(self, recipes, monkeypatch):
        """A name that does not fit the column, whatever is cut of it, is an error."""
        monkeypatch.setattr(Upload._meta.get_field("short"), "upload_to", "a-long-name-of-a-folder")
        recipes.write("testapp.r", UPLOADS.format(count=1, rest=""))
        with pytest.raises(WriteFailed, match=r"testapp\.Upload\.short: ValueError: there is no room"):
            recipes.apply()

    def test_copied(self, recipes, storage):
        """A copied file is the same file."""
        [row] = uploads(recipes, count=1, rest=", set: {optional: !copy attachment}")
        assert row.optional.name == row.attachment.name
        assert len(stored(storage)) == 5
        assert list(verify(recipes.applier(), "testapp.r")) == []

    def test_one_of_several(self, recipes):
        """A choice of pictures is drawn for each row."""
        rows = uploads(recipes, count=20, rest=", set: {logo: !choice [!image {width: 1}, !image {width: 2}]}")
        assert len({row.logo.size for row in rows}) <= 2
        assert {held(row.logo)[16:20] for row in rows} == {b"\0\0\0\1", b"\0\0\0\2"}
        assert list(verify(recipes.applier(), "testapp.r")) == []

    def test_preview(self, recipes):
        """A preview shows names, and stores nothing."""
        recipes.write("testapp.r", UPLOADS.format(count=1, rest=""))
        [shown] = preview(recipes.applier().plan("testapp.r").plan, 1)
        assert dict(zip(shown.fields, shown.rows[0], strict=True))["attachment"].endswith("-1.txt")


def by_chance(instance, filename):
    import uuid

    return f"{uuid.uuid4()}.png"


def failing(instance, filename):
    if filename.endswith("-2.png"):
        raise KeyError("no")
    return filename


class TestFailing:
    @pytest.mark.parametrize("way", WAYS)
    def test_nothing_stays(self, recipes, storage, way):
        """Files of a recipe that fails are deleted again; what was there before stays."""
        Badge.objects.create(number="B2", code="own", stamp="own")
        default_storage.save("mine.txt", ContentFile(b"mine"))
        recipes.write(
            "testapp.r",
            f"""
            steps:
              - {{id: a, make: testapp.Upload, count: 3, save: {way}}}
              - {{id: b, make: testapp.Badge, count: 2, set: {{number: !seq "B{{n}}"}}}}
            """,
        )
        with pytest.raises(WriteFailed):
            recipes.apply()
        assert stored(storage) == ["mine.txt"]
        assert not Upload._base_manager.exists()

    def test_interrupted(self, recipes, storage):
        """So it is after Ctrl-C."""

        def interrupt(**kwargs):
            if Upload._base_manager.count() == 2:
                assert stored(storage)
                raise KeyboardInterrupt

        post_save.connect(interrupt, sender=Upload, weak=False)
        try:
            with pytest.raises(KeyboardInterrupt):
                uploads(recipes)
        finally:
            post_save.disconnect(interrupt, sender=Upload)
        assert stored(storage) == []

    def test_used_again(self, recipes, storage):
        """A file that was there already and was used is not deleted."""
        uploads(recipes)
        before = stored(storage)
        recipes.applier().remove(["testapp.r"])
        text = UPLOADS.format(count=3, rest="").replace(
            "]\n", ", {id: b, make: testapp.Badge, set: {number: taken}}]\n"
        )
        Badge.objects.create(number="taken", code="own", stamp="own")
        recipes.write("testapp.r", text)
        with pytest.raises(WriteFailed):
            recipes.apply()
        assert stored(storage) == before

    def test_reset(self, recipes, storage):
        """A reset that fails leaves the old rows with their files, and none of the new."""
        rows = uploads(recipes, count=2)
        before = stored(storage)
        Badge.objects.create(number="taken", code="own", stamp="own")
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: other, make: testapp.Upload, count: 2}
              - {id: b, make: testapp.Badge, set: {number: taken}}
            """,
        )
        with pytest.raises(WriteFailed):
            recipes.applier().reset(["testapp.r"])
        assert stored(storage) == before
        assert [row.attachment.name for row in Upload._base_manager.order_by("pk")] == [
            row.attachment.name for row in rows
        ]

    def test_earlier_recipes_of_a_reset(self, recipes, storage):
        """Nor do files of recipes stay that were made anew in the same transaction before it failed."""
        Badge.objects.create(number="taken", code="own", stamp="own")
        recipes.write("testapp.first", "steps: [{id: a, make: testapp.Upload}]\n")
        recipes.write(
            "testapp.second",
            "depends_on: [testapp.first]\nsteps: [{id: b, make: testapp.Badge, set: {number: taken}}]\n",
        )
        with pytest.raises(WriteFailed):
            recipes.applier().reset(["testapp.second"])
        assert stored(storage) == []

    def test_removed_rows_leave_their_files(self, recipes, storage):
        """Removing rows deletes no files, as in Django: others may point at them."""
        uploads(recipes)
        before = stored(storage)
        recipes.applier().remove(["testapp.r"])
        assert stored(storage) == before


class TestFiles:
    """What remembers the stored files."""

    def field(self, storage):
        return models.FileField(storage=storage, max_length=100)

    def test_storage_that_writes_over(self):
        """A file that a storage wrote over was not ours, and is not deleted."""

        class Overwriting(InMemoryStorage):
            def get_available_name(self, name, max_length=None):
                return name

            def _save(self, name, content):
                if self.exists(name):
                    self.delete(name)
                return super()._save(name, content)  # type: ignore[misc]  # the stubs leave it out

        storage, files = Overwriting(), Files()
        storage.save("a.txt", ContentFile(b"mine"))
        with files.dropped():
            assert files.store(self.field(storage), "a.txt", b"other") == "a.txt"
            assert files.store(self.field(storage), "b.txt", b"new") == "b.txt"
        assert storage.exists("a.txt")
        assert not storage.exists("b.txt")

    def test_storage_that_does_not_delete(self):
        """Files that cannot be deleted are named, with the error that is to blame."""

        class Keeping(InMemoryStorage):
            def delete(self, name):
                raise NotImplementedError

        files = Files()

        def fail():
            with files.kept_if_done():
                files.store(self.field(Keeping()), "a.txt", b"a")
                files.store(self.field(Keeping()), "b.txt", b"b")
                raise ValueError("too bad")

        with pytest.raises(ApplyError, match=r"too bad; these files could not be deleted again: b\.txt, a\.txt"):
            fail()
        with pytest.raises(ApplyError, match=r"these files could not be deleted again: a\.txt"), files.dropped():
            files.store(self.field(Keeping()), "a.txt", b"a")

    def test_kept(self):
        """What succeeded is kept, also where something later fails."""
        storage, files = InMemoryStorage(), Files()
        with files.kept_if_done():
            files.store(self.field(storage), "a.txt", b"a")
        with suppress(ValueError), files.kept_if_done():
            files.store(self.field(storage), "b.txt", b"b")
            raise ValueError
        assert storage.exists("a.txt")
        assert not storage.exists("b.txt")


class TestVerifying:
    def found(self, recipes):
        return list(verify(recipes.applier(), "testapp.r"))

    def test_gone(self, recipes, storage):
        """A file that is gone is named."""
        rows = uploads(recipes)
        (storage / rows[2].logo.name).unlink()
        assert self.found(recipes) == [
            "a.logo: rows were changed since they were made",
            f"the file {rows[2].logo.name} is gone",
        ]

    def test_changed(self, recipes, storage):
        """Other bytes are found, as are other names."""
        rows = uploads(recipes)
        (storage / rows[2].logo.name).write_bytes(b"other")
        assert self.found(recipes) == ["a.logo: rows were changed since they were made"]
        (storage / rows[2].logo.name).write_bytes(held(rows[1].logo))
        Upload._base_manager.filter(pk=rows[0].pk).update(report=rows[1].report.name)
        assert "a.report: rows were changed since they were made" in self.found(recipes)
        Upload._base_manager.filter(pk=rows[0].pk).update(report="")
        assert "a.report: rows were changed since they were made" in self.found(recipes)

    def test_given_file_changed(self, recipes):
        """A given file that was edited since no longer is what the rows have."""
        path = recipes.write("testapp.r", UPLOADS.format(count=1, rest=", set: {attachment: !file a.txt}"))
        (path.parent / "a.txt").write_text("a")
        recipes.apply()
        assert self.found(recipes) == []
        (path.parent / "a.txt").write_text("b")
        assert self.found(recipes) == []  # the rows are as they were written
        recipes.applier().reset(["testapp.r"])
        assert held(Upload._base_manager.get().attachment) == b"b"

    def test_unreadable(self, recipes, storage):
        """A name that leads out of the storage is no reason to stop."""
        rows = uploads(recipes)
        Upload._base_manager.filter(pk=rows[0].pk).update(report="../../etc/passwd")
        found = self.found(recipes)
        assert found[0] == "a.report: rows were changed since they were made"
        assert found[1].startswith("the file ../../etc/passwd cannot be read:")

    @pytest.mark.parametrize("way", WAYS)
    def test_path_of_a_folder(self, recipes, way, tmp_path, monkeypatch):
        """Files of a folder are known by their names: another machine has it elsewhere."""
        digests = set()
        for name in ("here", "there"):
            folder = tmp_path / name
            folder.mkdir()
            for file in ("one.py", "two.py", "three.py"):
                (folder / file).touch()
            monkeypatch.setattr(models_with_files, "shop_folder", lambda folder=folder: str(folder))
            for field in ("path", "other"):
                monkeypatch.setattr(models_with_files.Template._meta.get_field(field), "path", str(folder))
            recipes.write("testapp.r", f"steps: [{{id: a, make: testapp.Template, count: 3, save: {way}}}]\n")
            recipes.apply()
            assert self.found(recipes) == []
            digests.add(digest())
            models_with_files.Template._base_manager.update(path="x")
            assert self.found(recipes) == ["a.path: rows were changed since they were made"]
            recipes.applier().remove(["testapp.r"])
        assert len(digests) == 1


class TestProving:
    def test_proof_leaves_no_file(self, recipes, storage, monkeypatch):
        """Files of a proof are gone afterwards, also those of a storage that the proof cannot set aside."""
        from fixturekit.recording.proof import prove

        own = FileSystemStorage(location=str(storage / "own"))
        field = replace_storage(monkeypatch, "attachment", own)
        assert field.storage is own
        recipes.write("testapp.needed", "steps: [{id: n, make: testapp.Upload}]\n")
        recipes.write("testapp.r", UPLOADS.format(count=3, rest=""))
        applier = recipes.applier()
        proof = prove(applier, applier.plan("testapp.r").plan, "", ["testapp.needed"])
        assert proof.unstable == ()
        assert not proof.failure
        assert stored(storage) == []
        recipes.apply("testapp.r")
        assert digest() == proof.digests["a"].hex()

    def test_function_that_is_not_reproducible(self, recipes, monkeypatch):
        """A function that gives another name each time is to blame."""
        from fixturekit.recording.proof import prove

        count = iter(range(100))
        monkeypatch.setattr(Photo._meta.get_field("image"), "upload_to", lambda instance, name: f"{next(count)}.png")
        recipes.write("testapp.r", "steps: [{id: a, make: testapp.Photo}]\n")
        applier = recipes.applier()
        proof = prove(applier, applier.plan("testapp.r").plan, "", [])
        [(step, path, blame)] = proof.unstable
        assert (step, path) == ("a", "image")
        assert blame.startswith("its upload_to tests.execution.test_files.TestProving")
        assert proof.ran_code


def replace_storage(monkeypatch, name, storage):
    field = Upload._meta.get_field(name)
    monkeypatch.setattr(field, "storage", storage)
    return field
