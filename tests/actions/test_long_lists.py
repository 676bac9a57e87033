"""Lists that are longer than anybody looks through: what is counted, sorted and offered of them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions import found_warnings, offering
from actions.choices import OwnRating
from actions.models import Action, Batch, SearchKind
from actions.models import action as action_module
from actions.search import asked, databases, finding, sight
from reviews.models import Review
from scr_tracker import paging
from scr_tracker.permissions import Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    today,
)

pytestmark = pytest.mark.django_db

LIST = "/actions/"


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def recommendation(partnership):
    return RecommendationFactory(section__review__partnership=partnership)


@pytest.fixture
def manager(sign_in_as, partnership):
    return sign_in_as(of=partnership)


@pytest.fixture
def most(monkeypatch):
    """Let lists count three at most."""
    monkeypatch.setattr(paging, "MOST", 3)
    monkeypatch.setattr(paging, "FEWER", 3)


def names(response):
    """Return the actions of a list in their order."""
    return [row.record.text for row in response.context["table"].page.object_list]


def make_actions(recommendation, count, **also):
    """Return so many actions, each due a day after the one before."""
    return [
        ActionFactory(
            recommendation=recommendation,
            text=f"Task {place}",
            target_date=today() + timedelta(100 + place),
            **also,
        )
        for place in range(count)
    ]


@pytest.mark.usefixtures("manager", "most")
class TestTheListOfActions:
    def test_counts_up_to_a_number_and_says_that_there_are_more(self, client, recommendation):
        make_actions(recommendation, 5)
        page = client.get(LIST, {"view": "all"})
        assert "More than 3 actions<" in page.content.decode()
        assert "The pages show the first 3: filter to see others" in page.content.decode()
        assert page.context["table"].page.paginator.count == 3

    def test_of_exactly_that_many_is_counted_as_any_other(self, client, recommendation):
        make_actions(recommendation, 3)
        page = client.get(LIST, {"view": "all"}).content.decode()
        assert "3 actions" in page
        assert "More than" not in page

    def test_leads_to_the_first_of_them_page_by_page(self, client, recommendation, monkeypatch):
        monkeypatch.setattr("actions.views.actions.ActionList.table_pagination", {"per_page": 2})
        make_actions(recommendation, 5)
        assert names(client.get(LIST, {"view": "all"})) == ["Task 0", "Task 1"]
        last = client.get(LIST, {"view": "all", "page": 2})
        assert names(last) == ["Task 2"]
        assert "page=3" not in last.content.decode()
        assert names(client.get(LIST, {"view": "all", "page": 90})) == ["Task 2"]

    def test_filtered_leads_to_the_others(self, client, recommendation):
        make_actions(recommendation, 5)
        after = today() + timedelta(103)
        page = client.get(LIST, {"due_after": f"{after:%d/%m/%Y}"})
        assert names(page) == ["Task 3", "Task 4"]
        assert "2 actions" in page.content.decode()

    def test_goes_on_with_all_of_them_by_their_true_number(self, client, recommendation, manager):
        actions = make_actions(recommendation, 5)
        page = client.get(LIST, {"view": "all"}).content.decode()
        assert "Go on with all that match" in page
        client.post("/actions/batches/new/?view=all", {"all": "1"})
        assert sorted(Batch.objects.get().keys) == [action.pk for action in actions]

    def test_is_handed_over_whole_as_a_file(self, client, recommendation):
        make_actions(recommendation, 5)
        lines = b"".join(client.get("/actions/export/csv/").streaming_content).decode()
        assert all(f"Task {place}" in lines for place in range(5))


@pytest.mark.usefixtures("manager")
class TestSortedByRating:
    @pytest.fixture(autouse=True)
    def _rated(self, recommendation):
        later = today() + timedelta(200)
        ActionFactory(recommendation=recommendation, text="done", complete=True)
        ActionFactory(recommendation=recommendation, text="green", target_date=later)
        ActionFactory(recommendation=recommendation, text="set aside", paused=True)
        ActionFactory(recommendation=recommendation, text="red", own_rating=OwnRating.RED, target_date=later)
        ActionFactory(recommendation=recommendation, text="red, no date", own_rating=OwnRating.RED, undated=True)
        ActionFactory(recommendation=recommendation, text="late", overdue=True)
        ActionFactory(recommendation=recommendation, text="amber", own_rating=OwnRating.AMBER, target_date=later)

    WORST_FIRST = ("late", "red", "red, no date", "amber", "green", "set aside", "done")
    BEST_FIRST = ("done", "set aside", "green", "amber", "late", "red", "red, no date")

    def test_the_worst_stand_first_and_of_one_rating_the_soonest(self, client):
        assert names(client.get(LIST, {"sort": "rating"})) == list(self.WORST_FIRST)
        assert names(client.get(LIST, {"sort": "-rating"})) == list(self.BEST_FIRST)

    def test_pages_follow_one_another(self, client, monkeypatch):
        monkeypatch.setattr("actions.views.actions.ActionList.table_pagination", {"per_page": 2})
        shown = [names(client.get(LIST, {"sort": "rating", "page": page})) for page in (1, 2, 3, 4)]
        assert sum(shown, []) == list(self.WORST_FIRST)

    def test_a_file_has_the_same_order(self, client):
        lines = b"".join(client.get("/actions/export/csv/?sort=rating").streaming_content).decode()
        places = [lines.index(f"{text}") for text in ("late", "amber", "green", "set aside", "done")]
        assert places == sorted(places)

    def test_by_last_update_those_never_reported_on_stand_first_or_last(self, client, recommendation):
        Action.objects.all()._raw_delete(Action.objects.db)
        for text, days in (("never", None), ("long ago", 90), ("lately", 2)):
            last = today() - timedelta(days) if days else None
            ActionFactory(recommendation=recommendation, text=text, last_update_on=last)
        assert names(client.get(LIST, {"sort": "updated"})) == ["never", "long ago", "lately"]
        assert names(client.get(LIST, {"sort": "-updated"})) == ["lately", "long ago", "never"]


class TestVeryManyReviews:
    @pytest.fixture(autouse=True)
    def _few_are_very_many(self, monkeypatch):
        monkeypatch.setattr(offering, "MOST", 2)
        monkeypatch.setattr(action_module, "MOST_KEYS", 2)
        monkeypatch.setattr(sight, "MOST_KEYS", 2)

    @pytest.fixture
    def reviews(self, partnership):
        return [ReviewFactory(partnership=partnership, reference=f"R{number}X") for number in range(4)]

    def test_the_newest_are_offered_and_the_one_chosen(self, client, manager, reviews):
        newest = client.get(LIST, {"view": "all"}).context["filter"].form["review"]
        assert [name for _, name in newest.field.choices][1:] == [str(review) for review in reviews[2:]]
        assert newest.help_text == f"The newest {offering.MOST}"
        chosen = client.get(LIST, {"review": reviews[0].pk}).context["filter"].form
        assert chosen.is_valid()
        assert [name for _, name in chosen["review"].field.choices][1:] == [str(reviews[i]) for i in (0, 2, 3)]

    def test_one_that_is_out_of_sight_is_not_offered_when_it_is_asked_for(self, client, manager, reviews):
        foreign = ReviewFactory()
        assert not client.get(LIST, {"review": foreign.pk}).context["filter"].form.is_valid()
        for odd in ("x", "9" * 40, "²"):
            assert client.get(LIST, {"review": odd}).status_code == 200

    def test_few_are_all_offered_without_a_word(self, client, manager, partnership):
        ReviewFactory(partnership=partnership)
        field = client.get(LIST, {"view": "all"}).context["filter"].form["review"]
        assert not field.help_text
        assert len(list(field.field.choices)) == 2

    def test_an_older_one_is_found_by_its_reference(self, client, manager, reviews):
        for review in reviews:
            ActionFactory(recommendation__section__review=review, text=f"Task of {review.reference}")
        assert names(client.get(LIST, {"text": "R1X"})) == ["Task of R1X"]

    def test_less_is_counted(self, client, manager, reviews, monkeypatch):
        monkeypatch.setattr(paging, "FEWER", 3)
        make_actions(RecommendationFactory(section__review=reviews[0]), 5)
        assert "More than 3 actions" in client.get(LIST, {"view": "all"}).content.decode()

    def test_the_page_of_warnings_offers_the_newest_too(self, client, manager, reviews):
        found_warnings.look_through(Review.objects.all())
        form = client.get("/data-warnings/", {"review": reviews[0].pk}).context["form"]
        assert form.is_valid()
        assert [name for _, name in form.fields["review"].choices][1:] == [str(reviews[i]) for i in (0, 2, 3)]

    @pytest.mark.parametrize("role", Role)
    def test_a_list_shows_what_the_person_may_see_and_nothing_else(self, client, partnership, reviews, role):
        agency = AgencyFactory(partnerships=[partnership])
        reviews.append(ReviewFactory(partnership=partnership, restricted=True))
        for review in [*reviews, ReviewFactory()]:
            ActionFactory(recommendation__section__review=review, text=f"{review.reference} heron", lead_agency=agency)
            ActionFactory(recommendation__section__review=review, text=f"{review.reference} falcon")
        where = {"agency": agency, "partnership": None} if role == Role.AGENCY_LEAD else {"partnership": partnership}
        user = MembershipFactory(role=role, **where).user
        client.force_login(user)
        seen = set(Action.objects.visible_to(user).values_list("text", flat=True))
        assert set(names(client.get(LIST, {"view": "all"}))) == seen
        assert 0 < len(seen) < Action.objects.count()
        found = finding.find(asked.read("heron -zebra"), user)
        assert {each // 8 for each in found.of(SearchKind.ACTION)} == {
            pk for pk, text in Action.objects.visible_to(user).values_list("pk", "text") if "heron" in text
        }


class TestWhatSomebodySeesForTheSakeOfAgencies:
    """A list is cut from what each agency leads and what it supports; together that is what the person may see."""

    @pytest.fixture(autouse=True)
    def _pages_of_seven(self, monkeypatch):
        monkeypatch.setattr("actions.views.actions.ActionList.table_pagination", {"per_page": 7})

    @pytest.fixture(params=["one", "two", "very many", "one, and a partnership", "one, and an empty partnership"])
    def lead(self, request, client, partnership, monkeypatch):
        """Return somebody who leads for agencies, with actions around what they may see."""
        elsewhere = PartnershipFactory()
        agencies = [AgencyFactory(partnerships=[partnership, elsewhere]) for _ in range(3)]
        if request.param == "very many":
            monkeypatch.setattr(action_module, "MOST_WAYS", 1)
        ours = agencies[: 1 if "one" in request.param else 2]
        other = agencies[2]
        user = MembershipFactory(role=Role.AGENCY_LEAD, agency=ours[0], partnership=None).user
        for agency in ours[1:]:
            MembershipFactory(user=user, role=Role.AGENCY_LEAD, agency=agency, partnership=None)
        recommendations = [
            RecommendationFactory(section__review__partnership=where, section__review__restricted=restricted)
            for where, restricted in ((partnership, False), (elsewhere, False), (elsewhere, True), (elsewhere, True))
        ]
        recommendations[3].section.review.named_people.add(user)
        if "partnership" in request.param:
            of = partnership if "and a " in request.param else PartnershipFactory()
            MembershipFactory(user=user, role=Role.BUSINESS_MANAGER, partnership=of)
        ways = [(ours[0], []), (ours[-1], [other]), (other, ours), (None, ours[-1:]), (ours[0], ours), (other, [])]
        for place, recommendation in enumerate(recommendations):
            for number, (leading, supporting) in enumerate(ways):
                ActionFactory(
                    recommendation=recommendation,
                    text=f"Heron {place}{number}",
                    target_date=today() + timedelta(100 - 10 * place + 7 * number % 20),
                    own_rating=[OwnRating.RED, OwnRating.AMBER, ""][number % 3],
                    last_update_on=None if number == 2 else today() - timedelta(7 * number % 5),
                    lead_agency=leading,
                    supporting_agencies=supporting,
                    **({"complete": True} if number == 4 else {}),
                )
        client.force_login(user)
        return user

    QUERIES = (
        *("view=all", "status=open&sort=due", "sort=-due", "sort=rating", "rating=red&sort=-updated", "sort=lead"),
        *("mine=agency", "text=heron+-03", "selected=yes", "due_before=1/1/1990"),
    )

    def test_is_in_the_list_page_by_page_and_in_order(self, client, lead):
        seen = set(Action.objects.visible_to(lead).values_list("text", flat=True))
        assert 0 < len(seen) < Action.objects.count()
        for query in self.QUERIES:
            # A file has what the person may see in order, found at once.
            file = b"".join(client.get(f"/actions/export/csv/?{query}").streaming_content).decode()
            wanted = re.findall("Heron [0-9]{2}", file)
            assert set(wanted) <= seen
            pages = [
                client.get(f"{LIST}?{query}&page={number}") for number in range(1, max(-(-len(wanted) // 7), 1) + 1)
            ]
            assert (query, sum(map(names, pages), [])) == (query, wanted)
            assert pages[0].context["table"].page.paginator.count == len(wanted)

    def test_is_counted_as_far_as_anything(self, client, lead, most):
        assert "More than 3 actions" in client.get(LIST, {"view": "all"}).content.decode()

    def test_is_nothing_where_a_filter_is_wrong(self, client, lead):
        assert names(client.get(LIST, {"due_after": "soon"})) == []

    def test_is_in_one_part_each(self, lead):
        whole = action_module.of_reviews_seen_whole(lead)
        found = [
            way.values_list("pk", flat=True) for way in Action.objects.order_by("pk").ways_to_see(lead, whole=whole)
        ]
        assert sorted(key for way in found for key in way) == sorted(
            Action.objects.visible_to(lead).values_list("pk", flat=True)
        )


class TestFrequentWords:
    @pytest.fixture(autouse=True)
    def _few_are_frequent(self, monkeypatch):
        monkeypatch.setattr(databases, "PROBED", 20)
        monkeypatch.setattr(paging, "FEWER", 3)

    @pytest.fixture(autouse=True)
    def _listed(self, partnership, manager):
        recommendation = RecommendationFactory(section__review__partnership=partnership, text="Teach them.")
        for place in range(5):
            ActionFactory(recommendation=recommendation, text=f"Supervision {place}")
        ActionFactory(recommendation=recommendation, text="Training")
        more = RecommendationFactory(section=recommendation.section, text="Supervise them.")
        ActionFactory(recommendation=more, text="Answers it")

    @pytest.mark.parametrize(
        ("words", "count"),
        [
            *(("supervision", 6), ("supervision -answers", 5), ("training", 1), ("-supervision training", 1)),
            *(('"supervision 3"', 1), ("supervision training", 0), ("supervision answers", 1)),
        ],
    )
    def test_are_found_as_others_are(self, client, words, count, monkeypatch):
        monkeypatch.setattr(paging, "FEWER", 100)
        assert len(names(client.get(LIST, {"text": words}))) == count

    def test_are_counted_as_far_as_search_counts(self, client):
        assert "More than 3 actions" in client.get(LIST, {"text": "supervision"}).content.decode()
        assert "1 action<" in client.get(LIST, {"text": "training"}).content.decode()


@pytest.mark.usefixtures("manager")
class TestQueries:
    @pytest.mark.parametrize(
        "query", ["view=all", "status=open&sort=due", "rating=overdue", "sort=rating", "sort=-updated", "text=task"]
    )
    def test_are_as_many_for_many_actions_as_for_few(self, client, recommendation, query):
        make_actions(recommendation, 51, own_rating=OwnRating.RED)
        numbers = set()
        for _ in range(2):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(f"{LIST}?{query}")
            numbers.add(len(queries))
            further = RecommendationFactory(section__review__partnership=recommendation.section.review.partnership)
            make_actions(further, 51, own_rating=OwnRating.RED)
        assert len(numbers) == 1


@pytest.mark.usefixtures("manager", "most")
class TestTheQueueForSignOff:
    def test_counts_up_to_a_number_and_shows_how_much_evidence_there_is(self, client, recommendation):
        for place in range(5):
            ActionFactory(recommendation=recommendation, text=f"Task {place}", submitted=True)
        page = client.get("/sign-off/").content.decode()
        assert "More than 3 actions, the longest waiting first" in page
