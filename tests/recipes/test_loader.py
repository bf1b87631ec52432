"""The loader: files of apps to recipes, words to names, folders to write to; no database."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from fixturekit.exceptions import (
    DependencyCycle,
    RecipeAmbiguous,
    RecipeInvalid,
    RecipeNotFound,
    RecipeNotWritable,
)
from fixturekit.recipes.folders import bytes_checksum
from fixturekit.recipes.loader import RecipeLoader, shared_recipes

RECIPE = "steps: [{id: a, make: shop.Brand}]\n"


class Project:
    """Apps in a temporary folder, and what they hold."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.apps: dict[str, AppConfig] = {}

    def app(self, label: str, folder: str = "") -> Path:
        path = self.root / (folder or label)
        path.mkdir(parents=True, exist_ok=True)
        module = ModuleType(label)
        module.__path__ = [str(path)]
        config = AppConfig(label, module)
        config.label = label
        self.apps[label] = config
        return path

    def write(self, name: str, text: str = RECIPE) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def loader(self) -> RecipeLoader:
        return RecipeLoader(list(self.apps.values()))

    def load(self) -> RecipeLoader:
        loader = self.loader()
        loader.load()
        return loader


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with the apps shop and accounts; the working directory is its root."""
    monkeypatch.chdir(tmp_path)
    made = Project(tmp_path)
    made.app("shop")
    made.app("accounts")
    return made


def needs(*names: str) -> str:
    return f"depends_on: [{', '.join(names)}]\n{RECIPE}"


def test_recipes_are_found(project):
    """Files named NNNN_name.yaml are recipes; those that begin with _ or ., and others, are not."""
    project.write("shop/fixture_recipes/0002_sale.yaml", needs("shop.catalogue"))
    project.write("shop/fixture_recipes/0001_catalogue.yaml", needs("accounts.staff"))
    project.write("accounts/fixture_recipes/0001_staff.yaml")
    for name in ("_draft.yaml", ".hidden.yml", "README.md", "data/logo.yaml"):
        project.write(f"shop/fixture_recipes/{name}", "no recipe")
    loader = project.load()
    assert list(loader.recipes) == ["accounts.staff", "shop.catalogue", "shop.sale"]
    assert loader.graph.order() == ["accounts.staff", "shop.catalogue", "shop.sale"]
    sale = loader.recipes["shop.sale"]
    assert (sale.app_label, sale.number, sale.short_name, sale.stem) == ("shop", 2, "sale", "0002_sale")
    assert sale.shown == "shop/fixture_recipes/0002_sale.yaml"
    assert sale.path == project.root / sale.shown
    assert sale.document.steps[0].mark.path == sale.shown
    assert sale.checksum != loader.recipes["shop.catalogue"].checksum


def test_loading_again_sees_changes(project):
    """Loading anew forgets what was."""
    path = project.write("shop/fixture_recipes/0001_a.yaml")
    loader = project.load()
    path.rename(path.with_name("0002_b.yaml"))
    loader.load()
    assert list(loader.recipes) == ["shop.b"]
    assert len(loader.graph) == 1


def test_two_recipes_with_one_number(project):
    """Two branches may both add number 3; the name tells them apart."""
    project.write("shop/fixture_recipes/0003_b.yaml")
    project.write("shop/fixture_recipes/0003_a.yaml")
    assert list(project.load().recipes) == ["shop.a", "shop.b"]


def test_all_problems_of_all_files(project):
    """Broken files and wrong names of all apps are reported together."""
    project.write("accounts/fixture_recipes/0001_staff.yaml", "stpes: []\n")
    project.write("shop/fixture_recipes/0001_a.yaml", "steps: []\n")
    project.write("shop/fixture_recipes/0002_b.yml")
    project.write("shop/fixture_recipes/0003_c.YAML")
    project.write("shop/fixture_recipes/catalogue.yaml")
    project.write("shop/fixture_recipes/0004_d.yaml")
    project.write("shop/fixture_recipes/0005_d.yaml")
    with pytest.raises(RecipeInvalid) as caught:
        project.load()
    lines = [line for line in str(caught.value).splitlines() if not line.startswith("    ")]
    assert lines == [
        "accounts/fixture_recipes/0001_staff.yaml:1:1: a recipe needs 'steps' (fixturekit.E017). The work, from top to bottom",
        "accounts/fixture_recipes/0001_staff.yaml:1:1 stpes: a recipe has no key 'stpes' (fixturekit.E014). "
        "Did you mean 'steps'?",
        "shop/fixture_recipes/0001_a.yaml:1:8 steps: the recipe has no step (fixturekit.E017). Add '- id: ...' with 'make:'",
        "shop/fixture_recipes/0002_b.yml:1:1: a recipe has the suffix .yaml, not .yml (fixturekit.E028). "
        "Rename it to 0002_b.yaml",
        "shop/fixture_recipes/0003_c.YAML:1:1: a recipe has the suffix .yaml, not .YAML (fixturekit.E028). "
        "Rename it to 0003_c.yaml",
        "shop/fixture_recipes/0005_d.yaml:1:1: 'shop.d' is the name of two recipes, the other is "
        "shop/fixture_recipes/0004_d.yaml (fixturekit.E029). Rename one; the number is no part of the name",
        "shop/fixture_recipes/catalogue.yaml:1:1: the file name 'catalogue.yaml' is not of the form NNNN_name.yaml "
        "(fixturekit.E028). Name it NNNN_name.yaml, or begin the name with _ if it is no recipe",
    ]


def test_the_graph_is_checked(project):
    """Missing dependencies and cycles are reported with the file and line that name them."""
    project.write("shop/fixture_recipes/0001_a.yaml", "depends_on:\n  - shop.bb\n" + RECIPE)
    project.write("shop/fixture_recipes/0002_b.yaml", needs("shop.a"))
    with pytest.raises(RecipeNotFound, match=r"0001_a.yaml:2:5: 'shop.a' depends on 'shop.bb', which .* mean 'shop.b'"):
        project.load()
    project.write("shop/fixture_recipes/0001_a.yaml", needs("shop.b"))
    with pytest.raises(DependencyCycle, match=r"shop.a -> shop.b -> shop.a"):
        project.load()


def test_shelves_are_dependencies(project):
    """A recipe depends on those whose shelves it uses."""
    project.write("shop/fixture_recipes/0001_a.yaml", "steps: [{id: a, make: shop.Brand, use: accounts.z/on sale}]\n")
    project.write("shop/fixture_recipes/0002_b.yaml", f"shelves_from: [accounts.y]\n{RECIPE}")
    project.write("accounts/fixture_recipes/0001_y.yaml")
    project.write("accounts/fixture_recipes/0001_z.yaml")
    graph = project.load().graph
    assert graph.dependencies("shop.a") == ("accounts.z",)
    assert graph.dependencies("shop.b") == ("accounts.y",)


@pytest.fixture
def named(project):
    """A loader with recipes whose names begin alike."""
    for name in ("0001_sale", "0002_sale_more", "0003_summer", "0010_summit", "0010_base"):
        project.write(f"shop/fixture_recipes/{name}.yaml")
    project.write("accounts/fixture_recipes/0001_staff.yaml")
    return project.load()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], []),
        (["accounts"], ["accounts.staff"]),
        (["shop", "sale"], ["shop.sale"]),
        (["shop.sale"], ["shop.sale"]),
        (["shop", "sale_"], ["shop.sale_more"]),
        (["shop.0001"], ["shop.sale"]),
        (["shop", "3"], ["shop.summer"]),
        (["shop", "0003_su"], ["shop.summer"]),
        (["shop.0010_base"], ["shop.base"]),
        (["shop.summer", "accounts.st", "shop.summer"], ["shop.summer", "accounts.staff"]),
        (["accounts", "shop.b"], ["accounts.staff", "shop.base"]),
        (
            ["accounts", "shop"],
            ["accounts.staff", "shop.sale", "shop.sale_more", "shop.summer", "shop.base", "shop.summit"],
        ),
    ],
)
def test_words(named, words, names):
    """An app, a whole name, a number, or the beginning of a name or file name."""
    assert named.resolve(words) == names


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["shpo"], RecipeNotFound, r"label 'shpo'. Did you mean 'shop'\?"),
        (["shpo.sale"], RecipeNotFound, "label 'shpo'"),
        (["shop", "sumer"], RecipeNotFound, r"no recipe 'shop.sumer'. Did you mean 'shop.summer'\?"),
        (["shop."], RecipeNotFound, r"no recipe 'shop\.'"),
        (["shop.zzz"], RecipeNotFound, "no recipe 'shop.zzz'"),
        (["shop.summ"], RecipeAmbiguous, "may mean shop.summer, shop.summit"),
        (["shop.0010"], RecipeAmbiguous, "may mean shop.base, shop.summit"),
    ],
)
def test_wrong_words(named, words, error, message):
    """A word that fits nothing, or several recipes, is an error with the nearest or with all of them."""
    with pytest.raises(error, match=message):
        named.resolve(words)


def test_app_without_recipes(project):
    """An app that has no recipes cannot be meant."""
    with pytest.raises(RecipeNotFound, match="the app 'shop' has no recipes"):
        project.load().resolve(["shop"])


def test_moved_and_disabled_folders(project, settings, monkeypatch):
    """RECIPE_MODULES moves an app's recipes to a package or a folder, or says that it has none."""
    project.write("shop/fixture_recipes/0001_old.yaml", "broken")
    project.write("elsewhere_for_recipes/__init__.py", "")
    project.write("elsewhere_for_recipes/shop_recipes/0001_new.yaml")
    project.write("accounts/fixture_recipes/0001_staff.yaml")
    monkeypatch.syspath_prepend(str(project.root))
    settings.FIXTUREKIT = {"RECIPE_MODULES": {"shop": "elsewhere_for_recipes.shop_recipes", "accounts": None}}
    loader = project.load()
    assert list(loader.recipes) == ["shop.new"]
    assert loader.folder_for("shop") == project.root / "elsewhere_for_recipes" / "shop_recipes"
    with pytest.raises(RecipeNotWritable, match="says that 'accounts' has no recipes"):
        loader.folder_for("accounts")
    settings.FIXTUREKIT = {"RECIPE_MODULES": {"shop": "elsewhere_for_recipes/not_yet", "accounts": None}}
    assert project.load().recipes == {}
    assert project.loader().folder_for("shop") == project.root / "elsewhere_for_recipes" / "not_yet"


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"shpo": None}, r"'shpo', which no installed app is labelled. Did you mean 'shop'\?"),
        ({"shop": "no_such_package.recipes"}, "there is no package 'no_such_package'"),
        ({"shop": "no_such_module"}, "there is no package 'no_such_module'"),
    ],
)
def test_wrong_modules(project, settings, modules, message):
    """A label or a package that does not exist is no reason to find nothing in silence."""
    settings.FIXTUREKIT = {"RECIPE_MODULES": modules}
    with pytest.raises(ImproperlyConfigured, match=message):
        project.load()


