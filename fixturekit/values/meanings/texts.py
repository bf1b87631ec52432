"""What texts of a name look like: templates (``fields.templates``) from the roomiest to the shortest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What texts of a meaning look like: templates from the roomiest to the shortest, also where all must differ.

    The unique ones end in digits or in a token, at least those for later, so that whatever stands before, two texts
    differ by pools, digits or token alone.
    """

    drawn: tuple[str, ...]
    unique: tuple[str, ...] = ()


def numbered(*drawn: str) -> Kind:
    """Texts that get digits behind them where there are not enough of them to differ."""
    return Kind(drawn, tuple(f"{template}[ {{digits:6}}]" for template in drawn))


def tagged(*drawn: str) -> Kind:
    """Texts with a token behind them where all must differ."""
    return Kind(drawn, tuple(f"{template} {{token:4}}" for template in drawn))


# -- people ------------------------------------------------------------------------------------------------------------

FIRST_NAME = tagged("{first_names}")
LAST_NAME = tagged("{last_names}")
PERSON = Kind(("{person}", "{last_names}"), ("{person}[ {digits:6}]", "{last_names} {token:4}"))
LOGIN = Kind(
    ("{first_names:ascii}.{last_names:ascii}", "{first_names:ascii}"),
    ("{first_names:ascii}.{last_names:ascii}[{digits:6}]", "{first_names:ascii}{token:4}"),
)
NICKNAME = Kind(("{first_names:ascii}{number:10-99}", "{first_names:ascii}"), ("{first_names:ascii}{token:4}",))
EMAIL = Kind(
    (
        "{first_names:ascii}.{last_names:ascii}@example.com",
        "{first_names:ascii}@example.com",
        "{token:4}@example.com",
        "{token:4}@a.io",
        "{token:1}@a.io",
    ),
    (
        "{first_names:ascii}.{last_names:ascii}[{digits:6}]@example.com",
        "{first_names:ascii}{token:4}@example.com",
        "{token:6}@example.com",
        "{token:6}@a.io",
        "{token:4}@a.io",
        "{token:2}@a.io",
        "{token:1}@a.io",
    ),
)
PHONE = Kind(("{phone}", "{short_phone}"), ("{phone_of_many}", "{digits:4}{digits:4}"))
MOBILE = Kind(("{mobile}", "{short_phone}"), ("{phone_of_many}", "{digits:4}{digits:4}"))
DIALLED = Kind(("+1 202 555 {digits:4}", "+1202555{digits:4}"), ("+1 202 555 {digits:4}", "+1202555{digits:4}"))
JOB = tagged("{jobs}")
SALUTATION = Kind(("{salutations}",))
INITIALS = Kind(("{letters:1}. {letters:1}.", "{letters:2}", "{letters:1}"))
GENDER = Kind(("{genders}", "{letters:1}"))
RELATION = Kind(("{relations}",))
BLOOD_TYPE = Kind(("{blood_types}",))
SOCIAL_NUMBER = Kind(("000-{number:10-99}-{digits:4}",), ("000-{digits:2}-{digits:4}",))
PASSWORD = Kind(("!" + "{token:6}" * 6 + "{token:4}", "!{token:6}"))

# -- places ------------------------------------------------------------------------------------------------------------

CITY = Kind(("{places}",), ("{places} {token:4}",))
STATE = Kind(("{states}",), ("{states} {token:4}",))
COUNTRY = Kind(("{countries}", "{country_codes}"), ("{countries}[ {digits:6}]", "{countries} {token:4}"))
COUNTRY_CODE = Kind(("{country_codes}",))
COUNTRY_CODE_3 = Kind(("{country_codes_3}",))
NATIONALITY = Kind(("{countries}", "{country_codes}"))
STREET = Kind(("{street}", "{streets}"), ("{street} {token:3}", "{last_names} {token:4}"))
FLAT = Kind(("{flat}", "{number:99}"))
HOUSE_NUMBER = Kind(("{number:120}",))
POSTCODE = Kind(("{postcode}", "{digits:5}"))
PLACE = Kind(("{places}",), ("{places} {token:4}",))
TIME_ZONE = Kind(("{time_zones}", "UTC"))
LATITUDE = Kind(("{number:30-59}.{digits:6}", "{number:30-59}.{digits:2}"))
LONGITUDE = Kind(("{number:5-90}.{digits:6}", "{number:5-90}.{digits:2}"))

