"""Plans in layouts of our own: everything that a reader takes from them is recognised, and no word is lost."""

import io
import json
from dataclasses import replace

import pytest

from actions.importing.export import plan_of
from actions.importing.losses import lost_words
from actions.importing.plan import Plan
from actions.importing.read import read
from actions.importing.recognise import recognise
from actions.importing.save import ImportedFile, save_plan
from tests.factories import PartnershipFactory

from .layouts import all_layouts, differences

LAYOUTS = all_layouts()


def document_of(name):
    """Return what is read in the document of a layout."""
    return read(io.BytesIO(LAYOUTS[name].document()), LAYOUTS[name].NAME)


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_a_reader_takes_from_it_is_recognised(name):
    plan = recognise(document_of(name)).plan
    assert list(differences(LAYOUTS[name].PLAN, plan.to_json())) == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_word_of_it_is_lost(name):
    document = document_of(name)
    assert [str(loss) for loss in lost_words(document, recognise(document).plan) if loss.kind == "lost"] == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_recommendation_and_action_remembers_its_place(name):
    plan = recognise(document_of(name)).plan
    assert all(each.where for each in (*plan.recommendations, *plan.actions))


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_can_be_written_and_read_again(name):
    plan = recognise(document_of(name)).plan
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.mark.django_db
@pytest.mark.parametrize("name", LAYOUTS)
def test_it_comes_out_as_it_was_recognised(name):
    plan = replace(recognise(document_of(name)).plan, plan="0319")
    source = ImportedFile(LAYOUTS[name].NAME, b"a document")
    saved = save_plan(plan=plan, partnership=PartnershipFactory(), reference="0319", kind="scr", by=None, source=source)
    assert plan_of(saved.review).to_json() == plan.to_json()
