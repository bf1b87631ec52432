"""The ledger in Django's admin, to look at: what is applied, when, and how many rows each step made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Min, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fixturekit.models import ADOPTED, MADE, SIDE, AppliedRecipe

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[AppliedRecipe]
else:
    _ModelAdmin = admin.ModelAdmin

_KINDS = {MADE: "", SIDE: "side rows", ADOPTED: "adopted"}


@admin.register(AppliedRecipe)
class AppliedRecipeAdmin(_ModelAdmin):
    """Read-only: the ledger is right only as long as nobody writes to it by hand.

    The document is not shown, since it may hold passwords.
    """

    list_display = ("full_name", "row_count", "applied_at", "scale", "faked")
    list_filter = ("app_label", "faked")
    search_fields = ("app_label", "name")
    ordering = ("-applied_at", "-pk")
    fields = ("app_label", "name", "applied_at", "faked", "scale", "checksum", "engine", "versions", "made_rows")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AppliedRecipe]:
        """Read the sums together with the recipes, and leave the documents where they are."""
        rows = Sum("made__count", filter=Q(made__kind=MADE), default=0)
        recipes: QuerySet[AppliedRecipe] = super().get_queryset(request).defer("document").annotate(row_count=rows)
        return recipes

    @admin.display(description="recipe", ordering="name")
    def full_name(self, applied: AppliedRecipe) -> str:
        return applied.full_name

    @admin.display(description="rows", ordering="row_count")
    def row_count(self, applied: Any) -> int:
        count: int = applied.row_count
        return count

    @admin.display(description="made rows")
    def made_rows(self, applied: AppliedRecipe) -> SafeString | str:
        """One line for each step, model and kind, in the order of writing."""
        groups = applied.made.order_by().values_list("step", "model", "kind")
        sums = groups.annotate(rows=Sum("count"), begins=Min("pk")).order_by("begins")
        lines = [(step or "-", count, model, _KINDS[kind]) for step, model, kind, count, _ in sums]
        if not lines:
            return "none"
        cells = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", lines)
        return format_html("<table>{}</table>", cells)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AppliedRecipe | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AppliedRecipe | None = None) -> bool:
        return False
