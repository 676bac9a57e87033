import pytest
from django.urls import reverse

from actions.models import PlanImport
from tests.factories import AgencyFactory, PartnershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_shots(page, live_server, sign_in, shared_plans, check):
    p = PartnershipFactory(name="Windsor and Maidenhead Safeguarding Children Partnership", short_name="WAM")
    for n in ("Berkshire Healthcare Foundation Trust", "Thames Valley Police"):
        AgencyFactory(name=n, partnerships=[p])
    sign_in(p)
    page.goto(live_server.url + "/reviews/")
    page.goto(live_server.url + reverse("import-plan"))
    shot = lambda name: [
        (
            page.set_viewport_size({"width": w, "height": 900}),
            page.screenshot(path=f"/tmp/shots/{name}-{w}.png", full_page=True),
            None,
        )
        for w in (390, 1280)
    ]
    shot("upload")
    page.locator("input[type=file]").set_input_files(str(shared_plans / "documents/WM.docx"))
    page.get_by_role("button", name="Upload and read").click()
    page.get_by_text("What was found").wait_for()
    shot("overview")
    rec = PlanImport.objects.get()

    def go(name, *a):
        page.goto(live_server.url + reverse(name, args=[rec.pk, *a]))

    for name, a in [
        ("import-problems", ()),
        ("import-columns", ()),
        ("import-agencies", ()),
        ("import-review", ()),
        ("import-section", ("section-2-health-commissioners-actions",)),
        ("import-row", ("table-3-row-9",)),
        ("import-edit", ("table-3-row-9.2",)),
        ("import-split", ("table-3-row-9.2",)),
        ("import-merge", ("table-3-row-9.2",)),
        ("import-move", ("table-3-row-9",)),
        ("import-drop", ("table-3-row-9.2",)),
        ("import-rescue", ("0",)),
        ("import-column", ("2",)),
        ("import-agency", ("0",)),
        ("hand-over-import", ()),
        ("drop-import", ()),
    ]:
        go(name, *a)
        shot(name)
