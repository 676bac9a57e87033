"""Forms by which a plan is made and changed: reviews, sections, recommendations, responses and actions."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator

from reviews.models import (
    NOTHING_OWED,
    Acceptance,
    Kind,
    Practice,
    Publication,
    Recommendation,
    Review,
    Section,
    Source,
)
from reviews.numbering import next_number
from scr_tracker.comparing import ComparedForm
from scr_tracker.govuk import GovukDateField
from scr_tracker.history import version_of
from scr_tracker.models import Agency, User
from scr_tracker.rules import RuleBroken

from . import editing
from .choices import DONE, Status
from .forms import long_text, radios
from .importing import draft_forms
from .importing.draft_forms import LONGEST

NEW_SECTION_HELP = "An agency’s part of the plan, or a theme."


def short_text(label, missing="", *, most, width="", help_text=""):
    """Return a field for a few words, needed where there are words for its being missing."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(missing),
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": f"govuk-input--width-{width}"} if width else {}),
        error_messages={"required": missing} if missing else {},
    )


class PlanText(forms.CharField):
    """A text of a plan, as long as plans are; its lines end as they do in plans, however they were sent."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(validators=[MaxLengthValidator(LONGEST)], **kwargs)

    def to_python(self, value):
        """Return the text with the ends of lines that the rest of the plan has."""
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


def plan_text(label, missing="", help_text="", rows=3):
    """Return a field for a text of a plan, needed where there are words for its being missing."""
    return PlanText(
        label=label,
        required=bool(missing),
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing} if missing else {},
    )


def why(label="Why is it changed?", missing="Enter why it is changed"):
    """Return the field for the reason of a change."""
    return long_text(label, missing, "The history of the plan keeps your reason.", rows=2)


class Named(forms.ModelMultipleChoiceField):
    """Several of something, ticked off a list; ``naming`` says how each is called."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, naming=str, **kwargs):
        self.naming = naming
        super().__init__(**kwargs)

    def label_from_instance(self, thing):
        """Return what it is called."""
        return self.naming(thing)


def brief(recommendation):
    """Return how a list names a recommendation: its number and its first words."""
    words = Truncator(recommendation.text).words(14)
    return f"{recommendation.number}: {words}" if recommendation.number else words


class PlanForm(ComparedForm):
    """A form about a part of a plan: a new one, or one that others may change meanwhile.

    ``folded`` are fields that few need, each with what is said over it; ``headings`` stand over some fields.
    ``is_judged`` is off where somebody only wants to look something up before they save.
    """

    folded, headings = {}, {}
    version_of = staticmethod(version_of)

    def __init__(self, data=None, *, thing=None, by, initial=None, **kwargs):
        self.thing, self.is_judged = thing, True
        version = self.version_of(thing) if thing else 0
        super().__init__(data, by=by, version=version, initial=initial, **kwargs)

    @property
    def errors(self):
        """What is wrong, once the form is to be saved."""
        return super().errors if self.is_judged else forms.utils.ErrorDict()

    def layout(self):
        """Yield (heading or nothing, summary or nothing, whether it stands open, field) for each field to be seen."""
        for field in self.visible_fields():
            is_open = bool(field.errors or field.value())
            yield self.headings.get(field.name, ""), self.folded.get(field.name, ""), is_open, field