# -- companies and goods -----------------------------------------------------------------------------------------------

COMPANY = Kind(("{companies}", "{last_names}"), ("{companies}[ {digits:6}]", "{last_names} {token:4}"))
BRAND = Kind(("{brands}", "{last_names}"), ("{brands}[ {digits:6}]", "{last_names} {token:4}"))
PRODUCT = numbered("{product}", "{products}")
CATEGORY = Kind(("{categories}",), ("{categories}[ {digits:6}]", "{categories} {token:4}"))
TAG = CATEGORY
COLOR = Kind(("{colors}",), ("#{hex:6}",))
HEX_COLOR = Kind(("#{hex:6}", "#{hex:3}"), ("#{hex:6}",))
SIZE = Kind(("{sizes}",))
MATERIAL = tagged("{materials}")
UNIT = Kind(("{units}",))
CODE = Kind(
    ("{letters:2}-{digits:6}", "{letters:2}{digits:4}", "{letters:2}{digits:2}"),
    ("{letters:2}-{digits:6}", "{letters:2}{digits:6}"),
)
SKU = Kind(
    ("{letters:3}-{digits:4}-{letters:1}{digits:1}", *CODE.drawn),
    ("{letters:3}-{digits:4}-{letters:1}{digits:1}", *CODE.unique),
)
ORDER_NUMBER = Kind(
    ("{number:2024-2026}-{digits:6}", "{digits:6}", "{digits:4}"),
    ("{number:2024-2026}-{digits:6}", "{digits:8}", "{digits:6}"),
)
EAN = Kind(("{ean:40:10}", "{ean:4:6}"), ("{ean:40:10}", "{ean:4:6}"))
ISBN = Kind(("{ean:978:9}", "{isbn10:1:8}"), ("{ean:978:9}", "{isbn10:1:8}"))
ISBN_10 = Kind(("{isbn10:1:8}",), ("{isbn10:1:8}",))
ROOM_NUMBER = Kind(("{number:1-9}{digits:2}", "{number:9}"))
SEAT = Kind(("{number:40}{letters:1}", "{number:9}"))
VIN = Kind(
    ("{letters:3}{digits:2}{letters:3}{digits:1}{letters:2}{digits:6}",),
    ("{letters:3}{digits:2}{letters:3}{digits:1}{letters:2}{digits:6}",),
)
TRACKING_NUMBER = Kind(
    ("{letters:2}{digits:9}{letters:2}", "{digits:8}"), ("{letters:2}{digits:9}{letters:2}", "{digits:8}")
)
CARRIER = Kind(("{carriers}",))

# -- money -------------------------------------------------------------------------------------------------------------

CURRENCY = Kind(("{currency}",), ("{currencies}[{digits:6}]",))
CURRENCY_SYMBOL = Kind(("{currency_symbol}",))
PAYMENT_METHOD = Kind(("{payment_methods}",))
IBAN = Kind(("{iban}",), ("{iban}",))
BIC = Kind(
    ("{letters:4}{country_code}{letters:2}XXX", "{letters:4}{country_code}{letters:2}"),
    ("{letters:4}{country_code}{letters:2}{digits:3}",),
)
ACCOUNT_NUMBER = Kind(("{digits:10}", "{digits:6}"), ("{digits:10}", "{digits:6}"))
CARD_NUMBER = Kind(("{luhn:411111:9}",), ("{luhn:411111:9}",))
CARD = Kind(("{luhn:411111:9}", "{digits:4}"), ("{luhn:411111:9}", "{digits:4}"))
LAST_FOUR = Kind(("{digits:4}",))
VAT_NUMBER = Kind(("{vat_number}", "{digits:9}"), ("{vat_number}", "{digits:9}"))

# -- words -------------------------------------------------------------------------------------------------------------

