"""``showfixtures``: which recipes there are, whether they are applied, what they would write."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from fixturekit.ledger import Ledger

pytestmark = pytest.mark.django_db

SHELVES = """
shelves_from: [testapp.defaults]
shelves:
  - {for: testapp.Book, name: on sale, set: {title: x}}
steps:
  - {id: b, make: testapp.Book, use: on sale, set: {translator: null}}
"""
AUTHORS = "steps: [{id: a, make: testapp.Author, count: 3, set: {name: !seq 'Author {n}'}}]\n"
BOOKS = (
    "depends_on: [testapp.authors]\n"
    "steps: [{id: b, make: testapp.Book, count: 2, set: {author: !ref testapp.authors/a, title: Fred}}]\n"
)


@pytest.fixture
def some(recipes):
    recipes.write("testapp.authors", AUTHORS)
    recipes.write("testapp.books", BOOKS)
    recipes.write("otherapp.libraries", "steps: [{id: l, make: otherapp.Library}]\n")
    return recipes


def show(*words, **options):
    out = io.StringIO()
    call_command("showfixtures", *words, stdout=out, **options)
    return out.getvalue()


class TestList:
    def test_by_app(self, some):
        """Recipes by app, with a box that says whether they are applied."""
        some.apply("testapp.authors")
        assert show().splitlines() == [
            "otherapp",
            " [ ] 0001_libraries",
            "testapp",
            " [X] 0001_authors",
            " [ ] 0002_books",
        ]

    def test_gone(self, some):
        """An applied recipe whose file is gone is listed with its app."""
        some.apply()
        some.write("otherapp.libraries", "").unlink()
        assert show().splitlines() == [
            "otherapp",
            " [-] libraries (its file is gone)",
            "testapp",
            " [X] 0001_authors",
            " [X] 0002_books",
        ]
        assert "libraries" not in show("testapp")

    def test_gone_by_name(self, some):
        """Its name does not mean another recipe that begins so; with --plan there is nothing to show of it."""
        some.apply()
        some.write("otherapp.libraries_more", "steps: [{id: g, make: testapp.Genre}]\n")
        some.write("otherapp.libraries", "").unlink()
        assert show("otherapp.libraries").splitlines() == ["otherapp", " [-] libraries (its file is gone)"]
        with pytest.raises(
            CommandError, match=r"otherapp\.libraries is applied .*its file is gone.*otherapp\.libraries zero"
        ):
            show("otherapp.libraries", "--plan")

    @pytest.mark.parametrize("words", [("--graph",), ("--rows", "1")])
    def test_gone_where_no_database_is_needed(self, some, words, monkeypatch):
        """The same where only files are read; where no database answers, it is said what a word is taken for."""
        some.apply()
        some.write("otherapp.libraries_more", "steps: [{id: g, make: testapp.Genre}]\n")
        some.write("otherapp.libraries", "").unlink()
        with pytest.raises(CommandError, match=r"otherapp\.libraries is applied .*its file is gone"):
            show("otherapp.libraries", *words)
        assert "otherapp.libraries_more" in show("otherapp.libraries_m", *words)

        def unreachable(self):
            raise OperationalError("no server")

        monkeypatch.setattr(Ledger, "applied", unreachable)
        err = io.StringIO()
        assert "otherapp.libraries_more" in show("otherapp.libraries", *words, stderr=err, no_color=True)
        assert err.getvalue() == "otherapp.libraries is taken for otherapp.libraries_more\n"
        err = io.StringIO()
        assert "otherapp.libraries_more" in show("otherapp.libraries_more", *words, stderr=err)
        assert not err.getvalue()

    def test_renamed(self, some):
        """One that stands for an applied one is applied."""
        some.apply()
        some.write("testapp.books", "").unlink()
        some.write("testapp.novels", f"seed: testapp.books\nreplaces: [testapp.books]\n{BOOKS}")
        assert show("testapp").splitlines()[1:] == [" [X] 0001_authors", " [X] 0002_novels"]

    def test_edited_or_unfit(self, some):
        """A recipe that was edited since it was applied has a box of its own, and one that does not fit the models."""
        some.apply()
        some.write("testapp.authors", AUTHORS.replace("3", "4"))
        some.write("otherapp.libraries", "steps: [{id: l, make: otherapp.Libary}]\n")
        assert show().splitlines() == [
            "otherapp",
            " [!] 0001_libraries",
            "testapp",
            " [~] 0001_authors",
            " [X] 0002_books",
        ]

    def test_why(self, some):
        """At -v2, why a recipe does not fit, and whether rows were made at all."""
        some.write("otherapp.libraries", "steps: [{id: l, make: otherapp.Libary}, {id: m, make: otherapp.Lib}]\n")
        some.applier().apply(["testapp.authors"], fake=True)
        lines = show(verbosity=2).splitlines()
        assert lines[1] == " [!] 0001_libraries"
        assert lines[2].startswith("     otherapp/0001_libraries.yaml:1:17 steps[0].make: ")
        assert lines[3].startswith("     otherapp/0001_libraries.yaml:1:49 steps[1].make: ")
        assert lines[4] == "testapp"
        assert lines[5].startswith(" [X] 0001_authors (faked at 20")

    def test_by_tag(self, some):
        """Only recipes that have it; a tag that none has is a wrong word."""
        some.write("testapp.demo", "tags: [demo]\nsteps: [{id: a, make: testapp.Author}]\n")
        assert show("--tag", "demo").splitlines() == ["testapp", " [ ] 0003_demo"]
        with pytest.raises(CommandError, match=r"no recipe has the tag 'dmo'\. Did you mean 'demo'\?") as caught:
            show("--tag", "dmo")
        assert caught.value.returncode == 2

    def test_some(self, some):
        """Apps and recipes may be named; a wrong name ends with 2."""
        assert show("testapp.books").splitlines() == ["testapp", " [ ] 0002_books"]
        with pytest.raises(CommandError, match=r"Did you mean 'testapp\.books'") as caught:
            show("testapp.boks")
        assert caught.value.returncode == 2

    def test_more_words(self, some):
        """At -v2, how many rows and when."""
        some.apply("testapp.authors")
        assert "[X] 0001_authors (3 rows, applied at 20" in show(verbosity=2)

    def test_nothing(self, recipes):
        """A project without recipes says so."""
        assert show() == "(no recipes)\n"


class TestPlan:
    def test_in_order(self, some):
        """In the order of applying, with dependencies, tables and ways."""
        some.apply("testapp.authors")
        output = show("--plan")
        assert output.index("[ ] otherapp.libraries") < output.index("[X] testapp.authors")
        assert "[ ] testapp.books  after testapp.authors" in output
        assert "2 testapp.Book" in output

    def test_shelves(self, recipes):
        """Recipes whose shelves are used come before, and the shelves that act are named with their rows."""
        recipes.write("testapp.sale", SHELVES)
        recipes.write("testapp.defaults", "shelves:\n  - {for: testapp.Author, set: {name: Ann}}\n")
        output = show("testapp.sale", "--plan")
        assert "[ ] testapp.sale  after testapp.defaults" in output
        assert [line.strip() for line in output.splitlines() if "shelf" in line] == [
            "shelf: 'on sale' of testapp.Book, on b",
            "shelf: the default shelf of testapp.Author in testapp.defaults, on b/author",
        ]

    def test_unfit(self, some):
        """A recipe that does not fit the models shows why; the others are shown as ever."""
        some.write("otherapp.libraries", "steps: [{id: l, make: otherapp.Libary}]\n")
        output = show("--plan")
        assert "[!] otherapp.libraries" in output
        assert "otherapp/0001_libraries.yaml:1:" in output
        assert "3 testapp.Author" in output


class TestRows:
    def test_without_a_database(self, some):
        """The first rows of each step are shown, and no query is sent."""
        with CaptureQueriesContext(connection) as queries:
            output = show("testapp.authors", "--rows", "2")
        assert not queries.captured_queries
        assert "a: 3 testapp.Author" in output
        assert "name: Author 1" in output
        assert "name: Author 2" in output
        assert "Author 3" not in output

    def test_rows_are_those_that_are_made(self, some):
        """What is shown is what applying makes."""
        from tests.testapp.models import Author

        output = show("testapp.authors", "--rows", "3")
        some.apply("testapp.authors")
        for author in Author.objects.all():
            assert f"email: {author.email}" in output

    def test_refs(self, some):
        """Related rows are shown by their address."""
        assert "testapp.authors/a" in show("testapp.books", "--rows", "1")

    def test_odd_number(self, some):
        """A number of rows is no less than none."""
        with pytest.raises(CommandError, match="--rows -1: ") as caught:
            show("--rows", "-1")
        assert caught.value.returncode == 2
        assert "name" not in show("testapp.authors", "--rows", "0")


class TestGraph:
    def test_text(self, some):
        """What depends on others stands above them; no query is sent."""
        with CaptureQueriesContext(connection) as queries:
            output = show("--graph")
        assert not queries.captured_queries
        assert "testapp.books\n└── testapp.authors\n" in output

    def test_dot(self, some):
        """The same for Graphviz."""
        output = show("--graph", "--format", "dot", "testapp.books")
        assert output.startswith("digraph recipes {\n")
        assert '  "testapp.books" -> "testapp.authors";\n' in output
        assert "libraries" not in output

    def test_errors(self, some):
        """Missing recipes and wrong words are errors as elsewhere."""
        with pytest.raises(CommandError, match="no recipe") as caught:
            show("--graph", "testapp.nope")
        assert caught.value.returncode == 2
        with pytest.raises(CommandError, match="--format is for --graph") as caught:
            show("--format", "dot")
        assert caught.value.returncode == 2
        with pytest.raises(CommandError, match="invalid choice"):
            show("--graph", "--format", "svg")
        with pytest.raises(CommandError, match="not allowed with"):
            show("--graph", "--plan")
        some.write("testapp.authors", "depends_on: [testapp.books]\nsteps: [{id: a, make: testapp.Author}]\n")
        with pytest.raises(CommandError, match=r"fixturekit\.E032"):
            show("--graph")
