"""Recommendations that say what another said: found by their words and subjects, offered, never asserted."""

import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from reviews import similar
from reviews.models import KeptWordings, RecommendationLink
from reviews.similar import AllRecommendations, Wordings, said_before, said_before_text, subjects, terms_of
from scr_tracker.history import remember
from tests.factories import ActionFactory, PartnershipFactory, RecommendationFactory, ReviewFactory, UserFactory

PLANS = {"G": "GLOS", "F": "FAMY", "W": "WM", "N": "BP_NARRATIVE", "B": "BUCKS"}
GROUPS = Path(__file__).with_name("said_again.txt")


class TestWords:
    def test_a_formula_of_the_trade_says_nothing(self):
        assert terms_of("It is recommended that the Board be assured that all agencies ensure this.") == {}

    def test_different_words_name_one_subject(self):
        assert "<domestic abuse>" in terms_of("Violent families and domestic violence")
        assert "<domestic abuse>" in terms_of("Every MARAC")
        assert "<general practice>" in terms_of("The GP's letters")

    def test_every_subject_of_the_file_can_be_found(self):
        assert all(subjects().values())

    @given(st.text(max_size=200))
    def test_any_text_has_terms_without_trouble(self, text):
        assert all(weight > 0 for weight in terms_of(text).values())


class TestNearest:
    def test_the_same_in_other_words_comes_first(self):
        wordings = Wordings(
            {
                1: "Health visitors should record every bruise on a baby.",
                2: "Fathers should be part of each assessment.",
                3: "Minutes of conferences should reach the school within a week.",
            }.items()
        )
        assert wordings.nearest("An injury of an infant must be noted by the HV.")[0] == 1
        assert wordings.nearest("Men in the household, and fathers above all, are to be assessed.")[0] == 2

    def test_what_shares_nothing_is_not_offered(self):
        wordings = Wordings([(1, "Fathers should be part of each assessment.")])
        assert wordings.nearest("Parking at the station") == []

    def test_a_text_put_again_replaces_the_one_before(self):
        wordings = Wordings([(1, "Parking at the station"), (2, "Bicycles")])
        wordings.put(1, "Escalation of disagreements")
        assert wordings.nearest("Parking") == []
        assert wordings.nearest("How to escalate") == [1]

    @given(st.lists(st.sampled_from(["fathers matter", "records of bruises", "supervision of midwives"]), max_size=6))
    def test_the_same_text_is_always_the_nearest(self, texts):
        wordings = Wordings(enumerate(texts))
        for key, text in enumerate(texts):
            assert texts[wordings.nearest(text, 1)[0]] == text, key


@pytest.fixture(scope="module")
def recommendations(shared_plans):
    """The recommendations of the five published plans: {"G1": text}."""
    return {
        f"{letter}{place}": text
        for letter, name in PLANS.items()
        for place, text in enumerate(_texts(shared_plans / "truth" / f"{name}.json"), start=1)
    }


def _texts(path):
    plan = json.loads(path.read_text(encoding="utf-8"))
    return [each["text"] for section in plan["sections"] for each in section["recommendations"]]


@pytest.fixture(scope="module")
def offered(recommendations):
    """For each recommendation the five others that are offered."""
    wordings = Wordings(recommendations.items())
    return {
        key: [other for other in wordings.nearest(text, 6) if other != key][:5] for key, text in recommendations.items()
    }


class TestRealRecommendations:
    def test_there_are_241(self, recommendations):
        assert len(recommendations) == 241

    @pytest.mark.parametrize("pair", [("G1", "F12"), ("G26", "F18"), ("N35", "N41")])
    def test_the_near_identical_come_first(self, offered, pair):
        one, other = pair
        assert offered[one][0] == other
        assert offered[other][0] == one

    def test_a_true_partner_is_nearly_always_among_the_five_offered(self, offered):
        partners = defaultdict(set)
        for line in GROUPS.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                for one, other in combinations(line.split(), 2):
                    partners[one].add(other)
                    partners[other].add(one)
        found = sum(bool(partners[key] & set(offered[key])) for key in partners)
        assert found / len(partners) >= 0.85


