"""Users and addresses in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.models import Address, User


class AddressInline(admin.TabularInline):
    """A user's addresses on the user's page."""

    model = Address
    extra = 0


@admin.register(User)
class ShopUserAdmin(UserAdmin):
    """Users, with what the shop adds to Django's."""

    list_display = ["username", "email", "first_name", "last_name", "newsletter", "address_count", "is_staff"]
    list_filter = [*UserAdmin.list_filter, "newsletter"]
    date_hierarchy = "date_joined"
    inlines = [AddressInline]
    fieldsets = [
        *(UserAdmin.fieldsets or ()),
        ("Shop", {"fields": ["date_of_birth", "phone", "newsletter"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "email", "usable_password", "password1", "password2"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).annotate(addresses_made=Count("addresses"))

    @admin.display(description="addresses", ordering="addresses_made")
    def address_count(self, user: User) -> int:
        return user.addresses_made


@admin.register(Address)
class AddressAdmin(admin.ModelAdmin):
    """Addresses of all users."""

    list_display = ["recipient", "user", "kind", "street", "postcode", "city", "country", "is_default"]
    list_filter = ["country", "kind", "is_default"]
    list_select_related = ["user"]
    search_fields = ["recipient", "street", "city", "postcode", "user__username"]
    autocomplete_fields = ["user"]
