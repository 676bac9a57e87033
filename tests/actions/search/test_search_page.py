"""The page of search: what is found, how it is shown, and that nobody finds what they may not see."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.models import Action, Comment, Evidence, Meeting, MeetingDecision, SearchKind, Update
from actions.search import asked, databases, finding, results
from actions.search.excerpts import excerpt
from reviews.models import Recommendation, Response, Review
from scr_tracker.permissions import Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything():
    """A person who sees everything."""
    return UserFactory(administrator=True)


def found(text, user, review=None):
    """Return the (kind, name) of what a person finds."""
    question = asked.read(text)
    assert question, question.problem
    answer = finding.find_or_correct(question, user, review)
    return [(each.kind, each.name) for each in results.of(answer.ids, answer.asked, user)]


def decide(about, text, **more):
    """Let a meeting of its partnership decide something on an action, or on a recommendation."""
    action = about if isinstance(about, Action) else None
    partnership = (action or about.section).review.partnership
    meeting, _ = Meeting.objects.get_or_create(partnership=partnership, name="Sub-group", date=timezone.localdate())
    return MeetingDecision.objects.create(
        meeting=meeting,
        action=action,
        recommendation=None if action else about,
        by=UserFactory(),
        **{"outcome": "decision", "text": text, **more},
    )


def texts(text, user):
    """Return the texts in which a person finds something."""
    answer = finding.find(asked.read(text), user)
    return {re.sub("</?mark>", "", unescape(each.words[0])) for each in results.of(answer.ids, answer.asked, user)}


class TestWhatIsFound:
    @pytest.fixture
    def plan(self):
        """Something of each kind about herons."""
        review = ReviewFactory(reference="0319", pseudonym="Kit", plan_notes="Herons, as printed.")
        recommendation = RecommendationFactory(section__review=review, number="58", text="Count the herons.")
        action = ActionFactory(recommendation=recommendation, label="a", text="Ask where herons nest.")
        ResponseFactory(review=review, recommendations=[recommendation], text="We count herons.")
        update = UpdateFactory(action=action, what_was_done="Three herons were seen.")
        Comment.objects.create(action=action, by=update.by, at=timezone.now(), kind="challenge", text="Whose herons?")
        EvidenceFactory(title="Heron count", actions=[action])
        decide(action, "Count the herons twice.")
        return action

    def test_is_something_of_every_kind(self, plan, everything):
        assert {kind for kind, _ in found("herons", everything)} == set(SearchKind)

    def test_has_the_names_and_places_that_people_know(self, plan, everything, client):
        client.force_login(everything)
        page = client.get(reverse("search"), {"q": "heron"}).content.decode()
        for name in ("Action 58a", "Recommendation 58", "Response to recommendation 58", "Update on action 58a"):
            assert f">{name}</a>" in page
        assert ">Challenge on action 58a</a>" in page
        assert ">Decided on action 58a</a>" in page
        assert "<mark>Heron</mark> count</a>" in page
        assert "0319 Kit" in page
        for address in re.findall(r'class="app-result__name"><a class="govuk-link" href="([^"]+)"', page):
            answer = client.get(address)
            assert answer.status_code == 200
            if "#" in address:
                assert f'id="{address.partition("#")[2]}"' in answer.content.decode()

    def test_is_found_by_number_as_printed(self, plan, everything):
        ActionFactory(recommendation__number="5", label="8a")
        assert found("58a", everything)[0] == (SearchKind.ACTION, "Action 58a")
        assert {name for _, name in found("0319/58", everything)} == {"Recommendation 58", "Action 58a"}
        assert found("0319/58a", everything) == [(SearchKind.ACTION, "Action 58a")]

    def test_stays_within_one_review(self, plan, everything):
        other = ActionFactory(text="Herons elsewhere.")
        EvidenceFactory(title="Herons elsewhere", actions=[other])
        assert len(found("herons elsewhere", everything)) == 2
        assert found("herons elsewhere", everything, plan.review_id) == []
        assert len(found("herons", everything, plan.review_id)) == 8


class TestWords:
    @pytest.fixture(autouse=True)
    def _actions(self):
        for text in (
            "Listen to the voice of the child.",
            "The child raised their voice.",
            "Train supervisors in multi-agency assessment.",
            "Ask Siân about the café in Łódź and/or Llŷn.",
            "Review <b>bold</b> & other signs.",
        ):
            ActionFactory(text=text, recommendation__text="Other.")

    @pytest.mark.parametrize(
        ("text", "starts"),
        [
            ("voice child", {"Listen", "The child"}),
            ('"voice of the child"', {"Listen"}),
            ("voice -raised", {"Listen"}),
            ('voice -"the voice of the child"', {"The child"}),
            ("assessments supervisor", {"Train"}),
            ("multi agency", {"Train"}),
            ("multi-agency", {"Train"}),
            ("assessme", {"Train"}),
            ("Sian", {"Ask"}),
            ("SIÂN", {"Ask"}),
            ("cafe llyn", {"Ask"}),
            ("CHILD", {"Listen", "The child"}),
            ("bold", {"Review"}),
        ],
    )
    def test_find(self, text, starts, everything):
        found_texts = texts(text, everything)
        assert len(found_texts) == len(starts)
        assert all(each.startswith(tuple(starts)) for each in found_texts)

    def test_a_long_word_is_found_from_its_beginning(self, everything):
        ActionFactory(text="Arrange supervision.")
        for beginning in ("superv", "supervi", "supervis", "supervisi", "supervisio", "supervision"):
            assert "Arrange supervision." in texts(beginning, everything), beginning

    @pytest.mark.parametrize("text", ['"', "%", "\0", "x" * 10_000, "🙂", "the", "-child", "_", "'", "' or ''='"])
    def test_odd_ones_get_an_answer(self, text, everything, client):
        client.force_login(everything)
        assert client.get(reverse("search"), {"q": text}).status_code == 200
        assert client.get(reverse("action-list"), {"text": text}).status_code == 200

    @pytest.mark.parametrize(
        "text", ['a" OR "b', "a:* | b", "!child", "NEAR(child, voice)", "title:child", "child*", "(", "²"]
    )
    def test_are_never_taken_for_commands(self, text, everything, client):
        client.force_login(everything)
        assert client.get(reverse("search"), {"q": text}).status_code == 200

    def test_of_the_lists_filter_are_found_in_the_same_way(self, everything, client):
        client.force_login(everything)
        for text, count in (("voice child", 2), ('"voice of the child"', 1), ("voice -raised", 1), ("zebra", 0)):
            page = client.get(reverse("action-list"), {"text": text})
            assert page.context["table"].page.paginator.count == count, text


class TestMisspeltWords:
    @pytest.mark.parametrize("typed", ["suprevision", "dupervision", "upervision", "uspervision", "asupervision"])
    def test_are_found_as_the_likest_word_and_the_page_says_so(self, client, everything, typed):
        ActionFactory(text="Arrange supervision for all.", recommendation__text="Other.")
        client.force_login(everything)
        page = client.get(reverse("search"), {"q": typed}).content.decode()
        assert "Did you mean" in page
        assert ">supervision</a>" in page
        assert "<mark>supervision</mark>" in page

    def test_are_not_corrected_to_what_the_person_may_not_see(self):
        member = MembershipFactory(role=Role.BOARD_MEMBER).user
        ActionFactory(text="Arrange supervision for all.")
        assert found("suprevision", member) == []

    def test_without_anything_like_them_find_nothing(self, client, everything):
        client.force_login(everything)
        page = client.get(reverse("search"), {"q": "qqqqqqq"}).content.decode()
        assert "Nothing was found for “qqqqqqq”" in page


class TestSnippets:
    def test_are_escaped_whatever_stands_there(self, client, everything):
        ActionFactory(text='<script>alert("herons")</script> \x02herons\x03 & <mark>herons</mark>')
        client.force_login(everything)
        page = client.get(reverse("search"), {"q": "herons"}).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(&quot;<mark>herons</mark>&quot;)" in page
        assert "&lt;mark&gt;<mark>herons</mark>&lt;/mark&gt;" in page

    def test_show_the_part_where_the_words_stand(self, everything):
        ActionFactory(text=f"{'Before it. ' * 100} The herons came. {'After it. ' * 100}")
        question = asked.read("herons")
        (result,) = results.of(finding.find(question, everything).ids, question, everything)
        assert "<mark>herons</mark>" in result.words[0]
        assert len(result.words[0]) < 320
        assert result.words[0].startswith("… ")
        assert result.words[0].endswith(" …")

    def test_of_a_text_that_the_database_has_changed_have_no_marks(self):
        assert excerpt("Some words", "Some \x02longer\x03 words") == "Some words"

    def test_of_withdrawn_evidence_have_its_title_alone(self, everything):
        action = ActionFactory()
        EvidenceFactory(actions=[action], title="Letter", note="Secret herons")
        assert len(found("herons", everything)) == 1
        Evidence._base_manager.update(standing="withdrawn", standing_reason="Names a child.")
        assert found("herons", everything) == []
        assert found("letter", everything) == [(SearchKind.EVIDENCE, "Letter")]


class TestDecisions:
    def test_of_a_meeting_are_found_on_their_action_or_recommendation(self, everything, client):
        action = ActionFactory(recommendation__number="4", label="b")
        recommendation = RecommendationFactory(number="9")
        decide(action, "Herons first.", who="Named nurse")
        decide(recommendation, "Herons last.")
        assert found("herons", everything) == [
            (SearchKind.DECISION, "Decided on recommendation 9"),
            (SearchKind.DECISION, "Decided on action 4b"),
        ]
        assert found("nurse", everything) == [(SearchKind.DECISION, "Decided on action 4b")]
        client.force_login(everything)
        page = client.get(reverse("search"), {"q": "herons", "kind": "decisions"})
        assert [(kind.label, count) for kind, count, _ in page.context["kinds"]] == [("Decisions", "2")]
        content = page.content.decode()
        assert 'aria-current="page">Decisions' in content
        assert 'name="kind" value="decisions"' in content
        addresses = re.findall(r'class="app-result__name"><a class="govuk-link" href="([^"]+)"', content)
        assert len(addresses) == 2
        for address in addresses:
            assert f'id="{address.partition("#")[2]}"' in client.get(address).content.decode()

    def test_that_were_corrected_or_withdrawn_are_found_no_more(self, everything):
        action = ActionFactory()
        first, second = decide(action, "Herons and geese."), decide(action, "Herons and gulls.")
        corrected = decide(action, "Herons and ducks.", corrects=first)
        assert texts("herons", everything) == {"Herons and gulls.", "Herons and ducks."}
        decide(action, "Nothing was said of herons.", corrects=second, withdrawn=True)
        assert texts("herons", everything) == {"Herons and ducks."}
        decide(action, "Ducks only.", corrects=corrected)
        assert texts("herons", everything) == set()


class TestWhatPeopleSee:
    """Search finds exactly what the pages show."""

    @pytest.fixture
    def world(self):
        """Two partnerships; ours has an open and a restricted review, in which two agencies act."""
        ours, beside = AgencyFactory(), AgencyFactory()
        first = ActionFactory(text="Herons", lead_agency=ours)
        partnership = first.review.partnership
        restricted = ReviewFactory(partnership=partnership, restricted=True)
        named = ReviewFactory(partnership=partnership, restricted=True)
        actions = [
            first,
            ActionFactory(text="Herons", recommendation=first.recommendation, lead_agency=beside),
            ActionFactory(text="Herons", recommendation__section__review=first.review, supporting_agencies=[ours]),
            ActionFactory(text="Herons", recommendation__section__review=first.review, lead_agency=beside),
            ActionFactory(text="Herons", recommendation__section__review=restricted, lead_agency=ours),
            ActionFactory(text="Herons", recommendation__section__review=named, lead_agency=ours),
            ActionFactory(text="Herons", lead_agency=ours),
            ActionFactory(text="Herons"),
        ]
        actions[3].recommendation.also_answered_by.add(first)
        EvidenceFactory(title="Herons", actions=actions[2:4])
        by = UserFactory()
        for action in actions:
            recommendation = action.recommendation
            recommendation.text = "Herons"
            Recommendation._base_manager.filter(pk=recommendation.pk).update(text="Herons")
            Review._base_manager.filter(pk=action.review_id).update(plan_title="Herons")
            ResponseFactory(review=action.review, recommendations=[recommendation], text="Herons")
            UpdateFactory(action=action, what_was_done="Herons")
            Comment.objects.create(action=action, by=by, at=timezone.now(), text="Herons")
            EvidenceFactory(title="Herons", actions=[action])
            decide(action, "Herons")
            decide(recommendation, "Herons")
        people = {
            "administrator": UserFactory(administrator=True),
            "manager": MembershipFactory(partnership=partnership).user,
            "member": MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user,
            "lead": MembershipFactory(agency_lead=True, agency=ours).user,
            "lead beside": MembershipFactory(agency_lead=True, agency=beside).user,
            "lead and member": MembershipFactory(agency_lead=True, agency=beside).user,
            "leaver": MembershipFactory(partnership=partnership, user__is_active=False).user,
            "nobody": UserFactory(),
        }
        MembershipFactory(user=people["lead and member"], partnership=partnership, role=Role.BOARD_MEMBER)
        named.named_people.add(people["member"], people["lead"])
        return people

    @pytest.mark.parametrize(
        "person",
        ["administrator", "manager", "member", "lead", "lead beside", "lead and member", "leaver", "nobody"],
    )
    def test_is_what_they_find(self, world, person):
        user = world[person]
        ids = finding.find(asked.read("herons"), user).ids
        seen = {kind: {each // 8 for each in ids if each % 8 == kind} for kind in SearchKind}
        if not user.is_active:
            assert ids == []
            return
        actions = set(Action.objects.visible_to(user).values_list("pk", flat=True))
        recommendations = Recommendation.objects.visible_to(user)
        assert seen[SearchKind.REVIEW] == set(Review.objects.visible_to(user).values_list("pk", flat=True))
        assert seen[SearchKind.RECOMMENDATION] == set(recommendations.values_list("pk", flat=True))
        assert seen[SearchKind.RESPONSE] == set(
            Response.objects.filter(recommendations__in=recommendations).values_list("pk", flat=True)
        )
        assert seen[SearchKind.ACTION] == actions
        for kind, model in ((SearchKind.COMMENT, Comment),):
            assert seen[kind] == set(model.objects.filter(action__in=actions).values_list("pk", flat=True))
        assert len(seen[SearchKind.UPDATE]) == len(actions)
        decisions = MeetingDecision.objects.visible_to(user)
        assert seen[SearchKind.DECISION] == set(decisions.values_list("pk", flat=True))
        assert seen[SearchKind.EVIDENCE] == set(Evidence.objects.visible_to(user).values_list("pk", flat=True))
        assert {each for each in ids if each % 8 == SearchKind.ACTION} or person == "nobody"

    def test_is_all_that_results_name(self, world):
        user = world["lead beside"]
        question = asked.read("herons")
        ids = finding.find(question, user).ids
        shown = results.of(ids, question, user)
        assert len(shown) == len(ids)
        served = [each.place for each in shown if each.kind == SearchKind.EVIDENCE]
        assert all("for 1 action " in place for place in served)

    def test_is_the_same_for_a_review_out_of_sight_as_for_none(self, world):
        client, hidden = Client(), Review.objects.filter(restricted=True).earliest("pk")
        client.force_login(world["lead beside"])
        pages = [
            client.get(reverse("search"), {"q": "herons", "review": key}).content.decode()
            for key in (hidden.pk, 987654)
        ]
        tokens = re.compile(r'nonce="[^"]*"|value="[^"]*"|review=\d+')
        assert tokens.sub("", pages[0]) == tokens.sub("", pages[1])


class TestThePage:
    def test_has_the_same_number_of_queries_however_much_is_found(self, client, django_assert_max_num_queries):
        user = MembershipFactory().user
        partnership = user.memberships.get().partnership
        client.force_login(user)

        def add(count):
            for _ in range(count):
                action = ActionFactory(text="Herons", recommendation__section__review__partnership=partnership)
                UpdateFactory(action=action, what_was_done="Herons")
                EvidenceFactory(title="Herons", actions=[action])
                ResponseFactory(review=action.review, recommendations=[action.recommendation], text="Herons")

        add(1)
        with django_assert_max_num_queries(20) as few:
            client.get(reverse("search"), {"q": "herons"})
        add(15)
        with django_assert_max_num_queries(len(few)):
            page = client.get(reverse("search"), {"q": "herons"})
        assert page.context["page"].paginator.count == 64

    def test_counts_by_kind_and_pages_through(self, client, everything):
        for number in range(45):
            UpdateFactory(
                action=ActionFactory(text="Other", recommendation__text="Other"), what_was_done=f"Heron {number}"
            )
        ActionFactory(text="A heron", recommendation__text="Other")
        client.force_login(everything)
        page = client.get(reverse("search"), {"q": "heron"})
        assert [(kind.label, count) for kind, count, _ in page.context["kinds"]] == [
            ("Actions", "1"),
            ("Updates", "45"),
        ]
        seen = set()
        for number in (1, 2, 3):
            page = client.get(reverse("search"), {"q": "heron", "kind": "updates", "page": number})
            seen |= {result.url for result in page.context["results"]}
        assert len(seen) == 45
        assert "Results 41 to 45 of 45" in page.content.decode()

    def test_says_more_than_for_frequent_words(self, client, everything, monkeypatch):
        monkeypatch.setattr("actions.search.finding.MOST", 5)
        action = ActionFactory(text="Other", recommendation__text="Other")
        for number in range(9):
            UpdateFactory(action=action, what_was_done=f"Heron {number}")
        client.force_login(everything)
        page = client.get(reverse("search"), {"q": "heron"})
        assert page.context["total"] == "more than 5"
        assert len(page.context["results"]) == 5

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="asks the index of words about everything")
    def test_looks_at_the_newest_of_very_many_where_words_are_neither_frequent_nor_rare(
        self, client, everything, monkeypatch
    ):
        action = ActionFactory(text="Other", recommendation__text="Other")
        for number in range(60):
            UpdateFactory(action=action, what_was_done="Heron" if number % 15 == 14 or not number else "Falcon")
        monkeypatch.setattr(databases, "PROBED", 40)
        monkeypatch.setattr(databases, "NEWEST", 20)
        client.force_login(everything)
        assert client.get(reverse("search"), {"q": "heron"}).context["total"] == "5"
        monkeypatch.setattr(databases, "FREQUENT", 10)
        monkeypatch.setattr(databases, "VERY_MANY", -2)
        page = client.get(reverse("search"), {"q": "heron"})
        assert page.context["total"] == "more than 2"
        assert len(page.context["results"]) == 2
        newest = Update.objects.filter(what_was_done="Heron").order_by("-pk")[:2]
        assert {result.url for result in page.context["results"]} == {
            f"{action.get_absolute_url()}#update-{each.pk}" for each in newest
        }
        assert client.get(reverse("search"), {"q": "heron", "review": action.review_id}).context["total"] == "5"

    def test_has_all_of_one_review_however_frequent_the_words_are(self, client, everything, monkeypatch):
        monkeypatch.setattr("actions.search.finding.MOST", 5)
        action, other = (ActionFactory(text="Other", recommendation__text="Other") for _ in range(2))
        for number in range(9):
            UpdateFactory(action=action, what_was_done=f"Heron {number}")
        for number in range(9):
            UpdateFactory(action=other, what_was_done=f"Heron {number}")
        client.force_login(everything)
        page = client.get(reverse("search"), {"q": "heron", "review": action.review_id})
        assert page.context["total"] == "9"
        assert not page.context["over"]
        assert len(page.context["results"]) == 9

    def test_search_is_on_every_page_for_those_who_are_signed_in(self, client, everything):
        assert "header-search" not in client.get(reverse("sign-in")).content.decode()
        client.force_login(everything)
        assert 'id="header-search"' in client.get(reverse("home")).content.decode()

    def test_does_without_trigrams(self, client, everything):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DROP EXTENSION IF EXISTS pg_trgm CASCADE")
        client.force_login(everything)
        assert client.get(reverse("search"), {"q": "suprevision"}).status_code == 200