TITLE = Kind(
    ("{title}", "{short_title}", "{subjects}", "{categories}"),
    ("{title}[ {digits:6}]", "{short_title}[ {digits:6}]", "{short_name} {token:4}"),
)
SHORT_TITLE = Kind(("{short_title}", "{categories}"), ("{short_title}[ {digits:6}]", "{short_name} {token:4}"))
SENTENCE = Kind(("{sentence}", *TITLE.drawn), ("{sentence}[ {digits:6}]", *TITLE.unique))
LEAD = Kind(("{lead}", *SENTENCE.drawn), SENTENCE.unique)
PARAGRAPH = Kind(("{paragraph}", *LEAD.drawn), SENTENCE.unique)
BODY = Kind(("{paragraph}\n\n{paragraph}", *PARAGRAPH.drawn), ("{lead} {token:4}", *SENTENCE.unique))
HTML = Kind(("<h2>{title}</h2>\n<p>{paragraph}</p>\n<p>{lead}</p>", "<p>{paragraph}</p>", "<p>{sentence}</p>"))
MARKDOWN = Kind(("## {title}\n\n{paragraph}\n\n- {sentence}\n- {sentence}", "{paragraph}", "{sentence}"))
KEYWORDS = Kind(("{categories}, {categories}, {categories}", "{categories}, {categories}", "{categories}"))
WORD = CATEGORY

# -- the web and its machines ------------------------------------------------------------------------------------------

