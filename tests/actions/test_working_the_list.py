"""The list of actions as a working surface: filters, views, columns, rows that open, many at once, numbers."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from actions import batches, changing
from actions.changing import Change
from actions.choices import Status
from actions.models import Action, Batch, ListSettings, SavedView
from actions.tables import CHOICE
from reviews.models import Theme
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.conftest import hidden
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ThemeFactory,
    today,
)

pytestmark = pytest.mark.django_db

LIST = "/actions/"


@pytest.fixture
def partnership():
    return PartnershipFactory(short_name="Wyvern")


@pytest.fixture
def agency(partnership):
    return AgencyFactory(name="Constabulary", partnerships=[partnership])


@pytest.fixture
def recommendation(partnership):
    return RecommendationFactory(
        section__review__partnership=partnership, section__review__reference="0319", number="58"
    )


@pytest.fixture
def manager(sign_in_as, partnership):
    return sign_in_as(of=partnership)


def names(response):
    """Return the actions of a list in their order."""
    return [row.record.text for row in response.context["table"].page.object_list]


class TestFilters:
    @pytest.fixture(autouse=True)
    def _listed(self, recommendation, agency, manager):
        late = ActionFactory(recommendation=recommendation, text="late", overdue=True, times_moved=3)
        silent = ActionFactory(
            recommendation=recommendation,
            text="silent",
            last_update_on=today() - timedelta(100),
            lead_officers=["Named nurse"],
        )
        EvidenceFactory(actions=[late])
        silent.people.add(manager)
        other = RecommendationFactory(section=recommendation.section)
        ActionFactory(recommendation=other, text="themed", target_date=today() + timedelta(300))
        ThemeFactory(name="Lost shoes", partnership=recommendation.section.review.partnership, recommendations=[other])
        ActionFactory(text="foreign", overdue=True, times_moved=5)

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("lead=nurse", ["silent"]),
            ("overdue_by=9", ["late"]),
            ("overdue_by=10", []),
            ("moved=3", ["late"]),
            ("moved=4", []),
            ("evidence=none", ["silent", "themed"]),
            ("evidence=some", ["late"]),
            ("silent_since=99", ["silent"]),
            ("silent_since=1/1/2020", []),
            ("mine=assigned", ["silent"]),
        ],
    )
    def test_narrow_the_list(self, client, query, expected):
        assert names(client.get(f"{LIST}?{query}")) == expected

    @pytest.mark.parametrize(
        ("words", "said"), [("h", "Enter at least two letters"), ("the", "Add a word that says more")]
    )
    def test_words_that_say_too_little_are_answered_by_a_sentence(self, client, words, said):
        assert said in client.get(f"{LIST}?text={words}").content.decode()

    def test_by_theme_and_by_the_person_assigned(self, client, manager):
        assert names(client.get(LIST, {"theme": Theme.objects.get(name="Lost shoes").pk})) == ["themed"]
        assert names(client.get(f"{LIST}?lead={manager.name}")) == ["silent"]

    def test_stand_in_the_address_and_can_be_taken_away_one_by_one(self, client):
        page = client.get(f"{LIST}?moved=3&evidence=some&sort=-due").content.decode()
        assert 'href="?evidence=some&amp;sort=-due"' in page
        assert 'href="?moved=3&amp;sort=-due"' in page

    def test_that_are_wrong_say_what_to_enter(self, client):
        page = client.get(f"{LIST}?overdue_by=soon&silent_since=x").content.decode()
        assert "Enter a whole number, such as 30" in page
        assert "Enter a date such as 31/3/2026, or a number of days" in page

    def test_offer_no_theme_of_what_a_person_may_not_see(self, client, sign_in_as):
        sign_in_as(of=PartnershipFactory())
        assert "Lost shoes" not in client.get(f"{LIST}?view=all").content.decode()


class TestSavedViews:
    def save(self, fill_in, query="status=open&sort=-due", **typed):
        return fill_in(f"{reverse('save-view')}?{query}", **{"name": "Late ones", **typed})

    def test_keep_filters_order_and_columns(self, client, fill_in, manager):
        response = self.save(fill_in, "status=open&sort=-due&columns=due,status&text=")
        view = SavedView.objects.get()
        assert (view.query, view.columns) == ("sort=-due&status=open", ["due", "status"])
        assert response["Location"] == f"{LIST}?sort=-due&status=open&view={view.pk}"
        ActionFactory(recommendation__section__review__partnership=manager.memberships.get().partnership)
        shown = client.get(response["Location"])
        assert [column.name for column in shown.context["table"].columns][2:4] == ["due", "status"]

    def test_one_opens_first_and_all_can_still_be_seen(self, client, fill_in, manager):
        self.save(fill_in, opens_first="on")
        assert client.get(LIST)["Location"] == SavedView.objects.get().get_absolute_url()
        assert client.get(f"{LIST}?view=first")["Location"] == SavedView.objects.get().get_absolute_url()
        assert client.get(f"{LIST}?view=all").status_code == 200

    def test_are_private_unless_they_are_shared_with_the_team(self, client, fill_in, manager, partnership, sign_in_as):
        self.save(fill_in)
        self.save(fill_in, name="For us", team=f"partnership-{partnership.pk}")
        sign_in_as(of=partnership)
        assert [view.name for view in client.get(reverse("saved-views")).context["listing"].views] == ["For us"]
        private = SavedView.objects.get(name="Late ones")
        assert client.get(reverse("change-view", args=[private.pk])).status_code == 404
        sign_in_as(role=Role.BOARD_MEMBER, of=partnership)
        assert client.get(reverse("saved-views")).context["listing"].views == []

    def test_cannot_be_shared_with_a_team_of_others(self, client, fill_in, manager):
        foreign = PartnershipFactory()
        response = self.save(fill_in, team=f"partnership-{foreign.pk}")
        assert response.status_code == 200
        assert not SavedView.objects.exists()

    def test_are_renamed_changed_and_deleted(self, client, fill_in, manager):
        self.save(fill_in, opens_first="on")
        view = SavedView.objects.get()
        fill_in(f"{reverse('change-view', args=[view.pk])}?status=complete", name="Done ones", opens_first="on")
        view.refresh_from_db()
        assert (view.name, view.query) == ("Done ones", "status=complete")
        fill_in(reverse("change-view", args=[view.pk]), name="Still")
        view.refresh_from_db()
        assert (view.name, view.query) == ("Still", "status=complete")
        assert ListSettings.objects.get().opens_with is None
        fill_in(reverse("delete-view", args=[view.pk]))
        assert not SavedView.objects.exists()

    def test_of_one_name_are_refused(self, fill_in, manager):
        self.save(fill_in)
        assert "There is a view with this name already" in self.save(fill_in).content.decode()

    def test_say_when_the_list_is_no_longer_theirs(self, client, fill_in, manager):
        address = self.save(fill_in)["Location"]
        assert "Save the changes to" not in client.get(address).content.decode()
        assert "Save the changes to" in client.get(f"{address}&rating=red").content.decode()


class TestColumns:
    def test_are_chosen_moved_and_kept(self, client, manager, recommendation):
        ActionFactory(recommendation=recommendation)
        address = reverse("list-columns")
        form = client.get(address).context["form"]
        shown = {"order": ["due", "status", "own"], "shown": ["due", "status"], "down": "due"}
        client.post(address, {**hidden(form), **shown})
        assert ListSettings.objects.get().columns == ["status", "due"]
        table = client.get(f"{LIST}?view=all").context["table"]
        assert [column.name for column in table.columns] == ["chosen", "action", "status", "due", "change"]

    def test_show_everything_that_can_be_chosen(self, client, manager, recommendation, agency):
        action = ActionFactory(
            recommendation=recommendation, own_rating="amber", supporting_agencies=[agency], times_moved=4
        )
        action.people.add(manager)
        page = client.get(f"{LIST}?columns={','.join(CHOICE)}").content.decode()
        for words in ("Amber", "Constabulary", manager.name, "Head of Practice", "First due", ">4</td>"):
            assert words in page, words


class TestARow:
    @pytest.fixture
    def action(self, recommendation, agency):
        return ActionFactory(recommendation=recommendation, lead_agency=agency, label="a")

    def address(self, action, back=""):
        return f"{reverse('quick-change', args=[action.pk])}?back={back}"

    def test_is_changed_by_a_manager_in_everything(self, client, fill_in, manager, action, agency):
        later = action.target_date + timedelta(31)
        typed = {"status": "ongoing", "own_rating": "amber", "target": f"{later:%d/%m/%Y}", "note": "Illness."}
        typed |= {"lead_agency": agency.pk, "lead_officers": "Nurse; Doctor", "assigned": [manager.pk]}
        response = fill_in(self.address(action, "status%3Dopen%26page%3D1"), **typed)
        assert response["Location"] == f"{LIST}?status=open&page=1#action-{action.pk}"
        action.refresh_from_db()
        assert (action.status, action.own_rating, action.target_date) == ("ongoing", "amber", later)
        assert (action.lead_officers, list(action.people.all())) == (["Nurse", "Doctor"], [manager])
        assert action.times_moved == 1

    def test_asks_a_lead_only_what_is_theirs_to_say(self, client, sign_in_as, agency, action):
        sign_in_as(Role.AGENCY_LEAD, agency)
        fields = client.get(self.address(action)).context["form"].fields
        assert {"target", "lead_agency", "lead_officers", "assigned"}.isdisjoint(fields)

    def test_comes_back_as_a_row_where_the_list_asks(self, client, manager, action):
        as_part = {"HTTP_HX_REQUEST": "true"}
        response = client.get(self.address(action), **as_part)
        assert response["X-Part"] == "row"
        form = response.context["form"]
        typed = {"status": "ongoing", "note": "Done.", "lead_agency": action.lead_agency_id}
        typed |= {"lead_officers": "Head of Practice", "target": form["target"].value()}
        response = client.post(self.address(action), {**hidden(form), **typed}, **as_part)
        assert response.content.decode().strip().startswith("<tr")
        assert "Undo" in response.content.decode()
        undo = {"before": form["version"].value(), "after": Action.objects.version_of(action)}
        page = client.get(reverse("undo-change", args=[action.pk]), undo)
        response = client.post(reverse("undo-change", args=[action.pk]), hidden(page.context["form"]), **as_part)
        assert "Undone" in response.content.decode()
        action.refresh_from_db()
        assert action.status == Status.IN_PROGRESS

    def test_needs_a_reason_for_a_later_date(self, client, fill_in, manager, action):
        form = client.get(self.address(action)).context["form"]
        typed = {name: form[name].value() for name in ("status", "own_rating", "lead_agency", "lead_officers")}
        response = fill_in(self.address(action), **typed, target="31/3/2040", note="")
        assert "Enter why the target date is moved" in response.content.decode()

    def test_shows_what_changed_meanwhile(self, client, manager, action):
        form = client.get(self.address(action)).context["form"]
        typed = {
            name: form[name].value() for name in ("status", "own_rating", "lead_agency", "lead_officers", "target")
        }
        action.text, action._change_reason = "Reworded", "Board"
        action.save()
        response = client.post(self.address(action), {**hidden(form), **typed, "note": "My words"})
        assert response.status_code == 409
        assert "My words" in response.content.decode()

    def test_cannot_be_changed_by_a_board_member(self, client, sign_in_as, partnership, action):
        sign_in_as(role=Role.BOARD_MEMBER, of=partnership)
        assert client.get(self.address(action)).status_code == 403
        assert "data-change" not in client.get(f"{LIST}?view=all").content.decode()


class TestTheCost:
    @pytest.mark.parametrize("role", list(Role))
    def test_is_the_same_few_queries_for_one_action_and_for_many(
        self, client, sign_in_as, partnership, agency, recommendation, role, django_assert_max_num_queries
    ):
        sign_in_as(role=role, of=agency if role == Role.AGENCY_LEAD else partnership)
        about = {"recommendation": recommendation, "lead_agency": agency, "supporting_agencies": [agency]}
        ActionFactory(**about)
        for query in ("view=all", "columns=assigned,supporting,own&mine=assigned&evidence=none&moved=0&silent_since=1"):
            counts = []
            for number in (1, 20):
                ActionFactory.create_batch(number, **about)
                with django_assert_max_num_queries(14) as found:
                    client.get(f"{LIST}?{query}")
                counts.append(len(found))
            assert counts[0] == counts[1], query

    def test_of_the_sheet_is_the_same_for_one_action_and_for_many(
        self, client, manager, recommendation, django_assert_max_num_queries
    ):
        ActionFactory(recommendation=recommendation)
        with django_assert_max_num_queries(14) as few:
            client.get(reverse("sheet"))
        ActionFactory.create_batch(20, recommendation=recommendation)
        with django_assert_max_num_queries(len(few)):
            client.get(reverse("sheet"))


class TestTheSheet:
    def test_saves_the_lines_that_say_something_and_shows_again_those_that_clash(self, client, manager, recommendation):
        first, second, third = ActionFactory.create_batch(3, recommendation=recommendation)
        lines = client.get(reverse("sheet")).context["lines"]
        data = {"row": [each.pk for each in (first, second, third)]}
        for form in lines:
            data |= hidden(form) | {form.add_prefix(name): form[name].value() for name in ("status", "own_rating")}
        data |= {f"a{first.pk}-note": "Done.", f"a{second.pk}-status": "ongoing"}
        second.text, second._change_reason = "Reworded", "Board"
        second.save()
        response = client.post(reverse("sheet"), data)
        assert first.updates.get().what_was_done == "Done."
        assert not third.updates.exists()
        assert [form.action for form in response.context["lines"]] == [second]
        assert "Somebody else changed this action" in response.content.decode()


class TestTheOrder:
    @pytest.fixture(autouse=True)
    def _listed(self, recommendation, manager):
        for text, days, status in (
            ("done", -90, {"complete": True}),
            ("later", 90, {}),
            ("undated", None, {}),
            ("late", -9, {}),
            ("paused", -5, {"status": Status.PAUSED, "status_reason": "Court."}),
        ):
            dated = {"target_date": today() + timedelta(days)} if days else {"target_date": None, "target_kind": "none"}
            ActionFactory(recommendation=recommendation, text=text, **dated, **status)

    def test_begins_with_what_is_open_and_most_urgent_and_says_so(self, client):
        response = client.get(f"{LIST}?view=all")
        assert names(response) == ["late", "later", "undated", "done", "paused"]
        assert "open ones first, the most urgent at the top" in response.content.decode()

    def test_is_said_where_somebody_sorts(self, client):
        response = client.get(f"{LIST}?sort=-due")
        assert names(response) == ["later", "paused", "late", "done", "undated"]
        assert "in reverse order of “Due”" in response.content.decode()

    def test_is_the_same_from_both_ends_of_a_long_list(self, client, manager, recommendation):
        ActionFactory.create_batch(110, recommendation=recommendation)
        shown = [name for page in (1, 2, 3) for name in names(client.get(f"{LIST}?view=all&page={page}"))]
        expected = Action.objects.visible_to(manager).by_urgency()
        assert shown == [action.text for action in expected]
        assert shown[-2:] == ["done", "paused"]


class TestSelecting:
    """Ticks on several pages of the list, kept until something is done with them."""

    @pytest.fixture
    def actions(self, recommendation):
        return ActionFactory.create_batch(60, recommendation=recommendation)

    def keep(self, client, shown, ticked, query="", **typed):
        data = {"shown": ",".join(str(action.pk) for action in shown), "chosen": [action.pk for action in ticked]}
        return client.post(f"{reverse('select-actions')}?{query}", {**data, **typed})

    def selection(self, client, query="view=all"):
        return client.get(f"{LIST}?{query}").context["selection"]()

    def go_on(self, client, shown=(), ticked=()):
        data = {"shown": ",".join(str(action.pk) for action in shown), "chosen": [action.pk for action in ticked]}
        client.post(reverse("new-batch"), {**data, "ticked": "1"})
        return Batch.objects.latest("pk")

    def test_adds_up_over_the_pages_and_says_how_many_stand_elsewhere(self, client, manager, actions):
        self.keep(client, actions[:50], actions[:7], "sort=due")
        page = client.get(f"{LIST}?sort=due&page=2")
        assert "<strong>7 selected</strong>, 7 of them on other pages" in page.content.decode()
        page = client.get(f"{LIST}?sort=due")
        assert page.content.decode().count(" checked>") == 7
        batch = self.go_on(client, actions[50:], actions[50:55])
        assert sorted(batch.keys) == sorted(action.pk for action in [*actions[:7], *actions[50:55]])
        assert "12 actions chosen" in client.get(batch.get_absolute_url()).content.decode()

    def test_outlasts_sorting_and_filtering_and_forgets_what_is_no_longer_ticked(self, client, manager, actions):
        self.keep(client, actions[:50], actions[:2])
        self.keep(client, [actions[0]], [], "rating=red&sort=-due")
        assert self.selection(client)["number"] == 1
        assert self.selection(client, "text=nowhere&sort=status")["elsewhere"] == 1

    def test_leads_back_to_the_list_or_to_another_page_of_it(self, client, manager, actions):
        assert self.keep(client, [], [], "sort=due&rating=red")["Location"] == f"{LIST}?sort=due&rating=red"
        response = self.keep(client, actions[:1], actions[:1], then="?sort=due&page=2")
        assert response["Location"] == f"{LIST}?sort=due&page=2"
        assert self.selection(client)["number"] == 1
        assert client.get(reverse("select-actions"))["Location"] == f"{LIST}?view=all"

    def test_answers_a_script_with_the_sentence_alone(self, client, manager, actions):
        self.keep(client, actions[50:], actions[50:51])
        on_page = ",".join(str(action.pk) for action in actions[:50])
        response = self.keep(client, actions[:3], actions[:3], part=on_page)
        assert response["X-Part"] == "selection"
        assert "<strong>4 selected</strong>, 1 of them on other pages</p>" in response.content.decode()
        assert "<html" not in response.content.decode()

    def test_leaves_alone_what_another_window_ticked_on_the_same_page(self, client, manager, actions):
        for action in actions[:2]:
            self.keep(client, [action], [action], part="1")
        assert self.selection(client)["number"] == 2

    def test_shows_only_what_is_selected_and_clears_it(self, client, manager, actions):
        self.keep(client, actions[:50], actions[3:5])
        page = client.get(f"{LIST}?selected=yes")
        assert sorted(row.record.pk for row in page.context["table"].rows) == [actions[3].pk, actions[4].pk]
        assert "Selected: only these" in page.content.decode()
        response = client.post(f"{reverse('select-actions')}?selected=yes&sort=due", {"clear": "1"})
        assert response["Location"] == f"{LIST}?sort=due"
        assert self.selection(client)["number"] == 0

    def test_leaves_out_without_a_word_what_a_person_may_no_longer_see(self, client, manager, actions, recommendation):
        self.keep(client, actions, actions[:3])
        other = RecommendationFactory()
        actions[0].recommendation, actions[0].order = other, 99
        actions[0]._change_reason = "Moved"
        actions[0].save()
        assert self.selection(client)["number"] == 2
        assert sorted(self.go_on(client).keys) == [actions[1].pk, actions[2].pk]

    def test_takes_nothing_that_a_person_may_not_see(self, client, manager):
        foreign = ActionFactory()
        self.keep(client, [foreign], [foreign])
        assert not manager.selected.exists()

    def test_is_each_persons_own(self, client, manager, actions, sign_in_as, partnership):
        self.keep(client, actions, actions[:3])
        sign_in_as(of=partnership)
        assert self.selection(client)["number"] == 0

    def test_of_nothing_is_refused_with_a_sentence(self, client, manager, actions):
        response = client.post(reverse("new-batch"), {"shown": "", "ticked": "1"}, follow=True)
        assert "Choose at least one action first." in response.content.decode()

    @pytest.mark.parametrize("shown", ["", "x", "1,,x,99999999", "9" * 400])
    def test_survives_what_no_page_sends(self, client, manager, shown):
        data = {"shown": shown, "chosen": ["x", "-1", "٣"], "then": "//evil.example/?a=b&page=x"}
        response = client.post(reverse("select-actions"), data)
        assert response["Location"].startswith(LIST)

    def test_ends_when_the_actions_are_changed_and_keeps_what_was_ticked_since(self, client, manager, actions):
        batch = self.go_on(client, actions[:2], actions[:2])
        assert self.selection(client)["number"] == 2
        self.keep(client, actions[2:], actions[2:3])
        batches.weigh(batch=batch, by=manager, change=Change(status="ongoing"))
        batches.ask(batch=batch, by=manager)
        assert list(manager.selected.values_list("action", flat=True)) == [actions[2].pk]

    @pytest.mark.parametrize(("name", "args"), [("batch-export", ["csv"]), ("batch-report", [])])
    def test_ends_when_the_actions_are_handed_over_or_reported_on(self, client, manager, actions, name, args):
        batch = self.go_on(client, actions[:2], actions[:2])
        client.get(reverse(name, args=[batch.pk, *args]))
        assert not manager.selected.exists()

    def test_ends_when_people_are_reminded(self, client, fill_in, manager, actions):
        batch = self.go_on(client, actions[:2], actions[:2])
        fill_in(reverse("batch-remind", args=[batch.pk]), note="")
        assert not manager.selected.exists()


class TestUndoingMany:
    @pytest.fixture
    def actions(self, recommendation):
        return ActionFactory.create_batch(3, recommendation=recommendation)

    @pytest.fixture
    def batch(self, manager, actions):
        batch = batches.begin(by=manager, keys=[action.pk for action in actions])
        batches.weigh(batch=batch, by=manager, change=Change(status="ongoing", note="Board"))
        batch = batches.ask(batch=batch, by=manager)
        batches.do(batch)
        return batch

    def statuses(self):
        return list(Action.objects.order_by("pk").values_list("status", flat=True))

    def test_puts_everything_back_and_tells_who_and_why(self, client, fill_in, manager, actions, batch):
        assert reverse("undo-batch", args=[batch.pk]) in client.get(batch.get_absolute_url()).content.decode()
        assert "Undo these 3 changes" in client.get(reverse("undo-batch", args=[batch.pk])).content.decode()
        response = fill_in(reverse("undo-batch", args=[batch.pk]))
        assert response["Location"] == batch.get_absolute_url()
        assert "3 actions are as they were" in client.get(batch.get_absolute_url()).content.decode()
        assert self.statuses() == [Status.IN_PROGRESS] * 3
        for action in actions:
            line = action.history.first()
            assert (line.history_user, line.history_change_reason) == (manager, "Undone: progress update")

    def test_leaves_alone_what_was_changed_since_and_says_so(self, client, fill_in, manager, actions, batch):
        changed = Action.objects.get(pk=actions[1].pk)
        changed.text, changed._change_reason = "Reworded", "Board"
        changed.save()
        page = client.get(reverse("undo-batch", args=[batch.pk])).content.decode()
        assert "2 of 3 actions can be put back" in page
        fill_in(reverse("undo-batch", args=[batch.pk]))
        assert self.statuses() == [Status.IN_PROGRESS, Status.ONGOING, Status.IN_PROGRESS]
        page = client.get(batch.get_absolute_url()).content.decode()
        assert "Undone: 2 of 3 actions are as they were" in page
        assert "because the action was changed since" in page

    def test_leaves_alone_what_the_person_may_no_longer_see_or_change(self, manager, actions, batch):
        other = RecommendationFactory()
        moved = Action.objects.get(pk=actions[0].pk)
        moved.recommendation, moved.order, moved._change_reason = other, 99, "Moved"
        moved.save()
        batches.undo(batch=batch, by=manager)
        batch.refresh_from_db()
        assert batch.left == {str(moved.pk): batches.GONE}
        assert batch.put_back == 2

    def test_happens_once(self, client, fill_in, manager, batch):
        batches.undo(batch=batch, by=manager)
        with pytest.raises(RuleBroken, match="undone already"):
            batches.undo(batch=batch, by=manager)
        assert client.get(reverse("undo-batch", args=[batch.pk]))["Location"] == batch.get_absolute_url()
        assert reverse("undo-batch", args=[batch.pk]) not in client.get(batch.get_absolute_url()).content.decode()

    def test_is_not_offered_before_anything_is_done(self, client, manager, actions):
        batch = batches.begin(by=manager, keys=[action.pk for action in actions])
        assert client.get(reverse("undo-batch", args=[batch.pk]))["Location"] == batch.get_absolute_url()

    def test_a_small_one_is_all_or_nothing_where_something_breaks(self, monkeypatch, manager, batch):
        def break_down(*args, **about):
            raise OSError("The disk is full")

        monkeypatch.setattr(batches.services, "remember_changed", break_down)
        with pytest.raises(OSError, match="full"):
            batches.undo(batch=batch, by=manager)
        batch.refresh_from_db()
        assert self.statuses() == [Status.ONGOING] * 3
        assert batch.can_be_undone

    def test_of_very_many_is_done_in_the_background(
        self, client, fill_in, manager, batch, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(batches, "AT_ONCE", 2)
        with django_capture_on_commit_callbacks(execute=True):
            response = fill_in(reverse("undo-batch", args=[batch.pk]))
        batch.refresh_from_db()
        assert response["Location"] == batch.job.get_absolute_url()
        assert (batch.job.state, batch.put_back) == ("done", 3)
        assert "Undone: 3 actions are as they were" in client.get(batch.get_absolute_url()).content.decode()

    def test_is_for_who_changed_them_alone(self, client, sign_in_as, partnership, batch):
        sign_in_as(of=partnership)
        assert client.get(reverse("undo-batch", args=[batch.pk])).status_code == 404

    def test_undoes_a_sheet_as_one_though_its_lines_differ(self, client, fill_in, manager, actions):
        data = {"row": [action.pk for action in actions]}
        for form in client.get(reverse("sheet")).context["lines"]:
            data |= hidden(form) | {form.add_prefix(name): form[name].value() for name in ("status", "own_rating")}
        data |= {f"a{actions[0].pk}-note": "Done.", f"a{actions[1].pk}-status": "ongoing"}
        page = client.post(reverse("sheet"), data, follow=True).content.decode()
        batch = Batch.objects.get()
        assert (
            f'2 actions saved. <a class="govuk-link" href="{reverse("undo-batch", args=[batch.pk])}">Undo</a>' in page
        )
        fill_in(reverse("undo-batch", args=[batch.pk]))
        batch.refresh_from_db()
        assert (batch.put_back, batch.left) == (2, {})
        assert self.statuses() == [Status.IN_PROGRESS] * 3
        assert actions[0].updates.first().what_was_done.startswith("The update before this was made by mistake")


class TestMany:
    @pytest.fixture
    def actions(self, recommendation):
        return ActionFactory.create_batch(3, recommendation=recommendation)

    def test_are_all_that_match_on_every_page(self, client, manager, actions, recommendation):
        ActionFactory(recommendation=recommendation, complete=True)
        ActionFactory()
        response = client.post(f"{reverse('new-batch')}?status=open", {"all": "1"})
        assert sorted(Batch.objects.get().keys) == sorted(action.pk for action in actions)
        assert response["Location"] == Batch.objects.get().get_absolute_url()

    def test_are_only_what_the_person_may_see(self, client, manager, actions):
        foreign = ActionFactory()
        client.post(reverse("new-batch"), {"chosen": [foreign.pk, actions[0].pk], "ticked": "1"})
        assert Batch.objects.get().keys == [actions[0].pk]

    def weighed(self, manager, actions, **change):
        batch = batches.begin(by=manager, keys=[action.pk for action in actions])
        return batches.weigh(batch=batch, by=manager, change=Change(**change))

    def test_are_weighed_before_anything_changes(self, manager, actions, recommendation):
        complete = ActionFactory(recommendation=recommendation, complete=True)
        batch = self.weighed(manager, [*actions, complete], status="ongoing")
        assert len(batch.versions) == 3
        assert batch.refused[str(complete.pk)].startswith("This action is complete.")
        assert not Action.objects.filter(status="ongoing").exists()

    def test_are_weighed_by_the_same_few_queries(self, manager, actions, django_assert_max_num_queries, recommendation):
        counts = []
        assert manager.holds  # read once for each request
        for more in (0, 20):
            chosen = [*actions, *ActionFactory.create_batch(more, recommendation=recommendation)]
            batch = batches.begin(by=manager, keys=[action.pk for action in chosen])
            with django_assert_max_num_queries(10) as found:
                batches.weigh(batch=batch, by=manager, change=Change(status="ongoing"))
            counts.append(len(found))
        assert counts[0] == counts[1]

    def test_are_changed_each_by_itself_and_those_changed_meanwhile_left_alone(self, manager, actions):
        batch = batches.ask(batch=self.weighed(manager, actions, status="ongoing", note="Board"), by=manager)
        actions[1].text, actions[1]._change_reason = "Reworded", "Board"
        actions[1].save()
        batches.do(batch)
        batch.refresh_from_db()
        assert batch.changed == 2
        assert batch.refused == {str(actions[1].pk): changing.CHANGED_SINCE}
        assert Action.objects.filter(status="ongoing").count() == 2

    def test_are_changed_once_however_often_the_work_is_begun(self, manager, actions):
        batch = batches.ask(batch=self.weighed(manager, actions, note="Board"), by=manager)
        batches._change_next(batch.pk)
        batches.do(batch)
        batch.refresh_from_db()
        assert batch.changed == 3
        assert [action.updates.count() for action in actions] == [1, 1, 1]
        with pytest.raises(RuleBroken, match="done already"):
            batches.ask(batch=batch, by=manager)

    def test_are_changed_in_the_background_where_they_are_very_many(
        self, client, manager, actions, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(batches, "AT_ONCE", 2)
        with django_capture_on_commit_callbacks(execute=True):
            batch = batches.ask(batch=self.weighed(manager, actions, note="Board"), by=manager)
        batch.refresh_from_db()
        assert batch.job.state == "done"
        assert "3 actions are changed" in client.get(batch.get_absolute_url()).content.decode()

    def test_are_chosen_by_one_person_alone(self, client, sign_in_as, manager, actions, partnership):
        batch = batches.begin(by=manager, keys=[actions[0].pk])
        sign_in_as(of=partnership)
        assert client.get(batch.get_absolute_url()).status_code == 404

    def test_lead_to_a_report_on_their_reviews(self, client, manager, actions):
        batch = batches.begin(by=manager, keys=[action.pk for action in actions])
        response = client.get(reverse("batch-report", args=[batch.pk]), follow=True)
        assert list(response.context["form"].initial["reviews"]) == [actions[0].review]

    @pytest.mark.parametrize("kind", ["xlsx", "csv", "docx"])
    def test_go_out_as_a_file(self, client, manager, actions, kind):
        batch = batches.begin(by=manager, keys=[action.pk for action in actions])
        response = client.get(reverse("batch-export", args=[batch.pk, kind]))
        assert b"".join(response.streaming_content)

    def test_are_reminded_of_by_one_mail_for_each_person(
        self, fill_in, manager, actions, agency, recommendation, django_capture_on_commit_callbacks
    ):
        lead = MembershipFactory(agency_lead=True, agency=agency).user
        theirs = ActionFactory.create_batch(2, recommendation=recommendation, lead_agency=agency)
        batch = batches.begin(by=manager, keys=[action.pk for action in theirs])
        with django_capture_on_commit_callbacks(execute=True):
            fill_in(reverse("batch-remind", args=[batch.pk]), note="Before Friday, please.")
        (message,) = mail.outbox
        assert message.to == [lead.email]
        assert "Before Friday, please." in message.body
        assert "2 actions" in message.subject


class TestJumping:
    @pytest.fixture(autouse=True)
    def _numbered(self, recommendation, manager):
        self.first = ActionFactory(recommendation=recommendation, label="a")
        self.second = ActionFactory(recommendation=recommendation, label="b)")
        self.foreign = ActionFactory(recommendation__number="77", label="z")

    def leads_to(self, client, number):
        return client.get(reverse("jump"), {"number": number}).get("Location")

    @pytest.mark.parametrize("number", ["58a", "58 A", "58.a", "58(a)", "0319/58a", " 0319 / 58a "])
    def test_leads_to_the_action_of_a_number(self, client, number):
        assert self.leads_to(client, number) == self.first.get_absolute_url()

    def test_leads_to_the_action_of_a_label_with_a_bracket_and_of_a_key(self, client):
        assert self.leads_to(client, "58b") == self.second.get_absolute_url()
        assert self.leads_to(client, f"#{self.second.pk}") == self.second.get_absolute_url()

    def test_offers_all_that_a_number_may_mean(self, client):
        response = client.get(reverse("jump"), {"number": "58"})
        assert list(response.context["found"]) == [self.first, self.second]

    @pytest.mark.parametrize("number", ["77z", "77", "99", "0320/58a", "#999999", "", "9" * 40, "/", "a"])
    def test_finds_nothing_that_is_not_theirs_or_not_there(self, client, number):
        response = client.get(reverse("jump"), {"number": number})
        assert response.status_code == 200
        assert not response.context["found"]