def test_folders_to_write_to(project):
    """New recipes go beside an app's migrations, but never among installed packages."""
    project.app("vendor", "lib/site-packages/vendor")
    loader = project.load()
    assert loader.folder_for("shop") == project.root / "shop" / "fixture_recipes"
    with pytest.raises(RecipeNotWritable, match=r"lies among installed packages.*RECIPE_MODULES'\] = {'vendor': ...}"):
        loader.folder_for("vendor")
    with pytest.raises(RecipeNotWritable, match=r"no installed app has the label 'shpo'. Did you mean 'shop'\?"):
        loader.folder_for("shpo")


def test_numbers(project):
    """The next number is one more than the highest."""
    project.write("shop/fixture_recipes/0001_a.yaml")
    project.write("shop/fixture_recipes/0007_b.yaml")
    loader = project.load()
    assert (loader.next_number("shop"), loader.next_number("accounts")) == (8, 1)


def test_paths_outside_the_working_directory(project, monkeypatch, tmp_path_factory):
    """Elsewhere the path is told from above the app."""
    project.write("shop/fixture_recipes/0001_a.yaml", "steps: []\n")
    monkeypatch.chdir(tmp_path_factory.mktemp("other"))
    with pytest.raises(RecipeInvalid) as caught:
        project.load()
    assert str(caught.value.problems[0].mark) == "shop/fixture_recipes/0001_a.yaml:1:8"