SLUG = Kind(("{adjectives}-{nouns}", "{nouns}"), ("{adjectives}-{nouns}[-{digits:6}]", "{nouns}-{token:4}"))
URL = Kind(
    (
        "https://www.example.com/{adjectives}-{nouns}",
        "https://example.com/{nouns}",
        "http://a.io/{token:2}",
    ),
    (
        "https://www.example.com/{adjectives}-{nouns}[-{digits:6}]",
        "https://example.com/{token:6}",
        "http://a.io/{token:6}",
        "http://a.io/{token:4}",
        "http://a.io/{token:2}",
        "http://a.io/{token:1}",
    ),
)
IMAGE_URL = Kind(("https://www.example.com/images/{nouns}-{number:99}.jpg", *URL.drawn), URL.unique)
SHORTEST_URL = Kind(("http://{token:1}.io",), ("http://{token:1}.io",))
HOST = Kind(("{nouns}.example.com",), ("{adjectives}-{nouns}[-{digits:6}].example.com", "{token:6}.example.com"))
PATH = Kind(("/{nouns}/{adjectives}-{nouns}", "/{nouns}"), ("/{nouns}/{adjectives}-{nouns}[-{digits:6}]", "/{token:6}"))
FILE_NAME = Kind(
    ("{documents}-{number:2024-2026}.{extensions}", "{documents}.{extensions}", "{nouns}.txt"),
    ("{documents}-{number:2024-2026}-{digits:5}.{extensions}", "{token:6}.txt"),
)
FILE_PATH = Kind(("/srv/files/{documents}-{number:2024-2026}.{extensions}", *FILE_NAME.drawn), FILE_NAME.unique)
IMAGE_NAME = Kind(("{nouns}-{number:99}.jpg", "{nouns}.png"), ("{nouns}-{digits:5}.jpg",))
TEMPLATE_NAME = Kind(
    ("{nouns}/{documents}.html", "{nouns}.html"), ("{nouns}/{documents}-{digits:5}.html", "{token:6}.html")
)
EXTENSION = Kind(("{extensions}",))
CHARSET = Kind(("utf-8",))
QUERY_STRING = Kind(("q={nouns}&page={number:9}", "q={nouns}", "page={number:9}"))
MIME_TYPE = Kind(("{mime_types}", "text/plain"))
IP_ADDRESS = Kind(("192.0.2.{number:254}",))
MAC_ADDRESS = Kind(("02" + ":{hex:2}" * 5,), ("02" + ":{hex:2}" * 5,))
USER_AGENT = Kind(
    (
        "Mozilla/5.0 ({platforms}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{number:110-140}.0.0.0 Safari/537.36",
        "Mozilla/5.0 Firefox/{number:110-140}.0",
        "{browsers}/{number:110-140}",
    )
)
BROWSER = Kind(("{browsers}",))
SYSTEM = Kind(("{systems}",))
DEVICE = Kind(("{devices}",))
TOKEN = Kind(
    ("{hex:8}" * 5, "{hex:8}" * 4, "{hex:8}" * 2, "{hex:8}", "{token:6}"),
    ("{hex:8}" * 5, "{hex:8}" * 4, "{hex:8}" * 2, "{hex:8}"),
)
API_KEY = Kind(("key_" + "{token:6}" * 4, *TOKEN.drawn), ("key_" + "{token:6}" * 4, *TOKEN.unique))
UUID = Kind(
    ("{hex:8}-{hex:4}-4{hex:3}-{number:8-9}{hex:3}-{hex:6}{hex:6}", *TOKEN.drawn[1:]),
    ("{hex:8}-{hex:4}-4{hex:3}-{number:8-9}{hex:3}-{hex:6}{hex:6}", *TOKEN.unique[1:]),
)
CHECKSUM = Kind(("{hex:8}" * 8, *TOKEN.drawn), ("{hex:8}" * 8, *TOKEN.unique))
VERSION = Kind(
    ("{number:0-4}.{number:0-20}.{number:0-9}", "{number:9}.{number:0-9}", "{number:9}"),
    ("{number:0-9}.{number:0-99}.{number:0-999}",),
)
LANGUAGE = Kind(("{languages}",), ("{languages}[-{digits:6}]",))
LOCALE_TAG = Kind(("{locale_tags}", "{languages}"))
ICON = Kind(("{icons}",), ("{icons}-{token:4}",))
CSS_CLASS = Kind(("{css_classes}",), ("{css_classes}-{token:4}",))
STATUS = Kind(("{statuses}",))
PRIORITY = Kind(("{priorities}",))
ROLE = Kind(("{roles}",), ("{roles} {token:4}",))
PLAN = Kind(("{plans}",), ("{plans} {token:4}",))
ENVIRONMENT = Kind(("{environments}",))
FREQUENCY = Kind(("{frequencies}",))
EVENT = Kind(("{events}",), ("{events}.{token:4}",))
SORT = Kind(("{sorts}",), ("{sorts} {token:4}",))
SCOPE = Kind(("read write", "read"))
NOUN = Kind(("{nouns}",), ("{nouns}{token:4}",))
HTTP_METHOD = Kind(("{http_methods}",))
LOG_LEVEL = Kind(("{log_levels}", "{letters:1}"))
COMMA_SEPARATED = Kind(
    ("{number:99},{number:99},{number:99}", "{number:99},{number:99}"),
    ("{number:999},{number:999},{number:999}", "{digits:4},{digits:4}"),
)

# -- the calendar ------------------------------------------------------------------------------------------------------

MONTH = Kind(("{months}", "{number:12}"))
WEEKDAY = Kind(("{weekdays}", "{number:7}"))
YEAR = Kind(("{number:1990-2026}", "{digits:2}"))
SEASON = Kind(("{quarters} {number:2024-2026}", "{quarters}"))
CLOCK = Kind(("{number:10-19}:{quarter_hours}",))
HOURS = Kind(("0{number:7-9}:{quarter_hours}-{number:16-20}:{quarter_hours}",))

# What a field may ask for that refuses titles and sentences.
OTHERS = (
    Kind(("{token:6}",), ("{token:6}",)),
    Kind(
        ("{digits:6}", "{digits:4}", "{digits:2}", "{digits:1}"), ("{digits:6}{digits:6}", "{digits:6}", "{digits:3}")
    ),
    Kind(("{letters:3}", "{letters:2}", "{letters:1}"), ("{letters:6}", "{letters:3}")),
    Kind(("{hex:6}",), ("{hex:6}{hex:6}", "{hex:6}")),
    Kind(("#{hex:6}",), ("#{hex:6}",)),
    SLUG,
    EMAIL,
    URL,
    HOST,
    Kind(("10.{number:254}.{number:254}.{number:254}",), ("10.{number:254}.{number:254}.{number:254}",)),
    Kind(("{number:9}.{number:9}.{number:9}",), ("{number:99}.{number:99}.{number:99}",)),
    Kind(("20{digits:2}-0{number:9}-1{digits:1}",), ("20{digits:2}-0{number:9}-1{digits:1}",)),
    Kind(("1{digits:1}:0{number:9}",), ("1{digits:1}:1{digits:1}:1{digits:1}",)),
    Kind(("{languages}",)),
    Kind(("{country_codes}",)),
    Kind(("{currencies}",)),
)