class ReviewForm(draft_forms.ReviewForm, PlanForm):
    """What is known of a review, and who may see it."""

    headings = {
        "commissioned_on": "Its dates",
        "publication": "Publication",
        "restricted": "Who may see it",
        "plan_title": "Its plan",
        "reason": "The change",
    }
    lead_reviewer = short_text("Lead reviewer (optional)", most=200, help_text="Their name and profession.")
    publication = radios("Is the report published?", "Choose whether the report is published", Publication.choices)
    publication_reason = plan_text(
        "Why is it withheld, or not decided yet? (optional)",
        help_text="Needed where it is withheld, for example because of criminal proceedings.",
        rows=2,
    )
    report_url = forms.URLField(
        label="Address of the published report (optional)",
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Enter an address such as https://www.example.gov.uk/report"},
    )
    restricted = forms.BooleanField(
        label="Restricted: only business managers and the people named below may see it", required=False
    )
    named_people = Named(
        label="Who else may see it while it is restricted?",
        queryset=User.objects.none(),
        required=False,
        help_text="Board members see everything of it; leads see what their agency answers. "
        "While it is not restricted, naming somebody changes nothing.",
    )
    plan_title = short_text(
        "Title of the plan (optional)", most=300, help_text="As it stands over the plan in reports."
    )

    field_order = [
        *("kind", "level", "reference", "pseudonym", "lead_reviewer"),
        *("commissioned_on", "completed_on", "published_on"),
        *("publication", "publication_reason", "report_url"),
        *("restricted", "named_people", "plan_title", "reason"),
    ]
    #: The fields that a review keeps under the same name.
    KEPT = field_order[:11] + ["restricted", "plan_title"]

    def __init__(self, data=None, *, partnerships, review=None, by, **kwargs):
        self.partnerships = list(partnerships)
        values = {name: getattr(review, name) for name in self.KEPT} if review else {"kind": Kind.LCSPR}
        values.setdefault("publication", Publication.UNDECIDED)
        if review:
            values["named_people"] = [person.pk for person in review.named_people.all()]
        super().__init__(data, thing=review, by=by, initial=values, **kwargs)
        self._offer_people(review)
        if review:
            self.fields["reason"] = long_text(
                "Why is it changed? (optional)", help_text="The history of the review keeps your reason.", rows=2
            )
        elif len(self.partnerships) > 1:
            self._ask_partnership()

    def _ask_partnership(self):
        choices = [(str(each.pk), str(each)) for each in self.partnerships]
        asked = radios("Which partnership carries the review out?", "Choose the partnership", choices)
        self.fields = {"partnership": asked, **self.fields}

    def _offer_people(self, review):
        people = editing.people_who_may_be_named(self.partnerships)
        named = Q(named_reviews=review) if review else Q(pk__in=())
        offered = User.objects.filter(Q(pk__in=people.values("pk")) | named).distinct().order_by("name", "pk")
        self.fields["named_people"].queryset = offered
        self.fields["named_people"].naming = editing.as_what(self.partnerships)
        if not offered.exists():
            del self.fields["named_people"]

    def clean(self):
        """Say what stands in the way of these values, where somebody can put it right."""
        cleaned = super().clean()
        cleaned.setdefault("named_people", ())
        if not self.thing:
            chosen = cleaned.pop("partnership", None)
            cleaned["partnership"] = next(
                (each for each in self.partnerships if chosen is None or str(each.pk) == chosen), None
            )
        partnership = self.thing.partnership if self.thing else cleaned["partnership"]
        self._check_reference(partnership, cleaned.get("reference"))
        if cleaned.get("publication") == Publication.WITHHELD and not cleaned.get("publication_reason"):
            self.add_error("publication_reason", "Enter why the report is withheld")
        if cleaned.get("publication") == Publication.PUBLISHED and not cleaned.get("published_on"):
            self.add_error("published_on", "Enter when the report was published")
        self._check_people(partnership, cleaned["named_people"])
        return cleaned

    def _check_reference(self, partnership, reference):
        others = Review.objects.filter(partnership=partnership, reference=reference)
        if reference and others.exclude(pk=self.thing and self.thing.pk).exists():
            self.add_error("reference", f"This partnership already has a review with the reference {reference}")

    def _check_people(self, partnership, people):
        if self.thing or not partnership:
            return
        fitting = set(editing.people_who_may_be_named([partnership]).values_list("pk", flat=True))
        if strangers := [str(person) for person in people if person.pk not in fitting]:
            self.add_error("named_people", f"{' and '.join(strangers)} has no role in this partnership")


