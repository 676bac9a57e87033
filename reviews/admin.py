"""Reviews and recommendations in the admin, for set-up and support."""

from django.contrib import admin
from django.db import models

from scr_tracker.admin import TrackedAdmin, TrackedForm

from .models import Recommendation, RecommendationLink, Response, Review, Section, Theme


class SectionInline(admin.TabularInline):
    """The sections of a review's plan."""

    model = Section
    form = TrackedForm
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ["order", "number", "title", "agency"]
    autocomplete_fields = ["agency"]


@admin.register(Review)
class ReviewAdmin(TrackedAdmin):
    """Reviews."""

    list_display = ["reference", "pseudonym", "kind", "partnership", "publication", "restricted"]
    list_filter = ["partnership", "kind", "level", "publication", "restricted"]
    list_select_related = ["partnership"]
    search_fields = ["reference", "pseudonym", "plan_title"]
    date_hierarchy = "commissioned_on"
    autocomplete_fields = ["partnership", "named_people"]
    inlines = [SectionInline]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


class RecommendationInline(admin.StackedInline):
    """The recommendations of a section."""

    model = Recommendation
    form = TrackedForm
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ["order", "number", "text", "source", "practice", "acceptance", "acceptance_reason"]


@admin.register(Section)
class SectionAdmin(TrackedAdmin):
    """Sections of plans."""

    list_display = ["title", "number", "review", "agency"]
    list_filter = ["review__partnership"]
    list_select_related = ["review", "agency"]
    search_fields = ["title", "review__reference", "review__pseudonym"]
    autocomplete_fields = ["review", "agency"]
    inlines = [RecommendationInline]


class LinkInline(admin.TabularInline):
    """How a recommendation stands to others."""

    model = RecommendationLink
    form = TrackedForm
    fk_name = "recommendation"
    extra = 0
    can_delete = False
    autocomplete_fields = ["other"]


@admin.register(Recommendation)
class RecommendationAdmin(TrackedAdmin):
    """Recommendations."""

    list_display = ["number", "text_begins", "review", "section", "acceptance"]
    list_display_links = ["number", "text_begins"]
    list_filter = ["section__review__partnership", "source", "practice", "acceptance", "themes"]
    list_select_related = ["section__review"]
    search_fields = ["number", "text", "section__review__reference", "section__review__pseudonym"]
    autocomplete_fields = ["section"]
    inlines = [LinkInline]

    @admin.display(description="text", ordering="text")
    def text_begins(self, recommendation):
        """The first words."""
        return recommendation.text[:100]

    @admin.display(description="review", ordering="section__review__reference")
    def review(self, recommendation):
        """The review it comes from."""
        return recommendation.section.review


@admin.register(Response)
class ResponseAdmin(TrackedAdmin):
    """Responses, each to one or more recommendations."""

    list_display = ["__str__", "review", "order"]
    list_filter = ["review__partnership"]
    list_select_related = ["review"]
    search_fields = ["text", "review__reference", "review__pseudonym"]
    autocomplete_fields = ["review", "recommendations"]


@admin.register(Theme)
class ThemeAdmin(TrackedAdmin):
    """Themes, of everybody and of partnerships."""

    list_display = ["name", "partnership", "merged_into"]
    list_filter = ["partnership"]
    list_select_related = ["partnership", "merged_into"]
    search_fields = ["name", "about"]
    autocomplete_fields = ["partnership"]


@admin.register(RecommendationLink)
class RecommendationLinkAdmin(TrackedAdmin):
    """Links between recommendations."""

    list_display = ["recommendation", "relation", "other"]
    list_filter = ["relation"]
    list_select_related = ["recommendation", "other"]
    search_fields = ["recommendation__text", "other__text"]
    autocomplete_fields = ["recommendation", "other"]