_TABLE: tuple[tuple[Kind, str], ...] = (
    # people
    (FIRST_NAME, "first_name firstname forename given_name middle_name fname preferred_name"),
    (LAST_NAME, "last_name lastname surname family_name maiden_name lname second_name"),
    (
        PERSON,
        "full_name fullname display_name real_name legal_name recipient contact_name contact_person account_holder "
        "card_holder cardholder cardholder_name author_name customer_name user_fullname sender_name owner_name signed_by "
        "attn speaker guest_name manager_name patient_name student_name teacher_name billing_name shipping_name artist composer "
        "director producer performer photographer illustrator translator instructor supervisor manager author reviewer "
        "doctor coach trainer organizer organiser assignee principal editor customer",
    ),
    (
        LOGIN,
        "username user_name login screen_name account_name handle twitter instagram github created_by changed_by updated_by "
        "modified_by edited_by uploaded_by deleted_by approved_by assigned_to performed_by",
    ),
    (NICKNAME, "nickname nick alias_name gamertag"),
    (EMAIL, "email email_address e_mail mail contact_email reply_to sender from_email to_email cc bcc"),
    (PHONE, "phone phone_number telephone tel fax fax_number landline"),
    (MOBILE, "mobile mobile_number mobile_phone cell cell_phone cellphone whatsapp"),
    (JOB, "job job_title occupation profession position role_title"),
    (SALUTATION, "salutation honorific name_prefix"),
    (INITIALS, "initials"),
    (GENDER, "gender sex"),
    (RELATION, "relationship kinship"),
    (BLOOD_TYPE, "blood_type blood_group"),
    (SOCIAL_NUMBER, "ssn social_security_number national_id"),
    (PASSWORD, "password"),
    # places
    (CITY, "city town municipality locality birthplace birth_place place_of_birth"),
    (STATE, "state province region county district prefecture state_province administrative_area"),
    (COUNTRY, "country country_name"),
    (NATIONALITY, "nationality citizenship"),
    (COUNTRY_CODE, "country_code iso_code iso2 country_iso nationality_code iso_3166_1_a2"),
    (COUNTRY_CODE_3, "iso3 alpha3 alpha_3 country_code3 iso_3166_1_a3"),
    (
        STREET,
        "address street street_address street_name address1 address_1 address_line1 address_line_1 line1 addr "
        "billing_address shipping_address delivery_address",
    ),
    (FLAT, "address2 address_2 address_line2 address_line_2 line2 apartment suite floor flat room"),
    (HOUSE_NUMBER, "house_number street_number building_number"),
    (POSTCODE, "postcode postal_code zip zip_code zipcode plz postalcode"),
    (PLACE, "location place venue origin destination hometown departure arrival"),
    (TIME_ZONE, "time_zone timezone tz tzinfo tz_name"),
    (LATITUDE, "lat latitude"),
    (LONGITUDE, "lng lon long longitude"),
    # companies and goods
    (
        COMPANY,
        "company company_name organisation organization organisation_name organization_name employer vendor supplier "
        "merchant business_name publisher institution university school bank bank_name client_name",
    ),
    (BRAND, "brand brand_name manufacturer maker make"),
    (PRODUCT, "product product_name item item_name article_name"),
    (CATEGORY, "category category_name department genre section subcategory industry sector"),
    (TAG, "tag topic tag_name"),
    (KEYWORDS, "keywords tags meta_keywords labels search_terms"),
    (COLOR, "color colour color_name colour_name"),
    (
        HEX_COLOR,
        "hex_color hex_colour color_hex colour_hex color_code hex rgb background_color text_color foreground_color "
        "primary_color secondary_color accent_color border_color theme_color",
    ),
    (SIZE, "size clothing_size shirt_size"),
    (MATERIAL, "material fabric"),
    (UNIT, "unit units uom unit_of_measure measure"),
    (
        SKU,
        "sku stock_keeping_unit item_number article_number product_code part_number partner_sku mpn upc_code model_number",
    ),
    (
        ORDER_NUMBER,
        "order_number order_no invoice_number invoice_no customer_number customer_no bill_number ticket_number "
        "booking_number receipt_number purchase_order quote_number case_number po_number",
    ),
    (
        CODE,
        "code number no ref reference serial serial_number external_id external_reference transaction_id coupon "
        "coupon_code voucher promo_code discount_code confirmation_code booking_reference payment_reference account_id "
        "license_key licence_key license_plate number_plate registration_number batch_number lot_number employee_id student_id",
    ),
    (ROOM_NUMBER, "room_number table_number"),
    (SEAT, "seat seat_number"),
    (VIN, "vin vehicle_identification_number"),
    (EAN, "ean ean13 gtin gtin13 barcode upc"),
    (ISBN, "isbn isbn13 isbn_13"),
    (ISBN_10, "isbn10 isbn_10"),
    (TRACKING_NUMBER, "tracking_number tracking_code shipment_number parcel_number"),
    (CARRIER, "carrier shipping_method delivery_method courier"),
    # money
    (CURRENCY, "currency currency_code iso_currency"),
    (CURRENCY_SYMBOL, "currency_symbol"),
    (PAYMENT_METHOD, "payment_method payment_type method_of_payment method"),
    (IBAN, "iban"),
    (BIC, "bic swift swift_code bic_code"),
    (ACCOUNT_NUMBER, "account_number account_no routing_number bank_account sort_code"),
    (CARD_NUMBER, "card_number credit_card credit_card_number"),
    (CARD, "card"),
    (LAST_FOUR, "last4 last_four card_last4 pin cvc"),
    (VAT_NUMBER, "vat_number vat_id vat_no tax_number tax_id vatin uid cnpj company_number"),
    # words
    (
        TITLE,
        "title headline subject heading page_title seo_title meta_title og_title post_title display_title question object_repr "
        "object_str",
    ),
    (
        SHORT_TITLE,
        "label name short_name short_title caption_title verbose_name option menu_title project project_name "
        "event_name campaign course team team_name",
    ),
    (
        SENTENCE,
        "caption comment excerpt intro message note reason subtitle summary tagline slogan teaser alt alt_text "
        "alternative_text help_text short_description meta_description seo_description search_description remark "
        "warning error error_message feedback_text placeholder hint abstract_short claim strapline",
    ),
    (LEAD, "answer introduction notes feedback reply instructions remarks additional_info"),
    (PARAGRAPH, "abstract review text quote testimonial requirements"),
    (
        BODY,
        "about article bio biography body content description details long_description story transcript terms "
        "cover_letter body_text",
    ),
    (HTML, "html body_html html_body content_html html_content rich_text text_html description_html"),
    (MARKDOWN, "markdown body_markdown markdown_body content_markdown md readme changelog"),
    # the web and its machines
    (SLUG, "slug key url_slug permalink codename short_code namespace identifier machine_name basename"),
    (WORD, "word term"),
    (
        URL,
        "url link homepage site website web_site web href callback_url redirect_url target_url source_url video_url "
        "canonical_url webhook webhook_url blog facebook linkedin",
    ),
    (IMAGE_URL, "image_url avatar_url photo_url thumbnail_url logo_url picture_url avatar thumbnail"),
    (HOST, "host hostname domain domain_name server subdomain fqdn worker node"),
    (PATH, "path url_path uri request_path path_info endpoint route old_path new_path"),
    (QUERY_STRING, "query_string querystring url_params"),
    (FILE_NAME, "file_name filename original_filename original_name document attachment_name"),
    (FILE_PATH, "file_path filepath"),
    (TEMPLATE_NAME, "template template_name template_path"),
    (IMAGE_NAME, "image_name image photo_name"),
    (EXTENSION, "extension file_extension file_type file_format format"),
    (CHARSET, "charset encoding content_encoding character_set"),
    (MIME_TYPE, "mime_type mimetype content_type media_type"),
    (IP_ADDRESS, "ip ip_address remote_addr remote_address client_ip last_ip"),
    (MAC_ADDRESS, "mac mac_address"),
    (USER_AGENT, "user_agent useragent http_user_agent"),
    (BROWSER, "browser browser_name"),
    (SYSTEM, "os operating_system platform"),
    (DEVICE, "device device_name device_type"),
    (
        TOKEN,
        "token secret access_token refresh_token auth_token session_key session_id nonce secret_key client_secret "
        "activation_key verification_token csrf_token hash salt",
    ),
    (API_KEY, "api_key apikey client_id public_key api_token"),
    (UUID, "uuid guid uid_hex request_id correlation_id trace_id task_id job_id message_id event_id batch_id jti"),
    (CHECKSUM, "checksum sha256 digest fingerprint file_hash signature etag"),
    (VERSION, "version app_version version_number release revision_name semver"),
    (LANGUAGE, "language language_code lang locale_language preferred_language"),
    (LOCALE_TAG, "locale language_tag culture locale_code"),
    (ICON, "icon icon_name icon_class"),
    (CSS_CLASS, "css_class css_classes class_name html_class css"),
    (STATUS, "status workflow_state order_status payment_status publication_status state_name"),
    (PRIORITY, "priority severity urgency importance"),
    (ROLE, "role group_name permission_group user_type membership_type"),
    (PLAN, "plan tier subscription_plan pricing_plan edition level_name"),
    (ENVIRONMENT, "environment env"),
    (FREQUENCY, "frequency recurrence interval interval_name billing_cycle periodicity"),
    (EVENT, "event_type action activity action_type"),
    (SORT, "type kind sort variety"),
    (SCOPE, "scope scopes"),
    (NOUN, "app_label model model_name table_name object_type entity_type resource_type collection"),
    (HTTP_METHOD, "http_method request_method"),
    (LOG_LEVEL, "log_level loglevel"),
    # the calendar
    (MONTH, "month month_name"),
    (WEEKDAY, "weekday day_of_week day_name"),
    (YEAR, "year"),
    (SEASON, "season quarter period semester"),
    (CLOCK, "time_slot slot"),
    (HOURS, "opening_hours business_hours office_hours"),
)