class SectionForm(PlanForm):
    """A section: its number, its title, and the agency whose part of the plan it is."""

    title = short_text("Title", "Enter the title of the section", most=300, help_text=NEW_SECTION_HELP)
    number = short_text("Number (optional)", most=20, width="5")
    agency = forms.ModelChoiceField(
        label="Whose part of the plan is it? (optional)",
        queryset=Agency.objects.none(),
        required=False,
        empty_label="No one agency’s: it is a theme",
        help_text="Reports for this agency then hold the recommendations here that nobody answers yet.",
    )

    def __init__(self, data=None, *, review, section=None, by, **kwargs):
        initial = {name: getattr(section, name) for name in ("title", "number", "agency")} if section else {}
        super().__init__(data, thing=section, by=by, initial=initial, **kwargs)
        self.fields["agency"].queryset = Agency.objects.of(review.partnership).order_by("name")


class RemoveSectionForm(PlanForm):
    """That an empty section is taken away."""

    def __init__(self, data=None, *, section, by, **kwargs):
        super().__init__(data, thing=section, by=by, **kwargs)


class RecommendationForm(PlanForm):
    """What a review asks for, and what the partnership decided about it."""

    headings = {"text": "What is recommended", "acceptance": "What the partnership decided", "reason": "The change"}
    folded = {
        "action_intro": "Words that lead in to all its actions",
        "evidence_expected": "Evidence expected for all its actions together",
    }

    section = forms.ModelChoiceField(
        label="Section",
        queryset=Section.objects.none(),
        required=False,
        empty_label="A new section, named below",
    )
    new_section = short_text("Title of the new section", most=300, help_text=NEW_SECTION_HELP)
    number = short_text(
        "Number (optional)", most=20, width="5", help_text="As the report numbers it. We suggest the next one."
    )
    text = plan_text(
        "Recommendation",
        "Enter the text of the recommendation",
        "In the words of the report. Do not name children or families.",
        rows=5,
    )
    source = forms.ChoiceField(
        label="Which report does it come from? (optional)",
        choices=Source.choices,
        required=False,
    )
    practice = forms.ChoiceField(
        label="Does it ask for something new? (optional)",
        choices=Practice.choices,
        required=False,
    )
    intended_outcome = plan_text(
        "Intended outcome (optional)", help_text="What should be different for children, families or adults at risk."
    )
    action_intro = plan_text("Lead-in to the actions (optional)")
    evidence_expected = plan_text("Evidence expected (optional)")
    acceptance = forms.ChoiceField(
        label="Decision",
        widget=forms.RadioSelect,
        required=False,
        help_text="Where it is accepted or not decided, reports point it out until an action answers it.",
    )
    acceptance_reason = plan_text(
        "Reason for the decision", help_text="Needed where it is not accepted or needs no action.", rows=2
    )

    KEPT = ("number", "text", "source", "practice", "intended_outcome", "action_intro", "evidence_expected")

    def __init__(self, data=None, *, review, recommendation=None, section=None, by, **kwargs):
        names = (*self.KEPT, "section", "acceptance", "acceptance_reason")
        initial = {name: getattr(recommendation, name) for name in names} if recommendation else {}
        sections = review.sections.order_by("order")
        if not recommendation:
            section = section or sections.last()
            initial = {"section": section, "number": next_number(review, section), "new_section": ""}
        super().__init__(data, thing=recommendation, by=by, initial=initial, **kwargs)
        self.fields["section"].queryset = sections
        self._fit(sections, recommendation)
        self.fields["acceptance"].choices = self._decisions(recommendation)
        if recommendation:
            self.fields["reason"] = why()

    def _fit(self, sections, recommendation):
        """Ask only what there is to say here."""
        if not sections.exists():
            del self.fields["section"]
            self.fields["new_section"].label = "Section of the plan"
            self.initial["new_section"] = "Recommendations"
            self.fields["new_section"].help_text += " Leave it as it is if the plan has no parts."
        for name in self.folded:
            if not (recommendation and getattr(recommendation, name)):
                del self.fields[name]

    def _decisions(self, recommendation):
        """Offer every decision, but to withdraw: that is a step of its own."""
        now = recommendation.acceptance if recommendation else None
        choices = [
            each for each in Acceptance.choices if each[0] and (each[0] != Acceptance.WITHDRAWN or each[0] == now)
        ]
        return [(Acceptance.UNDECIDED.value, "Not decided yet"), *choices]

    def clean(self):
        """Ask for a section, and for the reason of a decision by which nothing is owed."""
        cleaned = super().clean()
        if not cleaned.get("section") and not cleaned.get("new_section"):
            self.add_error("new_section", "Enter the title of the section, or choose one that is there")
        elif cleaned.get("section") and cleaned.get("new_section"):
            self.add_error("new_section", "Choose a section, or “A new section” and enter its title: not both")
        if cleaned.get("acceptance") in NOTHING_OWED and not cleaned.get("acceptance_reason"):
            self.add_error("acceptance_reason", "Enter the reason for the decision")
        return cleaned


