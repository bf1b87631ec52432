"""Which values of a row go by which others, by the names of fields.

A name may have words in front: ``billing_postcode`` goes by ``billing_city``. Of several ways to read a row the first
counts for which it has the fields.
"""

from __future__ import annotations

from dataclasses import dataclass

from fixturekit.values.meanings.dates import DAY, HOUR
from fixturekit.values.meanings.texts import MEANINGS, PERSON

Names = tuple[str, ...]


def _names(text: str) -> Names:
    return tuple(text.split())


FIRST = _names("first_name firstname forename given_name fname")
LAST = _names("last_name lastname surname family_name lname")
WHOLE = _names("full_name fullname display_name real_name name")
FULL = tuple(name for name, kind in MEANINGS.items() if kind is PERSON)
TITLE = _names("title name headline heading subject label question full_name display_name page_title term word")
CITY = _names("city town municipality locality")

PRICE = _names(
    "unit_price price item_price price_each price_per_unit net_price unit_cost rate hourly_rate price_per_night daily_rate"
)
COUNT = _names("quantity qty units hours nights days pieces")
SUM = _names(
    "total line_total total_price line_price total_amount amount sum subtotal row_total total_cost line_amount"
)
NET = _names(
    "net net_amount net_total amount_net total_net subtotal sub_total price_net net_price total_excl_tax amount_excl_tax "
    "excl_tax excluding_tax"
)
TAX = _names("tax vat tax_amount vat_amount total_tax tax_total sales_tax")
TAX_RATE = _names("tax_rate vat_rate tax_percent vat_percent")
GROSS = _names("gross gross_amount gross_total total_gross amount_gross price_gross gross_price total grand_total total_amount "
               "order_total total_incl_tax amount_due amount_incl_tax total_price incl_tax including_tax")  # fmt: skip
SHIPPING = _names(
    "shipping shipping_cost shipping_costs shipping_price shipping_fee delivery_fee delivery_cost postage freight"
)
DISCOUNT = _names("discount discount_amount rebate")


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is read off others: the rule, who follows, the ways to read a row."""

    rule: str
    names: Names
    ways: tuple[tuple[Names, ...], ...]


TEXTS: tuple[Text, ...] = (
    Text("email", _names("email email_address e_mail mail contact_email"), ((FIRST, LAST), (FULL,), (("name",),), (("username",),))),
    Text("login", _names("username user_name login screen_name handle"), ((FIRST, LAST), (FULL,))),
    Text("person", (*FULL, "name"), ((FIRST, LAST),)),
    Text("first", FIRST, ((WHOLE,),)),
    Text("last", LAST, ((WHOLE,),)),
    Text("salutation", _names("salutation honorific name_prefix"), ((FIRST,),)),
    Text("slug", _names("slug url_slug permalink handle codename basename"), ((TITLE,), (FIRST, LAST))),
    Text("website", _names("website homepage web_site"), ((("name", "company", "company_name", "brand"),),)),
    Text("state", _names("state province region county state_province"), ((CITY,),)),
    Text("postcode", _names("postcode postal_code zip zip_code zipcode plz postalcode"), ((CITY,),)),
    Text("country name", _names("country country_name"), ((("country_code", "iso_code", "iso2", "code"),),)),
    Text("country", _names("country country_name"), ((CITY,),)),
    Text("country code", _names("country_code iso_code iso2 country_iso code"), ((("country", "country_name"),),)),
    Text("country code", _names("code iso_code iso2 iso_3166_1_a2 alpha_2"), ((("name",),),)),
    Text("country code of three", _names("iso3 alpha3 alpha_3 country_code3 iso_3166_1_a3"),
         ((_names("country country_name country_code iso_code iso2 iso_3166_1_a2 name"),),)),
    Text("country of city", _names("country_code iso_code country_iso"), ((CITY,),)),
)  # fmt: skip
# Who reads these goes by them only where the recipe gives them: else they go by the other one themselves.
ONLY_GIVEN = frozenset({"first", "last", "country name"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number that follows from others: the rule, who follows, what is read, with what in between."""

    rule: str
    names: Names
    reads: tuple[Names, ...]
    percent: int = 0