@pytest.mark.django_db
class TestSaidBefore:
    TEXT = "Midwives should record who comes with a mother to each appointment."

    @pytest.fixture
    def here(self):
        return RecommendationFactory(text=self.TEXT)

    def other(self, here, **values):
        values.setdefault("section__review__partnership", here.section.review.partnership)
        return RecommendationFactory(**{"text": self.TEXT.replace("record", "note")} | values)

    def test_finds_what_another_review_said(self, here):
        other = self.other(here)
        assert said_before(here, UserFactory(is_superuser=True)) == [other]

    def test_finds_it_for_a_text_that_is_not_saved_yet(self, here):
        user = UserFactory(is_superuser=True)
        assert said_before_text(self.TEXT, user) == [here]
        assert said_before_text(self.TEXT, user, review=here.section.review_id) == []

    def test_finds_what_one_may_see_behind_much_that_one_may_not(self, here, monkeypatch, sign_in_as):
        monkeypatch.setattr(similar, "LONGEST_SEARCH", 3)
        for _ in range(4):
            RecommendationFactory(text=self.TEXT)
        user = sign_in_as(of=here.section.review.partnership)
        assert said_before_text(self.TEXT.replace("appointment", "visit"), user) == [here]

    def test_does_not_offer_what_the_person_may_not_see(self, here, client, sign_in_as):
        self.other(here, section__review=ReviewFactory(partnership=PartnershipFactory(), pseudonym="Hidden"))
        sign_in_as(of=here.section.review.partnership)
        assert "Said before" not in client.get(here.get_absolute_url()).content.decode()

    def test_knows_at_once_of_a_new_wording(self, here):
        other = self.other(here, text="Bicycles should have lamps.")
        user = UserFactory(is_superuser=True)
        assert said_before(here, user) == []
        other.text = self.TEXT
        remember(other, by=user, why="Reworded")
        assert said_before(here, user) == [other]

    def test_the_page_says_what_came_of_it(self, here, client, sign_in_as):
        other = self.other(here)
        for number, done in enumerate([True, False], start=1):
            ActionFactory(recommendation=other, order=number, complete=done)
        sign_in_as(of=here.section.review.partnership)
        assert "1 of 2 actions complete" in client.get(here.get_absolute_url()).content.decode()

    def test_a_manager_links_the_repeat_and_the_history_says_so(self, here, client, sign_in_as):
        other = self.other(here)
        user = sign_in_as(of=here.section.review.partnership)
        for _ in range(2):
            said = {"other": other.pk, "relation": "repeats"}
            page = client.post(reverse("link-recommendation", args=[here.pk]), said, follow=True)
        assert "Repeats" in page.content.decode()
        link = RecommendationLink.objects.get()
        assert link.other == other
        [line] = link.history.all()
        assert (line.history_user, line.history_change_reason) == (user, "Linked")

    def test_a_board_member_does_not_link(self, here, client, sign_in_as):
        sign_in_as("board_member", of=here.section.review.partnership)
        said = {"other": self.other(here).pk, "relation": "repeats"}
        answer = client.post(reverse("link-recommendation", args=[here.pk]), said)
        assert answer.status_code == 403

    def test_nobody_links_to_what_they_cannot_see(self, here, client, sign_in_as):
        hidden = self.other(here, section__review=ReviewFactory(partnership=PartnershipFactory()))
        sign_in_as(of=here.section.review.partnership)
        for key in (hidden.pk, here.pk, "x", ""):
            said = {"other": key, "relation": "repeats"}
            assert client.post(reverse("link-recommendation", args=[here.pk]), said).status_code == 404

    def test_takes_the_same_few_queries_whatever_there_is(
        self, here, client, sign_in_as, django_assert_max_num_queries
    ):
        for _ in range(8):
            ActionFactory(recommendation=self.other(here))
        sign_in_as(of=here.section.review.partnership)
        with django_assert_max_num_queries(28):
            client.get(here.get_absolute_url())


