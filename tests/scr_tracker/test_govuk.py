"""Forms speak GOV.UK: their renderer, the date in three inputs, and the parts of pages."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from lxml import html

from scr_tracker.fields import GovukRenderer
from scr_tracker.govuk import GovukDateField
from scr_tracker.templatetags import components


class UpdateForm(forms.Form):
    """One field of each kind."""

    status = forms.ChoiceField(
        label="Status",
        help_text="Where it stands today",
        choices=[("", "---------"), ("ongoing", "Ongoing")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="What was done?", max_length=2000, widget=forms.Textarea)
    due = GovukDateField(label="Target date", help_text="For example, 27 3 2027")
    agency = forms.ChoiceField(label="Lead agency", choices=[("", "Choose"), ("1", "Police")])
    officer = forms.CharField(
        label="Lead officer (optional)",
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    themes = forms.MultipleChoiceField(choices=[("1", "Fathers")], widget=forms.CheckboxSelectMultiple)
    told = forms.BooleanField(label="The lead officer has been told", help_text="In person, say")
    file = forms.FileField(label="Evidence")
    password = forms.CharField(widget=forms.PasswordInput)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def page(text):
    """Return what a browser would make of some HTML."""
    return html.fromstring(f"<div>{text}</div>")


@pytest.fixture
def empty():
    """Return the form as first shown."""
    return page(str(UpdateForm()))


@pytest.fixture
def wrong():
    """Return the form as shown again when nothing was filled in but half a date."""
    return page(str(UpdateForm({"due_day": "3", "due_month": "", "due_year": ""})))


class TestForms:
    def test_every_input_has_the_class_of_its_kind(self, empty):
        assert empty.xpath("//textarea[contains(@class, 'govuk-textarea')]")
        assert empty.xpath("//select[contains(@class, 'govuk-select')]")
        assert empty.xpath("//input[@type='file'][contains(@class, 'govuk-file-upload')]")
        assert len(empty.xpath("//input[@type='radio'][@class='govuk-radios__input']")) == 1
        assert len(empty.xpath("//input[@type='checkbox'][@class='govuk-checkboxes__input']")) == 2

    def test_a_width_given_to_a_widget_is_kept(self, empty):
        assert empty.get_element_by_id("id_officer").get("class") == "govuk-input govuk-input--width-20"

    def test_radio_buttons_do_not_offer_nothing(self, empty):
        assert "---------" not in empty.text_content()

    def test_every_input_has_a_label(self, empty):
        inputs = empty.xpath("//input[not(@type='hidden')] | //select | //textarea")
        labels = {label.get("for") for label in empty.xpath("//label")}
        assert {element.get("id") for element in inputs} == labels

    def test_the_browser_is_not_asked_to_check_anything(self, empty):
        assert not empty.xpath("//*[@required or @maxlength]")

    def test_a_limited_text_is_counted_down(self, empty):
        counter = empty.xpath("//*[@data-module='govuk-character-count']")[0]
        assert counter.get("data-maxlength") == "2000"
        assert empty.get_element_by_id("id_note").get("aria-describedby") == "id_note-info"
        assert empty.get_element_by_id("id_note-info") is not None

    def test_a_form_without_errors_has_no_summary(self, empty):
        assert not empty.xpath("//*[@class='govuk-error-summary']")

    def test_every_id_that_something_is_described_by_exists(self, wrong):
        ids = [element.get("id") for element in wrong.xpath("//*[@id]")]
        described_by = " ".join(wrong.xpath("//@aria-describedby")).split()
        assert described_by
        assert set(described_by) <= set(ids)
        assert len(ids) == len(set(ids))

    def test_hints_and_errors_are_read_out_with_their_field(self, wrong):
        assert wrong.get_element_by_id("id_agency").get("aria-describedby") == "id_agency_error"
        fieldset = wrong.get_element_by_id("id_status_1").xpath("ancestor::fieldset")[0]
        assert fieldset.get("aria-describedby") == "id_status_helptext id_status_error"

    def test_each_error_of_the_summary_leads_to_an_input(self, wrong):
        targets = [link[1:] for link in wrong.xpath("//*[@class='govuk-error-summary']//a/@href")]
        assert targets[:3] == ["id_status_1", "id_note", "id_due_1"]
        for target in targets:
            assert wrong.get_element_by_id(target).tag in ("input", "select", "textarea", "div")

    def test_a_missing_answer_is_asked_for_in_gov_uk_words(self, wrong):
        texts = wrong.xpath("//*[@class='govuk-error-summary']//a/text()")
        assert texts == [
            "Select status",
            "Answer “What was done?”",
            "Target date must include a month and year",
            "Select lead agency",
            "Select themes",
            "Select the lead officer has been told",
            "Choose a file for evidence",
            "Enter password",
        ]

    def test_words_that_a_form_chose_itself_are_kept(self):
        class OwnWords(forms.Form):
            reason = forms.CharField(error_messages={"required": "Enter why this action is complete"})

        assert "Enter why this action is complete" in str(OwnWords({}))

    def test_an_error_of_the_whole_form_stands_in_the_summary(self):
        class Disagreeing(forms.Form):
            def clean(self):
                raise forms.ValidationError("The dates do not agree")

        assert page(str(Disagreeing({}))).xpath("//*[@class='govuk-error-summary']//li/text()") == [
            "The dates do not agree"
        ]

    def test_the_summary_is_shown_once_on_a_page(self):
        both = Template("{% load govuk %}{% error_summary form %}<h1>Update</h1>{{ form }}")
        shown = page(both.render(Context({"form": UpdateForm({})})))
        assert len(shown.xpath("//*[@class='govuk-error-summary']")) == 1
        assert shown.xpath("//*[@class='govuk-error-summary']/following-sibling::h1")

    def test_what_was_typed_is_kept_and_escaped(self):
        shown = str(UpdateForm({"officer": "<b>Ann</b>", "due_month": "<i>"}))
        assert 'value="&lt;b&gt;Ann&lt;/b&gt;"' in shown
        assert 'value="&lt;i&gt;"' in shown
        assert "<b>Ann" not in shown

    def test_a_list_offers_its_groups_marks_what_is_chosen_and_escapes_every_word(self):
        class Form(forms.Form):
            place = forms.ChoiceField(
                label="Where?",
                choices=[("", "Choose"), ("Agencies", [("1", "Tom & <b>Co</b>"), ('"2"', "Surgery")]), ("3", "Board")],
            )

        (select,) = page(str(Form({"place": '"2"'}))).xpath("//select")
        assert [(each.get("value"), each.text) for each in select.iter("option")] == [
            *(("", "Choose"), ("1", "Tom & <b>Co</b>"), ('"2"', "Surgery"), ("3", "Board")),
        ]
        assert [each.get("value") for each in select.xpath(".//option[@selected]")] == ['"2"']
        (group,) = select.xpath("optgroup")
        assert (group.get("label"), len(group)) == ("Agencies", 2)

    def test_radio_buttons_mark_what_is_chosen_and_escape_every_word(self):
        class Form(forms.Form):
            place = forms.ChoiceField(
                label="Where?", choices=[('"1"', "Tom & <b>Co</b>"), ("2", "Board")], widget=forms.RadioSelect
            )

        shown = page(str(Form({"place": '"1"'})))
        assert [each.get("value") for each in shown.xpath("//input[@type='radio']")] == ['"1"', "2"]
        assert [each.get("value") for each in shown.xpath("//input[@checked]")] == ['"1"']
        for box in shown.xpath("//input[@type='radio']"):
            assert shown.xpath(f"//label[@for='{box.get('id')}']")
        assert [each.text for each in shown.xpath("//label")] == ["Tom & <b>Co</b>", "Board"]

    @pytest.mark.parametrize(
        "widget", [forms.TextInput, forms.NumberInput, forms.HiddenInput, forms.EmailInput, forms.Textarea]
    )
    @pytest.mark.parametrize("value", [None, "", 0, 'Tom & "<b>Co</b>"', mark_safe("a &amp; b")])
    def test_inputs_are_as_django_renders_them(self, widget, value):
        attrs = {"id": "id_x", "rows": 3, "disabled": True, "cols": False, "title": 'A "<b>B</b>"', "data-x": ""}
        ours, theirs = (
            widget().render("x", value, attrs, renderer=renderer) for renderer in (GovukRenderer(), DjangoTemplates())
        )
        assert ours == theirs

    def test_the_admin_keeps_its_own_inputs(self):
        assert "govuk" not in str(UpdateForm()["officer"].as_widget()).replace("govuk-input--width-20", "")


class DateForm(forms.Form):
    """A date that must be given and one that need not."""

    due = GovukDateField(label="Target date")
    checked = GovukDateField(label="When was it checked? (optional)", called="checked date", required=False)


def typed(day, month, year, **others):
    """Return a form in which a date was typed."""
    return DateForm({"due_day": day, "due_month": month, "due_year": year, **others})


class TestDates:
    @pytest.mark.parametrize(
        "parts",
        [
            ("31", "5", "2027"),
            ("31", "05", "2027"),
            (" 31 ", "May", " 2027"),
            ("31st", "may", "2027"),
        ],
    )
    def test_a_date_may_be_typed_in_several_ways(self, parts):
        form = typed(*parts)
        assert form.is_valid(), form.errors
        assert form.cleaned_data == {"due": date(2027, 5, 31), "checked": None}

    @pytest.mark.parametrize("month", ["9", "sep", "Sept", "Sept.", "SEPTEMBER"])
    def test_a_month_may_have_its_name(self, month):
        form = typed("1", month, "2026")
        assert form.is_valid(), form.errors
        assert form.cleaned_data["due"] == date(2026, 9, 1)

    @pytest.mark.parametrize(
        ("parts", "message", "wrong"),
        [
            (("", "", ""), "Enter the target date", [0, 1, 2]),
            (("", "5", "2027"), "Target date must include a day", [0]),
            (("31", "", ""), "Target date must include a month and year", [1, 2]),
            (("31", "2", "2027"), "Target date must be a real date", [0, 1, 2]),
            (("31", "13", "2027"), "Target date must be a real date", [1]),
            (("1", "Smarch", "2027"), "Target date must be a real date", [1]),
            (("x", "1", "2027"), "Target date must be a real date", [0]),
            (("1", "1", "27"), "Year must include 4 numbers", [2]),
            (("1", "1", "0000"), "Target date must be a real date", [0, 1, 2]),
            (("²", "1", "2027"), "Target date must be a real date", [0]),
        ],
    )
    def test_a_wrong_date_says_what_is_wrong_and_where(self, parts, message, wrong):
        form = typed(*parts)
        assert form.errors["due"] == [message]
        shown = page(str(form))
        for number, text in enumerate(parts):
            box = shown.get_element_by_id(f"id_due_{number}")
            assert box.get("value") == text
            assert ("govuk-input--error" in box.get("class")) == (number in wrong)
        assert shown.xpath("//*[@class='govuk-error-summary']//a/@href") == [f"#id_due_{wrong[0]}"]

    def test_an_optional_date_may_be_left_out_but_not_half(self):
        assert typed("1", "1", "2027").is_valid()
        half = typed("1", "1", "2027", checked_day="4")
        assert half.errors["checked"] == ["Checked date must include a month and year"]

    def test_a_date_that_is_known_is_shown_in_its_three_parts(self):
        shown = page(str(DateForm(initial={"due": date(2027, 5, 31)})))
        values = [shown.get_element_by_id(f"id_due_{number}").get("value") for number in range(3)]
        assert values == ["31", "5", "2027"]

    def test_an_unchanged_date_has_not_changed(self):
        data = {"due_day": "31", "due_month": "May", "due_year": "2027"}
        assert not DateForm(data, initial={"due": date(2027, 5, 31)}).has_changed()
        assert DateForm(data, initial={"due": date(2027, 5, 30)}).has_changed()

    def test_the_three_inputs_are_one_group(self):
        group = page(str(DateForm())).get_element_by_id("id_due").xpath("ancestor::fieldset")[0]
        assert group.get("role") == "group"
        assert group.xpath("./legend")[0].text == "Target date"


class TestRatings:
    @pytest.mark.parametrize("rating", components.RATINGS)
    def test_a_rating_is_a_word_a_shape_and_a_colour(self, rating):
        tag = page(components.rating_tag(rating))[0]
        assert tag.text_content() == components.RATINGS[rating][0]
        assert tag.get("class") == f"app-rating app-rating--{rating}"
        assert tag.find("svg").get("aria-hidden") == "true"

    def test_no_two_ratings_have_the_same_shape(self):
        assert len(set(components.SHAPES.values())) == len(components.RATINGS)

    def test_every_rating_and_status_of_an_action_can_be_shown(self):
        from actions.choices import Rating, Status
        from actions.rating import NO_ACTION

        assert {*Rating.values, NO_ACTION} == set(components.RATINGS)
        assert dict(Status.choices) == components.STATUSES
        assert set(components.DIALS) == set(components.STATUSES)

    def test_a_partnership_may_have_its_own_words(self):
        assert page(components.rating_tag("blue", {"blue": "Closed"})).text_content() == "Closed"
        assert page(components.rating_tag("red", {"blue": "Closed"})).text_content() == "Red"

    def test_own_words_are_escaped_even_if_the_same_words_were_once_trusted(self):
        components.rating_tag("blue", {"blue": mark_safe("<i>Done</i>")})
        assert "<i>" not in components.rating_tag("blue", {"blue": "<i>Done</i>"})

    def test_nothing_at_all_is_no_action(self):
        assert page(components.rating_tag(None)).text_content() == "No action"

    def test_a_validated_rating_says_so_and_shows_what_the_agency_says(self):
        shown = page(components.rating_pair("red", validated=True, agency_says="green"))
        assert " ".join(shown.text_content().split()) == "Redvalidated Agency says Green".replace(" Ag", "Ag")

    def test_an_agency_that_agrees_is_not_quoted(self):
        assert "Agency says" not in components.rating_pair("red", agency_says="red")

    def test_the_key_says_what_every_rating_means(self):
        key = page(components.rating_key({"blue": "Closed"}))
        assert [word.text_content() for word in key.xpath("//dt")] == [
            *("Red", "Amber", "Green", "Closed", "Grey", "No action"),
        ]
        assert all(meaning.text for meaning in key.xpath("//dd"))

    def test_a_bar_has_a_segment_for_each_rating_that_occurs_and_says_it(self):
        bar = page(render("{% rating_bar counts %}", counts={"red": 1, "blue": 3}))
        assert bar.xpath("//rect/@width") == ["25.00%", "75.00%"]
        assert bar.xpath("//svg/@aria-label") == ["1 red, 3 blue"]

    def test_a_bar_of_nothing_is_empty(self):
        assert page(render("{% rating_bar counts %}", counts={})).xpath("//svg/@aria-label") == ["none"]

    def test_nothing_in_a_bar_needs_a_style(self):
        assert "style" not in render("{% rating_summary counts %}", counts={"red": 1, "amber": 2})

    def test_tiles_lead_to_the_actions_they_count(self):
        tiles = page(render('{% rating_summary counts url="?rating=" %}', counts={"red": 2}))
        assert tiles.xpath("//li//a/@href") == ["?rating=red"]
        assert [tile.text for tile in tiles.xpath("//li/span")] == ["2", "0", "0", "0"]

    def test_ratings_of_several_agencies_add_up(self):
        rows = [{"name": "Police", "counts": {"red": 2, "green": 3}}]
        table = page(render('{% rating_table rows heading="Agency" caption="Ratings" %}', rows=rows))
        assert [cell.text for cell in table.xpath("//tbody//td[@data-label]")] == ["2", "3", "5"]


def render(source, path="/", **context):
    """Render a template that uses our components on a page with this address."""
    request = RequestFactory().get(path)
    template = Template("{% load components tables django_tables2 %}" + source)
    return template.render(Context({"request": request, **context}))


class TestOtherParts:
    def test_pages_keep_the_filters_and_the_order(self):
        links = page(render("{% pagination page %}", "/?status=ongoing&page=2", page=Paginator(range(90), 10).page(2)))
        assert "?status=ongoing&page=3" in links.xpath("//a/@href")
        assert links.xpath("//a[@aria-current='page']/text()") == ["2"]

    def test_a_short_list_has_no_pages(self):
        assert "nav" not in render("{% pagination page %}", page=Paginator(range(9), 10).page(1))

    def test_breadcrumbs_begin_at_home_and_end_here(self):
        crumbs = page(render('{% breadcrumbs "Reviews" "/reviews/" "Family Y" %}'))
        assert [each.text_content().strip() for each in crumbs.xpath("//li")] == [
            "Home",
            "Reviews",
            "Family Y",
        ]
        assert crumbs.xpath("//li[@aria-current='page']/a") == []

    @pytest.mark.parametrize(
        ("path", "active"),
        [
            ("/", "Home"),
            ("/reviews/3/", "Reviews"),
            ("/recommendations/5/", "Reviews"),
            ("/actions/", "Actions"),
        ],
    )
    def test_the_navigation_marks_where_we_are(self, path, active):
        menu = page(
            render(
                "{% navigation %}",
                path,
                user=SimpleNamespace(is_authenticated=True, may_somewhere=lambda permission: False),
            )
        )
        assert [each.text_content() for each in menu.xpath("//a[@aria-current]")] == [active]

    def test_what_waits_stands_in_a_row_of_its_own_for_those_whom_it_waits_for(self):
        def waiting(may):
            user = SimpleNamespace(is_authenticated=True, may_somewhere=lambda permission: may)
            menu = page(render("{% navigation %}", user=user))
            return [each.text_content() for each in menu.xpath("//*[@aria-labelledby='navigation-queues']//a")]

        assert waiting(True) == ["Sign-off", "Later dates", "Impact checks", "Data warnings"]
        assert waiting(False) == []

    def test_a_timeline_says_who_did_what_when_and_why(self):
        event = {
            "title": "Later date asked for",
            "who": "Priya Nair",
            "when": date(2026, 11, 1),
            "why": "The audit came late",
            "changes": [("Target date", "31 October 2026", "31 January 2027")],
        }
        text = page(render_to_string("components/timeline.html", {"events": [event]})).text_content()
        for words in (
            "Later date asked for",
            "Priya Nair",
            "1 November 2026",
            "The audit came late",
            "31 January",
        ):
            assert words in text

    def test_a_moment_is_shown_as_the_clocks_here_say_and_to_the_microsecond_for_machines(self):
        shown = components.moment(datetime(2026, 7, 1, 12, 5, 0, 7, tzinfo=UTC))
        assert shown == '<time datetime="2026-07-01T13:05:00.000007+01:00">1 July 2026, 13:05</time>'
        assert components.moment(date(2026, 7, 1)) == '<time datetime="2026-07-01">1 July 2026</time>'


class TestErrorPages:
    @pytest.mark.parametrize("code", [400, 403, 404, 500])
    def test_an_error_page_needs_no_request_no_person_and_no_database(self, code):
        shown = html.fromstring(render_to_string(f"{code}.html"))
        assert len(shown.xpath("//h1")) == 1
        assert shown.xpath("//html/@lang") == ["en"]

    def test_no_page_has_styles_or_scripts_in_it(self):
        shown = html.fromstring(render_to_string("500.html"))
        assert not shown.xpath("//style | //*[@style] | //script[not(@src)]")


class TestTitles:
    def test_the_title_of_a_page_with_errors_says_so_first(self):
        template = Template('{% extends "base.html" %}{% block title %}Update{% endblock %}')
        title = "string(//title)"
        wrong = html.fromstring(template.render(Context({"form": UpdateForm({})})))
        right = html.fromstring(template.render(Context({"form": UpdateForm()})))
        assert wrong.xpath(title) == "Error: Update – SCR Tracker"
        assert right.xpath(title) == "Update – SCR Tracker"
