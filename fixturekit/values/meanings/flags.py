"""How often flags of a name are set, and what mappings of a name hold."""

from __future__ import annotations

# In a hundred rows.
OFTEN: dict[str, int] = {
    name: share
    for share, names in (
        (95, "active enabled valid available visible alive indexable allowed"),
        (85, "published public verified confirmed approved email_verified in_stock subscribable shippable agreed accepted "
             "terms_accepted listed successful success completed read"),
        (60, "paid subscribed newsletter shipped delivered member answered required taxable returnable sent processed"),
        (20, "featured new premium favorite favourite recommended highlighted promoted pinned sticky top on_sale sale starred "
             "important urgent primary main internal locked staff remote refundable"),
        (8, "deleted archived disabled hidden blocked banned spam cancelled canceled expired suspended flagged private draft "
            "default test demo superuser admin is_superuser read_only sold_out adult_only failed error"),
    )
    for name in names.split()
}  # fmt: skip

Shape = tuple[tuple[str, str, str], ...]
"""Key, kind of value (``text``, ``number``, ``flag``, ``list``, ``numbers``), and the template of its text."""

SETTINGS: Shape = (
    ("language", "text", "{language}"),
    ("notifications", "flag", "{number:4}"),
    ("page_size", "number", "{number:1-4}0"),
    ("theme", "text", "{themes}"),
)
ATTRIBUTES: Shape = (
    ("color", "text", "{colors}"),
    ("material", "text", "{materials}"),
    ("weight", "number", "{number:1-90}0"),
)
ADDRESS: Shape = (
    ("city", "text", "{places}"),
    ("country", "text", "{country_code}"),
    ("postcode", "text", "{postcode}"),
    ("street", "text", "{street}"),
)
DIMENSIONS: Shape = (
    ("depth", "number", "{number:5-90}"),
    ("height", "number", "{number:5-200}"),
    ("width", "number", "{number:5-120}"),
)
COORDINATES: Shape = (("lat", "number", "{number:36-58}.{digits:4}"), ("lng", "number", "{number:1-30}.{digits:4}"))
LABELS: Shape = (("", "list", "{categories}|{categories}|{categories}"),)
NUMBERS: Shape = (("", "numbers", "{number:9}|{number:9}|{number:9}"),)
CONTACT: Shape = (("email", "text", "{nouns}@example.com"), ("name", "text", "{person}"), ("phone", "text", "{phone}"))
EVENT: Shape = (("event", "text", "{events}"), ("request", "text", "{token:8}"), ("user", "number", "{number:500}"))
METADATA: Shape = (
    ("revision", "number", "{number:9}"),
    ("source", "text", "{sources}"),
    ("verified", "flag", "{number:4}"),
)

MAPPINGS: dict[str, Shape] = {
    name: shape
    for shape, names in (
        (SETTINGS, "settings preferences config configuration options prefs"),
        (ATTRIBUTES, "attributes properties specification specifications specs features variant params parameters"),
        (ADDRESS, "address billing_address shipping_address"),
        (DIMENSIONS, "dimensions size measurements"),
        (COORDINATES, "coordinates location position geo point"),
        (LABELS, "tags labels keywords categories topics skills interests languages items list"),
        (NUMBERS, "scores values numbers weights ratings"),
        (CONTACT, "contact contacts owner"),
        (EVENT, "payload event request response body message log"),
        (METADATA, "metadata meta meta_data extra extra_data extras data details info context custom_fields raw"),
    )
    for name in names.split()
}