MEANINGS: dict[str, Kind] = {name: kind for kind, names in _TABLE for name in names.split()}

# What the name of such a model is.
_NAMED: tuple[tuple[Kind, str], ...] = (
    (
        PERSON,
        "author client contact customer employee guest member patient person player profile speaker student "
        "subscriber teacher user artist actor director doctor instructor trainer coach owner applicant candidate attendee "
        "participant visitor driver passenger donor volunteer",
    ),
    (
        COMPANY,
        "bank client_company company employer organisation organization partner publisher shop store supplier vendor",
    ),
    (BRAND, "brand manufacturer"),
    (CATEGORY, "category department genre industry section subcategory subject skill interest hobby"),
    (TAG, "keyword label tag topic"),
    (PRODUCT, "article_item item product variant"),
    (CITY, "city location place town venue school college university campus branch warehouse depot station airport"),
    (STATE, "state province region"),
    (COUNTRY, "country"),
    (COLOR, "color colour"),
    (JOB, "job occupation position profession"),
    (ROLE, "group role"),
    (CURRENCY, "currency"),
    (
        TITLE,
        "article album blog book campaign chapter course document episode event film lesson movie newsletter page post "
        "presentation recipe song story survey talk thread track video",
    ),
)

NAMED: dict[str, Kind] = {name: kind for kind, names in _NAMED for name in names.split()}
# Of these it is the title as well: others have headlines.
_TITLED = (
    "brand category city color colour country department genre industry item job manufacturer occupation position product "
    "profession role section skill subcategory subject variant"
)
TITLED: dict[str, Kind] = {name: NAMED[name] for name in _TITLED.split()}