def test_size_setting(project, settings):
    """MAX_RECIPE_BYTES bounds each file."""
    settings.FIXTUREKIT = {"MAX_RECIPE_BYTES": 10}
    project.write("shop/fixture_recipes/0001_a.yaml")
    with pytest.raises(RecipeInvalid, match=r"the file has 35 bytes, more than 10 \(fixturekit.E001\)"):
        project.load()


def test_the_checksum_of_a_file_is_that_of_what_was_read(project):
    """An edit after the loading is not in it, so that it is noticed the next time."""
    path = project.write("shop/fixture_recipes/0001_a.yaml")
    loader = project.load()
    read = bytes_checksum(path)
    assert loader.recipes["shop.a"].file_checksum == read
    path.write_text(f"# edited\n{RECIPE}", "utf-8")
    assert loader.recipes["shop.a"].file_checksum == read
    loader.load()
    assert loader.recipes["shop.a"].file_checksum == bytes_checksum(path) != read


def test_installed_apps():
    """Without arguments the installed apps are asked."""
    RecipeLoader().load()


class TestShared:
    """Recipes that a process reads once."""

    @pytest.fixture
    def folder(self, tmp_path, settings):
        settings.FIXTUREKIT = {"RECIPE_MODULES": {"testapp": str(tmp_path)}}
        (tmp_path / "0001_a.yaml").write_text("steps: [{id: a, make: testapp.Genre}]\n", "utf-8")
        return tmp_path

    def test_read_once(self, folder):
        """While nothing changes, everybody gets the same loader, read whole."""
        loader = shared_recipes()
        assert list(loader.recipes) == ["testapp.a"]
        assert shared_recipes() is loader
        assert loader.graph.order() == ["testapp.a"]

    def test_an_edit_is_seen(self, folder):
        """A byte that changed is enough, also where size and time of the file stay; so is a new file, and one less."""
        path = folder / "0001_a.yaml"
        before = path.stat()
        checksum = shared_recipes().recipes["testapp.a"].checksum
        path.write_text(path.read_text("utf-8").replace("id: a", "id: b"), "utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert shared_recipes().recipes["testapp.a"].checksum != checksum
        path.rename(folder / "0002_b.yaml")
        assert list(shared_recipes().recipes) == ["testapp.b"]
        (folder / "0002_b.yaml").unlink()
        assert not shared_recipes().recipes

    def test_a_setting_is_seen(self, folder, settings):
        """So are the settings that say where recipes are and how large, and wrong ones."""
        assert shared_recipes().recipes
        settings.FIXTUREKIT = {"RECIPE_MODULES": {"testapp": str(folder)}, "MAX_RECIPE_BYTES": 10}
        with pytest.raises(RecipeInvalid):
            shared_recipes()
        settings.FIXTUREKIT = {"RECIPE_MODULES": {"testapp": str(folder), "tastapp": None}}
        with pytest.raises(ImproperlyConfigured, match="tastapp"):
            shared_recipes()
        settings.FIXTUREKIT = {"RECIPE_MODULES": {"testapp": None}}
        assert not shared_recipes().recipes

    def test_the_place_is_seen(self, folder, tmp_path_factory, monkeypatch):
        """Messages name files from the working directory."""
        monkeypatch.chdir(folder.parent)
        assert shared_recipes().recipes["testapp.a"].shown == f"{folder.name}/0001_a.yaml"
        monkeypatch.chdir(folder)
        assert shared_recipes().recipes["testapp.a"].shown == "0001_a.yaml"
