"""A partnership's logo: what is taken in, where it stands, and that a report keeps the one of its day."""

import io
from io import BytesIO

import docx
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from actions import logos
from actions.reports import Edition, Order
from actions.reports.kinds import KINDS
from reviews.models import Review
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.actions.evidence.files import picture
from tests.conftest import hidden
from tests.factories import ActionFactory, PartnershipFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS = "Wyvernshire Partnership, a bridge over a river"


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def review():
    return ActionFactory().review


@pytest.fixture
def partnership(review):
    return review.partnership


def uploaded(content, name="logo.png"):
    return SimpleUploadedFile(name, content)


def give(partnership, content=None, words=WORDS):
    content = content or picture(size=(600, 200))
    logos.change_logo(partnership=partnership, by=UserFactory(), picture=uploaded(content), words=words)


def reported(review, kind="monitoring", as_at=None):
    review = Review.objects.get(pk=review.pk)
    return KINDS[kind].of(Order(partnership=review.partnership, reviews=(review,), as_at=as_at))


class TestWhatIsTakenIn:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_is_drawn_anew_without_what_was_hidden_in_it(self, kind):
        exif = Image.Exif()
        exif[0x010E] = "Who drew it"
        content = picture(kind, size=(600, 200), exif=exif)
        assert b"Who drew it" in content
        drawn, _ = logos.drawn(uploaded(content))
        assert b"Who drew it" not in drawn
        assert Image.open(io.BytesIO(drawn)).size == (600, 200)

    def test_is_made_no_larger_than_print_needs_and_keeps_its_shape(self):
        drawn, _ = logos.drawn(uploaded(picture(size=(3000, 1000))))
        assert Image.open(io.BytesIO(drawn)).size == (900, 300)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG or JPEG"),
            (b"GIF89a" + bytes(100), "not a PNG or JPEG"),
            (picture(size=(600, 200))[:200], "breaks off"),
            (picture(size=(40, 30)), "too small"),
            (picture(size=(600, 200)) + b"<script>alert(1)</script>", "script"),
            (b"\x89PNG" + bytes(5_000_000), "larger than 5 MB"),
        ],
    )
    def test_anything_else_is_refused_in_a_sentence(self, content, said):
        with pytest.raises(RuleBroken, match=said):
            logos.drawn(uploaded(content))


class TestOnAReport:
    def test_stands_on_the_cover_with_what_it_shows(self, review, partnership):
        give(partnership)
        report = reported(review)
        kind, edition = KINDS["monitoring"], Edition(timezone.now())
        with pikepdf.open(BytesIO(kind.as_pdf(report, edition))) as opened:
            figures = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
            assert WORDS in [str(each.Alt) for each in figures]
        (shape,) = docx.Document(BytesIO(kind.written("docx", report, edition))).inline_shapes
        assert (round(shape.width.mm), round(shape.height.mm)) == (60, 20)
        assert shape._inline.docPr.get("descr") == WORDS

    def test_is_the_one_of_its_day(self, review, partnership, clock):
        give(partnership)
        then = timezone.now()
        clock.shift(60)
        give(partnership, picture("JPEG", size=(300, 300)), "A new bridge")
        now = reported(review).heading.logo
        was = reported(review, as_at=then).heading.logo
        assert (was.words, was.width, now.words, now.width) == (WORDS, 600, "A new bridge", 300)
        kept = reported(review, as_at=then).to_dict()
        assert KINDS["monitoring"].restored(kept).heading.logo == was

    @pytest.mark.parametrize("kind", ["monitoring", "exceptions", "one_review", "yearly", "public_response"])
    def test_none_is_needed(self, review, kind):
        report, edition = reported(review, kind), Edition(timezone.now())
        assert KINDS[kind].as_pdf(report, edition)
        assert not docx.Document(BytesIO(KINDS[kind].written("docx", report, edition))).inline_shapes

    def test_a_report_that_was_kept_before_there_were_any_is_read(self, review):
        kept = reported(review).to_dict()
        del kept["heading"]["logo"]
        assert KINDS["monitoring"].restored(kept).heading.logo is None

    @pytest.mark.parametrize(("size", "stands"), [((600, 100), (60, 10)), ((200, 800), (5.5, 22))])
    def test_never_leaves_its_box_on_a_cover_nor_is_distorted(self, review, partnership, size, stands):
        give(partnership, picture(size=size))
        written = KINDS["monitoring"].written("docx", reported(review), Edition(timezone.now()))
        (shape,) = docx.Document(BytesIO(written)).inline_shapes
        assert (shape.width.mm, shape.height.mm) == pytest.approx(stands, abs=0.1)


class TestThePage:
    @pytest.fixture
    def address(self, partnership):
        return reverse("change-logo", args=[partnership.pk])

    def test_takes_it_shows_it_and_takes_it_away(self, client, sign_in_as, partnership, address):
        manager = sign_in_as(Role.BUSINESS_MANAGER, partnership)
        form = client.get(address).context["form"]
        sent = {**hidden(form), "words": WORDS, "picture": uploaded(picture(size=(600, 200)))}
        assert client.post(address, sent).status_code == 302
        partnership.refresh_from_db()
        line = partnership.history.first()
        assert (line.history_user, line.history_change_reason) == (manager, "Changed: the logo")
        shown = client.get(address)
        assert "data:image/" in shown.content.decode()
        client.post(address, {**hidden(shown.context["form"]), "words": WORDS, "remove": "on"})
        partnership.refresh_from_db()
        assert (partnership.logo.name, partnership.logo_words) == ("", "")

    def test_says_what_is_missing_or_wrong(self, client, sign_in_as, partnership, address):
        sign_in_as(Role.BUSINESS_MANAGER, partnership)
        form = client.get(address).context["form"]
        assert "Choose the picture" in client.post(address, {**hidden(form), "words": WORDS}).content.decode()
        wrong = {**hidden(form), "words": WORDS, "picture": uploaded(b"GIF89a")}
        assert "not a PNG or JPEG picture" in client.post(address, wrong).content.decode()

    def test_is_for_who_manages_the_partnership(self, client, sign_in_as, partnership, address):
        sign_in_as(Role.BOARD_MEMBER, partnership)
        assert client.get(address).status_code == 403
        sign_in_as(Role.BUSINESS_MANAGER, PartnershipFactory())
        assert client.get(address).status_code == 404