NUMBERS: tuple[Number, ...] = (
    Number("product", SUM, (COUNT, PRICE)),
    Number("percentage", TAX, (NET, TAX_RATE)),
    Number("tax", TAX, (NET,)),
    Number("percentage", DISCOUNT, (_names("subtotal sub_total"),), 10),
    Number("price beside", _names("sale_price special_price discount_price discounted_price reduced_price offer_price"),
           (_names("price regular_price list_price original_price"),), 80),
    Number("price beside", _names("cost cost_price purchase_price buying_price unit_cost"),
           (_names("price unit_price retail_price sale_price selling_price list_price"),), 60),
    Number("price beside", _names("list_price original_price old_price regular_price rrp msrp compare_at_price retail_price"),
           (_names("price"),), 125),
    Number("taxed", GROSS, (NET,)),
    Number("age", _names("age"), (_names("date_of_birth birth_date birthday birthdate dob birth"),)),
)  # fmt: skip
# A total of what there is of these, each with its sign; the first must be there, and one of the others.
TOTAL = (GROSS, ((NET, 1), (TAX, 1), (SHIPPING, 1), (DISCOUNT, -1)))
# Two ends of a range: the higher one follows the lower one.
ENDS = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("low", "high"),
    ("lower", "upper"),
    ("from", "to"),
    ("lowest", "highest"),
)

LATITUDE = _names("latitude lat")
LONGITUDE = _names("longitude lng lon long")


@dataclass(frozen=True, slots=True)
class Stage:
    """What happens at a time, by the first words of the field's name, and when it does after what was before.

    Days for dates, seconds for instants; ``until`` is as in the rule ``after``.
    """

    names: Names
    days: tuple[int, int] = (0, 0)
    seconds: tuple[int, int] = (0, 0)
    until: str = ""


# Each chain in its order: a time follows the last one before it that the row has.
CHAINS: tuple[tuple[Stage, ...], ...] = (
    (
        Stage(_names("date_of_birth birth_date birthday dob")),
        Stage(_names("date_joined joined hired hire_date registered registered_at"), (6570, 18_250), (6570 * DAY, 18_250 * DAY), "now"),
        Stage(_names("last_login last_seen last_activity"), (0, 3650), (0, 3650 * DAY), "now"),
    ),
    (
        Stage(_names("created created_at created_on date_created added date_added inserted opened opened_at submitted submitted_at")),
        Stage(_names("ordered ordered_at order_date placed placed_at booked booked_at"), (0, 2), (300, 2 * DAY), "now"),
        Stage(_names("confirmed confirmed_at accepted accepted_at approved approved_at"), (0, 2), (300, 2 * DAY), "now"),
        Stage(_names("invoiced invoiced_at invoice_date issued issued_at"), (0, 2), (HOUR, 2 * DAY), "now"),
        Stage(_names("paid paid_at payment_date"), (0, 14), (300, 10 * DAY), "now"),
        Stage(_names("shipped shipped_at ship_date dispatched dispatched_at"), (1, 4), (4 * HOUR, 4 * DAY), "now"),
        Stage(_names("delivered delivered_at received received_at"), (1, 5), (12 * HOUR, 5 * DAY), "now"),
        Stage(_names("published published_at publication_date pub_date publish_date released released_at"), (0, 30), (HOUR, 30 * DAY), "now"),
        Stage(_names("completed completed_at finished finished_at closed closed_at resolved resolved_at done_at cancelled_at"),
              (1, 30), (HOUR, 30 * DAY), "now"),
        Stage(_names("updated updated_at updated_on changed changed_at modified modified_at last_modified edited edited_at"),
              (0, 400), (300, 400 * DAY), "now"),
        Stage(_names("deleted_at archived_at"), (1, 400), (HOUR, 400 * DAY), "now"),
    ),
    (
        Stage(_names("start starts started start_date start_time starts_at started_at starts_on start_at begin begins begin_date "
                     "begins_at begin_at date_from from_date arrival check_in checkin")),
        Stage(_names("end ends ended end_date end_time ends_at ended_at ends_on end_at finish finishes finish_date finished_at "
                     "date_to to_date departure check_out checkout"), (1, 14), (HOUR, 3 * DAY)),
    ),
    (
        Stage(_names("valid_from available_from effective_from active_from issued issued_at issue_date created created_at")),
        Stage(_names("valid_until valid_to valid_till available_until effective_to active_until active_to expires expires_at "
                     "expires_on expiry expiry_date expiration_date"), (90, 730), (90 * DAY, 730 * DAY), "beyond"),
    ),
    (
        Stage(_names("invoice_date issued issued_at issue_date created created_at")),
        Stage(_names("due due_date due_at due_on payment_due deadline"), (7, 60), (7 * DAY, 60 * DAY)),
    ),
)  # fmt: skip
# What a time of day is before the other by, in seconds.
LASTS_TODAY = (HOUR, 4 * HOUR)
