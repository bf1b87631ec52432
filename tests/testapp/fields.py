"""Field classes that no library knows."""

from __future__ import annotations

from typing import Any

from django.db import models


class ColourField(models.CharField):
    """A CharField under another name: to be filled like one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 7)
        super().__init__(*args, **kwargs)


class ShoutedField(models.CharField):
    """Its `pre_save` changes the value, so that a row written without it is wrong."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value: str | None = super().pre_save(model_instance, add)
        if value is not None:
            value = value.upper()
            setattr(model_instance, self.attname, value)
        return value


class PointField(models.Field):
    """Two whole numbers in one text column, as a tuple in Python. Nothing can be known of it from its class."""

    description = "A point of a plane"

    def db_type(self, connection: Any) -> str:
        return "varchar(40)"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> tuple[int, int] | None:
        return self.to_python(value)

    def to_python(self, value: Any) -> tuple[int, int] | None:
        if isinstance(value, str):
            x, y = value.split(";")
            return int(x), int(y)
        return None if value is None else (int(value[0]), int(value[1]))

    def get_prep_value(self, value: Any) -> str | None:
        value = super().get_prep_value(value)
        return None if value is None else f"{value[0]};{value[1]}"

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""
