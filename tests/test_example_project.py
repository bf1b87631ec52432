"""The example shop, used as a person would: commands in a shell, on a copy of it with a database of its own."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.shops import Shop

COMMAND = "# ./manage.py makefixture "
UNKNOWN = "Provided FK value: {} does not exist on {}"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: Any) -> Path:
    """A migrated shop without rows, to copy."""
    shop = Shop(tmp_path_factory.mktemp("example") / "shop")
    shop.manage("migrate", "-v0")
    return shop.folder


@pytest.fixture
def shop(prepared: Path, tmp_path: Path) -> Shop:
    """A migrated shop without rows and without recipes of its own."""
    made = Shop(tmp_path / "shop")
    shutil.copy(prepared / "shop.sqlite3", made.folder)
    for folder in made.folder.glob("*/fixture_recipes"):
        shutil.rmtree(folder)
    return made


class TestAsPeopleKnowIt:
    """The commands of `manufacture_data`'s page on the models of the shop, with what that page says of them."""

    def test_a_basic_model(self, shop: Shop) -> None:
        """`--model` with the whole path of a model."""
        assert shop.tree("--model", "catalogue.models.Brand", "--apply")[0] == "'Brand' fields: {}"
        assert shop.recipes() == {"catalogue/fixture_recipes/0001_brand.yaml"}
        assert shop.ask("Brand.objects.count()") == "1"

    def test_a_customized_value(self, shop: Shop) -> None:
        """`--name FRED`."""
        assert shop.tree("--model", "catalogue.models.Brand", "--name", "FRED", "--apply")[0] == (
            "'Brand' fields: {'name': 'FRED'}"
        )
        assert shop.ask("Brand.objects.get().name") == "FRED"

    def test_customized_parents(self, shop: Shop) -> None:
        """Several paths, and a field of the model itself among them."""
        lines = shop.tree(
            "--model", "orders.models.OrderLine", "--order__customer__username", "Fred", "--product__name", "JOE SHMO",
            "--quantity", "3", "--apply",
        )  # fmt: skip
        assert lines[:4] == [
            "'OrderLine' fields: {'quantity': 3}",
            "    'Order' fields: {}",
            "        'User' fields: {'username': 'Fred'}",
            "    'Product' fields: {'name': 'JOE SHMO'}",
        ]
        line = "OrderLine.objects.get()"
        assert shop.ask(f"{line}.order.customer.username, {line}.product.name, {line}.quantity") == "Fred JOE SHMO 3"

    def test_a_foreign_key_by_uuid(self, shop: Shop) -> None:
        """The row is pinned; the tree shows its key, the file a form that travels."""
        shop.manage("makefixture", "--model", "catalogue.Product", "--slug", "chair", "--sku", "X-1", "--apply")
        key = shop.ask("Product.objects.get().pk")
        shop.manage("applyfixtures", "--fake", "-v0")
        lines = shop.tree("orders.lines", "--model", "orders.models.OrderLine", "--product", key, "--apply")
        assert lines[:2] == [
            "'OrderLine' fields: {}",
            f"    'Product' PK: {key}, written !ref catalogue.product/product",
        ]
        assert shop.ask("OrderLine.objects.get().product_id") == key
        text = (shop.folder / "orders/fixture_recipes/0001_lines.yaml").read_text("utf-8")
        assert "depends_on:\n  - catalogue.product\n" in text

    def test_a_foreign_key_below_a_customized_row(self, shop: Shop) -> None:
        """`--a__b 9` with `--a__name joe`: the row a is made, its b exists."""
        made = "User.objects.create_user('u9', 'u9@example.com', pk=9).pk"
        assert shop.ask(made) == "9"
        lines = shop.tree(
            "--model", "catalogue.models.Product", "--brand__owner", "9", "--brand__name", "joe", "--apply"
        )
        assert lines[:3] == [
            "'Product' fields: {}",
            "    'Brand' fields: {'name': 'joe'}",
            "        'User' PK: 9, written !pin {username: u9}",
        ]
        brand = "Product.objects.get().brand"
        assert shop.ask(f"{brand}.name, {brand}.owner_id, User.objects.count()") == "joe 9 1"

    @pytest.mark.parametrize("turned", [False, True])
    def test_the_unsupported_case(self, shop: Shop, turned: bool) -> None:
        """A row that exists is not customized, in whichever order it is asked for."""
        key = shop.ask("Brand.objects.create(name='x', slug='x').pk")
        words = [["--brand__owner__username", "fred"], ["--brand", key]]
        words = words[::-1] if turned else words
        error = shop.manage("makefixture", "--model", "catalogue.models.Product", *words[0], *words[1], code=2)
        assert "This script does not support customizing provided existing objects" in error
        assert shop.recipes() == set()

    @pytest.mark.parametrize("key", ["994599e6-3787-48ba-a2d1-42d1bdf6c46e", "invalid", "9", ""])
    def test_the_error_case(self, shop: Shop, key: str) -> None:
        """A key that no row has, also one that is no uuid at all."""
        error = shop.manage("makefixture", "--model", "orders.models.OrderLine", f"--product={key}", code=2)
        assert error.startswith(f"CommandError: --product '{key}': {UNKNOWN.format(key, 'Product')}. Write ")
        assert shop.recipes() == set()

    def test_no_model(self, shop: Shop) -> None:
        """Said in the same words."""
        assert shop.manage("makefixture", code=2) == "CommandError: Did not receive a model: --model APP.MODEL"


