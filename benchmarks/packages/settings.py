"""Settings of a project that is made of public packages, as their documentation has them. Nothing is taught.

``BENCH_DATABASE`` is a database URL, ``BENCH_GROUP`` names one of the groups below: packages that live well together.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from project_settings import database  # noqa: E402 - the shop's settings lie beside this folder

DJANGO = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
WAGTAIL = [
    *("wagtail.contrib.forms", "wagtail.contrib.redirects", "wagtail.contrib.settings", "wagtail.contrib.search_promotions"),
    *("wagtail.embeds", "wagtail.sites", "wagtail.users", "wagtail.snippets", "wagtail.documents", "wagtail.images"),
    *("wagtail.search", "wagtail.admin", "wagtail", "modelcluster", "taggit"),
]  # fmt: skip
OSCAR = [
    "django.contrib.flatpages",
    *("oscar.config.Shop", "oscar.apps.analytics.apps.AnalyticsConfig", "oscar.apps.checkout.apps.CheckoutConfig"),
    *("oscar.apps.address.apps.AddressConfig", "oscar.apps.shipping.apps.ShippingConfig"),
    *("oscar.apps.catalogue.apps.CatalogueConfig", "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig"),
    *("oscar.apps.communication.apps.CommunicationConfig", "oscar.apps.partner.apps.PartnerConfig"),
    *("oscar.apps.basket.apps.BasketConfig", "oscar.apps.payment.apps.PaymentConfig"),
    *("oscar.apps.offer.apps.OfferConfig", "oscar.apps.order.apps.OrderConfig", "oscar.apps.customer.apps.CustomerConfig"),
    *("oscar.apps.search.apps.SearchConfig", "oscar.apps.voucher.apps.VoucherConfig"),
    *("oscar.apps.wishlists.apps.WishlistsConfig", "oscar.apps.dashboard.apps.DashboardConfig"),
    *(
        f"oscar.apps.dashboard.{name}.apps.{title}DashboardConfig"
        for name, title in (
            ("reports", "Reports"),
            ("users", "Users"),
            ("orders", "Orders"),
            ("catalogue", "Catalogue"),
            ("offers", "Offers"),
            ("partners", "Partners"),
            ("pages", "Pages"),
            ("ranges", "Ranges"),
            ("reviews", "Reviews"),
            ("vouchers", "Vouchers"),
            ("communications", "Communications"),
            ("shipping", "Shipping"),
        )
    ),
    *("widget_tweaks", "haystack", "treebeard", "easy_thumbnails", "django_tables2"),
]  # fmt: skip
CMS = ["cms", "menus", "treebeard", "sekizai", "filer", "easy_thumbnails", "djangocms_text", "djangocms_versioning"]
GROUPS = {
    "wagtail": WAGTAIL,
    "oscar": OSCAR,
    "cms": CMS,
    "accounts": [
        *("allauth", "allauth.account", "allauth.socialaccount", "allauth.usersessions", "allauth.mfa"),
        *("guardian", "axes", "django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static"),
        *("django_otp.plugins.otp_email", "django_otp.plugins.otp_hotp", "oauth2_provider"),
    ],
    "various": [
        *("django_celery_beat", "django_celery_results", "simple_history", "taggit", "reversion", "waffle", "mptt"),
        *("polymorphic", "djmoney", "django_countries", "phonenumber_field", "packages_demo"),
    ],
}
GROUP = os.environ.get("BENCH_GROUP", "various")

SECRET_KEY = "only for benchmarks"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "German")]
SITE_ID = 1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "urls"
STATIC_URL = "static/"
MEDIA_URL = "media/"
INSTALLED_APPS = [*GROUPS[GROUP], *DJANGO, "fixturekit"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": database(os.environ.get("BENCH_DATABASE", "sqlite::memory:"))}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# as in most settings for tests: packages hash secrets of every row
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
FIXTUREKIT = {"ALLOWED_DATABASES": ["default"]}

if GROUP == "accounts":
    MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware", "axes.middleware.AxesMiddleware"]
    AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
if GROUP == "wagtail":
    WAGTAIL_SITE_NAME = "Benchmark"
    WAGTAILADMIN_BASE_URL = "http://example.com"
if GROUP == "cms":
    X_FRAME_OPTIONS = "SAMEORIGIN"
    CMS_CONFIRM_VERSION4 = True
    CMS_TEMPLATES = [("page.html", "Page")]
    THUMBNAIL_HIGH_RESOLUTION = True
if GROUP == "oscar":
    from oscar.defaults import *  # noqa: F403 - as its documentation has it

    HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
