"""A small project in a folder of its own, whose tests are run in a process: with Django's runner or with pytest."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
SECRET_KEY = "only for tests"
INSTALLED_APPS = ["django.contrib.contenttypes", "fixturekit", "shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
MANAGE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "inner_settings"
from django.core.management import execute_from_command_line
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
"""
MODELS = """
from django.db import models

class Brand(models.Model):
    slug = models.SlugField(unique=True)

class Product(models.Model):
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    price = models.DecimalField(max_digits=8, decimal_places=2)
"""
CATALOGUE = "steps:\n  - {id: acme, make: shop.Brand, set: {slug: acme}}\n"
SALE = """
depends_on: [shop.catalogue]
steps:
  - id: products
    make: shop.Product
    count: 6
    set: {brand: !ref shop.catalogue/acme, name: !seq "Product {n}"}
"""


class Inner:
    """The project: a shop with two recipes, ``shop.catalogue`` and ``shop.sale``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("manage.py", MANAGE)
        self.write("inner_settings.py", SETTINGS)
        self.write("shop/__init__.py", "")
        self.write("shop/models.py", MODELS)
        self.write("shop/fixture_recipes/0001_catalogue.yaml", CATALOGUE)
        self.write("shop/fixture_recipes/0002_sale.yaml", SALE)

    def write(self, name: str, text: str) -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def python(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the project; ``output`` of what is returned is all that it printed."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
        path = os.pathsep.join([str(self.folder), str(ROOT)])
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={**clean, "PYTHONPATH": path, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done

    def manage_test(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py test``."""
        return self.python("manage.py", "test", *words)

    def pytest(
        self, *words: str, plugins: tuple[str, ...] = ("django",), settings: str = "inner_settings"
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest with fixturekit's plugin and these, whatever else is installed."""
        names = [word for plugin in (*plugins, "fixturekit.testing.pytest_plugin") for word in ("-p", plugin)]
        environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        if settings:
            environment["DJANGO_SETTINGS_MODULE"] = settings
        # -c: no configuration of a folder above
        self.write("pytest.ini", "[pytest]\n")
        command = ["-m", "pytest", "-c", "pytest.ini", "-p", "no:cacheprovider", "--strict-markers", "-W", "error"]
        return self.python(*command, *names, *words, **environment)