class WithdrawForm(PlanForm):
    """Why a recommendation is withdrawn."""

    reason = long_text(
        "Why is it withdrawn?",
        "Enter why the recommendation is withdrawn",
        "It is shown beside the recommendation, in reports too.",
    )

    def __init__(self, data=None, *, recommendation, by, **kwargs):
        super().__init__(data, thing=recommendation, by=by, **kwargs)


class ResponseForm(PlanForm):
    """What the partnership answers, and to which recommendations."""

    text = plan_text(
        "Response",
        "Enter the response",
        "What the partnership or an agency answers, as it may stand in the public response.",
        rows=5,
    )
    recommendations = Named(
        label="Which recommendations does it answer?",
        queryset=Recommendation.objects.none(),
        naming=brief,
        error_messages={"required": "Choose at least one recommendation that it answers"},
    )

    def __init__(self, data=None, *, review, recommendation=None, response=None, by, **kwargs):
        answered = response.recommendations.all() if response else [recommendation]
        initial = {"recommendations": [each.pk for each in answered], "text": response.text if response else ""}
        super().__init__(data, thing=response, by=by, initial=initial, **kwargs)
        self.fields["recommendations"].queryset = recommendations_of(review)
        if response:
            self.fields["reason"] = why()


def recommendations_of(review):
    """Return the recommendations of a plan, in its order, with what lists name them by."""
    return Recommendation.objects.filter(section__review=review).select_related("section__review").in_plan_order()


class ActionTextsForm(PlanForm):
    """What an action says, and which recommendations it answers."""

    text = plan_text(
        "What will be done?", "Enter what will be done", "One action that one agency can report on.", rows=4
    )
    label = short_text("Label (optional)", most=10, width="3", help_text="Such as a, where a plan letters its actions.")
    intended_outcome = plan_text("Intended outcome (optional)", help_text="Where it is not that of the recommendation.")
    evidence_expected = plan_text(
        "Evidence expected (optional)", help_text="What will show that it is done, and that it made a difference."
    )
    also_answers = Named(
        label="Which others?",
        queryset=Recommendation.objects.none(),
        naming=brief,
        required=False,
        help_text="It then counts for those recommendations too.",
    )

    TEXTS = ("text", "label", "intended_outcome", "evidence_expected")
    folded = {"also_answers": "It also answers other recommendations"}

    def _offer_others(self, review, *without):
        others = recommendations_of(review).exclude(pk__in=[each.pk for each in without])
        self.fields["also_answers"].queryset = others
        if not others.exists():
            del self.fields["also_answers"]

    def clean(self):
        """Answer no others where none are offered."""
        cleaned = super().clean()
        cleaned.setdefault("also_answers", ())
        return cleaned