@pytest.mark.django_db
class TestSeveralProcesses:
    """Each process has an index of its own; what another writes is in the database alone."""

    TEXTS = [
        f"{word} must be looked at by all." for word in ("Parrots", "Bicycles", "Lanterns", "Harbours", "Orchards")
    ]

    @pytest.fixture
    def recommendations(self):
        return [RecommendationFactory(text=text) for text in self.TEXTS]

    def test_a_change_made_in_another_process_is_seen(self, recommendations):
        one, other = AllRecommendations(), AllRecommendations()
        assert one.nearest("Parrots", 1) == other.nearest("Parrots", 1) == [recommendations[0].pk]
        recommendations[1].text = "Steamboats must be looked at by all."
        remember(recommendations[1], by=None, why="Reworded")
        added = RecommendationFactory(text="Windmills must be looked at by all.")
        for process in (one, other):
            assert process.nearest("Steamboats", 1) == [recommendations[1].pk]
            assert process.nearest("Bicycles", 1) == []
            assert process.nearest("Windmills", 1) == [added.pk]

    def test_a_change_takes_only_its_own_text_apart(self, recommendations, monkeypatch):
        process, taken = AllRecommendations(), []
        process.nearest("Parrots")
        monkeypatch.setattr(Wordings, "put", lambda self, key, text: taken.append(key))
        recommendations[1].text = "Steamboats"
        remember(recommendations[1], by=None, why="Reworded")
        process.nearest("Parrots")
        assert taken == [recommendations[1].pk]

    def test_a_process_that_starts_reads_what_was_kept(self, recommendations, monkeypatch):
        monkeypatch.setattr(similar, "KEPT_AFTER", 3)
        AllRecommendations().nearest("Parrots")
        assert KeptWordings.objects.get().made_by
        taken, put = [], Wordings.put
        monkeypatch.setattr(Wordings, "put", lambda self, key, text: (taken.append(key), put(self, key, text)))
        added = RecommendationFactory(text="Windmills must be looked at by all.")
        process = AllRecommendations()
        assert process.nearest("Orchards", 1) == [recommendations[4].pk]
        assert process.nearest("Windmills", 1) == [added.pk]
        assert taken == [added.pk]

    def test_what_was_kept_by_other_rules_is_not_read(self, recommendations, monkeypatch):
        monkeypatch.setattr(similar, "KEPT_AFTER", 3)
        KeptWordings.objects.create(pk=1, made_by="another day", up_to=10**9, content=b"nonsense")
        assert AllRecommendations().nearest("Orchards", 1) == [recommendations[4].pk]

    def test_no_page_waits_for_all_of_them(self, recommendations, monkeypatch):
        monkeypatch.setattr(similar, "MOST_AT_ONCE", 2)
        process = AllRecommendations()
        assert process.nearest("Orchards", 1) == [recommendations[4].pk]
        assert process.nearest("Parrots", 1) == []
        assert process.nearest("Parrots", 1) == [recommendations[0].pk]


class TestKeeping:
    @given(st.lists(st.sampled_from(["fathers matter", "records of bruises", "supervision of midwives"]), max_size=8))
    def test_what_was_kept_finds_the_same(self, texts):
        wordings = Wordings(enumerate(texts))
        for key in range(0, len(texts), 3):
            wordings.take_out(key)
        again = Wordings.from_bytes(wordings.to_bytes())
        for text in texts:
            assert set(again.nearest(text, 20)) == set(wordings.nearest(text, 20))
            assert 0 not in again.nearest(text, 20)

    def test_lengths_follow_when_a_large_collection_grows(self, monkeypatch):
        monkeypatch.setattr(similar, "SMALL", 3)
        wordings = Wordings((number, f"parrots and lantern{number}") for number in range(50))
        wordings.nearest("parrots")
        wordings.put(50, "bicycles")
        wordings.put(3, "steamboats")
        assert wordings.nearest("bicycles") == [50]
        assert wordings.nearest("steamboats") == [3]
        for key in range(4, 40):
            wordings.take_out(key)
        assert wordings.nearest("bicycles") == [50]
