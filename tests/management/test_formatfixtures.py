"""``formatfixtures``: which files change, what is said, how it ends. No database is asked."""

from __future__ import annotations

import io
import os
import stat

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fixturekit.recipes import comments

UGLY = '# top\nsteps: # work\n- {make: "testapp.Genre", id: g, count: 2} # two\n'
NICE = "# top\nsteps:  # work\n  - id: g  # two\n    make: testapp.Genre\n    count: 2\n"


def run(*words, **options):
    """Run the command and return what it says."""
    out, err = io.StringIO(), io.StringIO()
    call_command("formatfixtures", *words, stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


def fails(*words, code=1, **options):
    """Run the command, which has to fail, and return why."""
    with pytest.raises(CommandError) as caught:
        run(*words, **options)
    assert caught.value.returncode == code
    return str(caught.value)


def test_all(recipes):
    """Files that are not canonical are written anew and named; the others keep their bytes and dates."""
    ugly, nice = recipes.write("testapp.ugly", UGLY), recipes.write("testapp.nice", NICE)
    os.utime(nice, (1, 1))
    ugly.chmod(0o640)
    assert run().splitlines()[0].endswith("testapp/0001_ugly.yaml")
    assert ugly.read_text() == NICE
    assert stat.S_IMODE(ugly.stat().st_mode) == 0o640
    assert nice.stat().st_mtime == 1
    assert sorted(path.name for path in ugly.parent.iterdir()) == ["0001_ugly.yaml", "0002_nice.yaml"]
    assert run() == "2 files unchanged.\n"


def test_the_meaning_stays(recipes):
    """What is applied already is not taken for edited."""
    recipes.write("testapp.ugly", UGLY)
    before = recipes.applier().loader.recipes["testapp.ugly"].checksum
    run()
    assert recipes.applier().loader.recipes["testapp.ugly"].checksum == before


def test_targets(recipes):
    """Only files that are named are looked at."""
    one, two = recipes.write("testapp.one", UGLY), recipes.write("testapp.two", UGLY)
    assert "1 file changed, 0 unchanged." in run("testapp.one")
    assert (one.read_text(), two.read_text()) == (NICE, UGLY)


def test_check(recipes):
    """--check ends with 1, names files and writes none."""
    path = recipes.write("testapp.ugly", UGLY)
    out = io.StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("formatfixtures", "--check", stdout=out)
    assert caught.value.code == 1
    assert out.getvalue().startswith("  would change ")
    assert out.getvalue().endswith("testapp/0001_ugly.yaml\n1 file would change, 0 unchanged.\n")
    assert path.read_text() == UGLY
    run()
    assert run("--check") == "1 file unchanged.\n"


def test_diff(recipes):
    """--diff shows lines and writes nothing; it ends with 0 but with --check."""
    path = recipes.write("testapp.ugly", UGLY)
    output = run("--diff")
    assert "\n-steps: # work\n" in output
    assert "\n+steps:  # work\n" in output
    assert path.read_text() == UGLY
    with pytest.raises(SystemExit):
        run("--diff", "--check")


def test_quiet(recipes):
    """-v0 says nothing."""
    recipes.write("testapp.ugly", UGLY)
    assert run(verbosity=0) == ""
    assert run("--check", verbosity=0) == ""


def test_problems(recipes):
    """A file that cannot be read is told; the others are formatted all the same."""
    bad, ugly = recipes.write("testapp.bad", "stepz: []\n"), recipes.write("testapp.ugly", UGLY)
    recipes.write("testapp.lost", "depends_on: [testapp.nowhere]\n" + NICE)
    assert "fixturekit.E014" in fails()
    assert (bad.read_text(), ugly.read_text()) == ("stepz: []\n", NICE)
    assert "fixturekit.E014" in fails("testapp.bad")
    assert "fixturekit.E014" in fails("--check")


@pytest.mark.parametrize("word", ["nope", "testapp.nope", "", "0001", "/etc/passwd", "testapp/0001_ugly.yaml"])
def test_unknown_targets(recipes, word):
    """A word that fits nothing is a wrong word, a path too."""
    recipes.write("testapp.ugly", UGLY)
    assert fails(word, code=2)


def test_links(recipes, tmp_path):
    """A link goes on leading to the file."""
    path = recipes.write("testapp.ugly", UGLY)
    real = path.rename(tmp_path / "real.yaml")
    path.symlink_to(real)
    run()
    assert path.is_symlink()
    assert real.read_text() == NICE


def test_a_folder_that_cannot_be_written(recipes, monkeypatch):
    """It says so, without a traceback, and the file stays whole."""
    path = recipes.write("testapp.ugly", UGLY)

    def refuse(path, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    assert "cannot be written: Permission denied" in fails()
    assert path.read_text() == UGLY
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_another_meaning(recipes, monkeypatch):
    """Nothing is written that would not say the same."""
    path = recipes.write("testapp.ugly", UGLY)
    monkeypatch.setattr(comments, "_woven", lambda text, bare: bare)
    assert "fixturekit.E102" in fails()
    assert path.read_text() == UGLY


def test_installed_apps(recipes, settings, tmp_path):
    """Recipes among installed packages are left alone, and refused where they are named."""
    folder = tmp_path / "site-packages" / "recipes"
    folder.mkdir(parents=True)
    (folder / "0001_ugly.yaml").write_text(UGLY)
    settings.FIXTUREKIT = {"RECIPE_MODULES": {"testapp": str(folder), "otherapp": str(tmp_path / "none")}}
    assert run() == "0 files unchanged.\n"
    assert "among installed packages" in fails("testapp")