class TestShell:
    """Exit codes and streams of a real process."""

    def test_a_wrong_word_exits_with_two(self, shop: Shop) -> None:
        """As Django's own commands; nothing is written."""
        for words in (
            ["--modle", "x"],
            ["--model", "catalogue.Tag", "odd"],
            ["--model", "catalogue.Tag", "--now", "x"],
        ):
            assert shop.manage("makefixture", *words, code=2)
        assert shop.recipes() == set()

    def test_a_dry_run_can_be_piped(self, shop: Shop) -> None:
        """It is the file."""
        text = shop.manage(
            "makefixture", "--model", "catalogue.Tag", "--count", "3", "--dry-run", "--now", "2026-11-01T00:00:00Z"
        )
        assert text.startswith(
            "# ./manage.py makefixture --model catalogue.Tag --count 3 --now 2026-11-01T00:00:00Z\nseed: "
        )
        assert shop.recipes() == set()

    def test_a_database_that_was_not_migrated(self, prepared: Path, tmp_path: Path) -> None:
        """An error that says what to do, no traceback; without looking no table is needed."""
        shop = Shop(tmp_path / "shop")
        error = shop.manage("makefixture", "catalogue.x", "--model", "catalogue.Tag", code=1)
        assert error.startswith("CommandError: ")
        shop.manage("makefixture", "catalogue.x", "--model", "catalogue.Tag", "--no-verify")
        assert prepared.exists()

    def test_recording_in_two_processes_gives_the_same_bytes(self, shop: Shop) -> None:
        """Hash seeds and the like have no part in it."""
        words = ["makefixture", "orders.x", "--model", "orders.Invoice", "--count", "9", "--dry-run"]
        found = set()
        for seed in ("0", "1", "random"):
            shop.environment["PYTHONHASHSEED"] = seed
            found.add(shop.manage(*words))
        assert len(found) == 1


def test_the_committed_recipes_are_what_is_recorded(prepared: Path, tmp_path: Path) -> None:
    """Each file is what its first line records, passwords aside, which it hides; one by hand is proven to be what it says."""
    shop = Shop(tmp_path / "shop")
    shutil.copy(prepared / "shop.sqlite3", shop.folder)
    files = sorted(name for name in shop.recipes() if not name.startswith("insights/"))
    texts = {name: (shop.folder / name).read_text("utf-8") for name in files}
    by_command = [name for name in files if texts[name].startswith(COMMAND)]
    by_hand = [name for name in files if "\nrecorded:\n" in texts[name] and name not in by_command]
    assert (len(by_command), len(by_hand)) == (5, 3)
    for name in shop.recipes():
        (shop.folder / name).unlink()
    for name in by_command:
        words = shlex.split(texts[name].splitlines()[0].removeprefix(COMMAND))
        shop.manage("makefixture", *["admin" if word == "..." else word for word in words])
        found = (shop.folder / name).read_text("utf-8")
        assert found.split("\n", 1)[1] == texts[name].split("\n", 1)[1], name
    for name in set(files) - set(by_command):
        (shop.folder / name).write_text(texts[name], "utf-8")
    for name in by_hand:
        (shop.folder / name).write_text(texts[name].partition("recorded:\n")[0], "utf-8")
        app, _, file = name.partition("/fixture_recipes/")
        shop.manage("makefixture", "--update", f"{app}.{file[5:-5]}")
        assert (shop.folder / name).read_text("utf-8") == texts[name], name