class NewActionForm(ActionTextsForm):
    """A new action: what, by when, and who."""

    headings = {"text": "What", "due": "By when", "lead_agency": "Who", "evidence_expected": "How we will know"}
    folded = ActionTextsForm.folded | {
        "supporting_agencies": "Other agencies support it",
        "people": "Assign it to people",
    }

    due = short_text(
        "Target date (optional)",
        most=300,
        width="20",
        help_text="As the plan says it: 31 May 2027, May 2027, Q2 2027, ongoing, 3 months after publication. "
        "May 2027 means by 31 May 2027.",
    )
    lead_agency = forms.ModelChoiceField(
        label="Lead agency (optional)",
        queryset=Agency.objects.none(),
        required=False,
        empty_label="Nobody yet",
        help_text="Its leads see the action and report on it.",
    )
    lead_officers = forms.CharField(
        label="Lead officers (optional)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Posts rather than names, one to a line, such as “Designated nurse”.",
    )
    supporting_agencies = Named(label="Which agencies support it?", queryset=Agency.objects.none(), required=False)
    people = Named(
        label="Who is it assigned to?",
        queryset=User.objects.none(),
        required=False,
        help_text="Leads of the agencies that lead or support it.",
    )

    field_order = [
        *("text", "label", "also_answers", "due", "lead_agency", "lead_officers", "supporting_agencies", "people"),
        *("evidence_expected", "intended_outcome"),
    ]

    def __init__(self, data=None, *, recommendation, by, **kwargs):
        review = recommendation.section.review
        initial = {"label": editing.next_label(recommendation), "lead_agency": recommendation.section.agency}
        super().__init__(data, by=by, initial=initial, **kwargs)
        self._offer_others(review, recommendation)
        agencies = Agency.objects.of(review.partnership).order_by("name")
        self.fields["lead_agency"].queryset = self.fields["supporting_agencies"].queryset = agencies
        self._offer_people(review, agencies)
        if not agencies.exists():
            del self.fields["supporting_agencies"]

    def _offer_people(self, review, agencies):
        people = editing.leads_of(agencies).order_by("name", "pk")
        self.fields["people"].queryset = people
        self.fields["people"].naming = editing.as_what([review.partnership])
        if not people.exists():
            del self.fields["people"]

    def clean_due(self):
        """Say at once where a target date is not understood."""
        words = self.cleaned_data["due"]
        try:
            editing.understood(words)
        except RuleBroken as broken:
            raise forms.ValidationError(str(broken).rstrip(".")) from None
        return words

    def clean_lead_officers(self):
        """Return the posts, one to a line."""
        lines = self.cleaned_data["lead_officers"].splitlines()
        return [" ".join(line.split()) for line in lines if line.strip()]

    def clean(self):
        """Refuse people who would not see the action."""
        cleaned = super().clean()
        for name in ("supporting_agencies", "people"):
            cleaned.setdefault(name, ())
        at_work = {cleaned.get("lead_agency"), *cleaned["supporting_agencies"]} - {None}
        fitting = set(editing.leads_of(at_work).values_list("pk", flat=True))
        if strangers := [str(person) for person in cleaned["people"] if person.pk not in fitting]:
            self.add_error(
                "people",
                f"{' and '.join(strangers)} can only be assigned to what their agency leads or supports: "
                "choose their agency above, or somebody else",
            )
        return cleaned


class _RecommendationChoice(forms.ModelChoiceField):
    """Names recommendations by number and first words."""

    def label_from_instance(self, recommendation):
        """Return what it is called."""
        return brief(recommendation)


class ChangeActionForm(ActionTextsForm):
    """The words of an action, and which recommendations it answers."""

    headings = {"reason": "The change"}

    recommendation = _RecommendationChoice(
        label="Which recommendation does it answer?",
        queryset=Recommendation.objects.none(),
        empty_label=None,
        error_messages={"required": "Choose the recommendation that it answers"},
    )
    field_order = ["text", "label", "recommendation", "also_answers", "evidence_expected", "intended_outcome", "reason"]

    def __init__(self, data=None, *, action, by, **kwargs):
        initial = {name: getattr(action, name) for name in (*self.TEXTS, "recommendation")}
        initial["also_answers"] = [each.pk for each in action.also_answers.all()]
        super().__init__(data, thing=action, by=by, initial=initial, **kwargs)
        self.fields["recommendation"].queryset = recommendations_of(action.review)
        self._offer_others(action.review)
        if action.status in (Status.SUBMITTED, *DONE):
            self._ask_when_it_was_done(action)
        self.fields["reason"] = why("Why is the action changed?", "Enter why the action is changed")

    def _ask_when_it_was_done(self, action):
        self.fields["completed_on"] = GovukDateField(
            label="When was it done?",
            called="day it was done",
            required=action.completed_on is not None,
            initial=action.completed_on,
        )
        self.order_fields([*self.field_order[:-1], "completed_on"])

    def clean_completed_on(self):
        """Refuse a day that is still to come."""
        day = self.cleaned_data["completed_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Enter a day that has passed, or return the action if it is not done")
        return day
