"""Plans generated at random, for tests of what must hold for all of them."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from actions.choices import Status
from actions.importing.leads import split_leads
from actions.importing.plan import Plan, PlanAction, PlanColumn, PlanKey, PlanRecommendation, PlanSection
from actions.importing.ratings import rating_named
from actions.importing.statuses import standing
from actions.target_dates import parse_target_date

#: Texts as people write them, with all that has ever gone wrong in a cell.
AWKWARD = [
    "=1+1",
    '=HYPERLINK("http://example.org";"x")',
    "+44 1632 960000",
    "-5",
    "@SUM(A1)",
    "'quoted",
    "'=quoted",
    "007",
    "12",
    "1.10",
    "31/03/2013",
    "TRUE",
    "#N/A",
    "Łódź, naïve café, “quotes” – and a dash",
    "نعم",
    "👩‍👧",
    "a) first\nb) second",
    "• one\n• two",
    "- one\n- two",
    "1. Train\n2. Tell",
    "two  spaces and\ta tab",
    "<b>&amp;</b> ]]> ]",
    "_x0041_ and _x000D_",
    "A line\n\nafter an empty one",
    "Part a) complete. Remainder in progress",
    "As above",
    "{{ template }} {% tag %}",
    "Recommendation 3",
    "1:2/3",
]
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
texts = st.one_of(
    st.sampled_from(AWKWARD),
    words,
    st.lists(st.one_of(words, st.sampled_from(AWKWARD)), min_size=1, max_size=4).map("\n".join),
).filter(lambda text: text.strip() == text and text != "")
maybe = st.none() | texts
dates = st.dates(date(1990, 1, 1), date(2040, 12, 31)).flatmap(
    lambda day: st.sampled_from(
        [f"{day:%d/%m/%Y}", f"{day.day} {day:%B %Y}", f"{day:%B %Y}", f"{day:%Y}", f"Q2 {day:%Y}", f"{day:%b-%y}"]
    )
)
targets = st.one_of(
    st.none(),
    dates,
    st.sampled_from(["Immediately", "Ongoing", "3 months from completion of the review", "TBC", "when it is time"]),
    texts,
)
leads = st.one_of(st.none(), st.sampled_from(["Named Nurse / Head of Service", "DI Jones", "As above"]), texts)
statuses = st.one_of(st.none(), st.sampled_from(["Complete", "Complete and ongoing", "In progress"]), texts)


@st.composite
def plan_actions(draw, headings):
    """An action whose values say what its words say, as an import reads them, or now say something else."""
    target, lead, status = draw(targets), draw(leads), draw(statuses)
    read = parse_target_date(target)
    rated = draw(st.none() | st.sampled_from(["G", "Amber", "red"]) | texts)
    done = draw(st.none() | dates)
    return PlanAction(
        text=draw(texts),
        label=draw(st.none() | st.sampled_from(["a", "b", "1", "iv"])),
        intended_outcome=draw(maybe),
        target_date_text=target,
        target_date_iso=read.date.isoformat() if read.date else None,
        date_kind=read.kind.value,
        lead_text=lead,
        leads=draw(st.just(split_leads(lead)) | st.lists(words, max_size=3).map(tuple)),
        evidence_expected=draw(maybe),
        status_text=status,
        status=draw(st.just(standing(status).status) | st.sampled_from(Status)).value,
        completed_on_text=done,
        completed_on_iso=parse_target_date(done).date.isoformat() if done else None,
        completion_evidence=draw(maybe),
        rating_text=rated,
        rating=draw(st.just(rating_named(rated)) | st.sampled_from(["red", "green"])),
        as_printed=draw(st.dictionaries(st.sampled_from(headings), texts, max_size=2)),
    )


@st.composite
def plan_recommendations(draw, headings):
    """A recommendation with up to three actions."""
    number = draw(st.none() | st.sampled_from(["1", "12", "4.1", "R3"]))
    return PlanRecommendation(
        text=draw(texts),
        number=number,
        number_printed=draw(st.sampled_from([number, f"{number}.", f"Recommendation {number}"])) if number else None,
        source_or_type=draw(st.none() | st.sampled_from(["Overview Report", "IMR"])),
        practice_type=draw(st.none() | st.just("new recommendation")),
        intended_outcome=draw(maybe),
        response=draw(maybe),
        action_intro=draw(maybe),
        target_date_text=draw(targets),
        lead_text=draw(leads),
        evidence_expected=draw(maybe),
        status_text=draw(statuses),
        progress_text=draw(maybe),
        completion_evidence=draw(maybe),
        as_printed=draw(st.dictionaries(st.sampled_from(headings), texts, max_size=2)),
        actions=tuple(draw(st.lists(plan_actions(headings), max_size=3))),
    )


@st.composite
def plan_sections(draw, headings):
    """A section, perhaps an agency's; some recommendations repeat the one before, or share its response."""
    found = []
    for each in draw(st.lists(plan_recommendations(headings), max_size=4)):
        if found and draw(st.integers(0, 3)) == 0:
            each = replace(found[-1], response=draw(st.just(found[-1].response) | maybe), shares_response=False)
        if found and found[-1].response and draw(st.booleans()):
            each = replace(each, response=found[-1].response, shares_response=True)
        found.append(each)
    title = draw(words.filter(lambda text: text.strip() == text))
    return PlanSection(
        title=title,
        number=draw(st.none() | st.sampled_from(["1", "2", "A"])),
        header_text=draw(st.none() | words),
        agency=draw(st.none() | st.sampled_from(["Northshire Police", "Łódź Care Trust"])),
        recommendations=tuple(found),
    )


COLUMNS = [
    PlanColumn("No", "number"),
    PlanColumn("RECOMMENDATION", "recommendation"),
    PlanColumn("What we will do", "action"),
    PlanColumn("By when", "target_date"),
    PlanColumn("Who", "lead"),
    PlanColumn("Outcome", "intended_outcome"),
    PlanColumn("Status", "status"),
    PlanColumn("Progress", "progress"),
    PlanColumn("RAG", "rating"),
    PlanColumn("Evidence", "completion_evidence"),
    PlanColumn("Response", "response"),
    PlanColumn("Completed", "completed_on"),
    PlanColumn("Action ref", "label"),
    PlanColumn("Budget", None),
    PlanColumn("Second evidence", "completion_evidence"),
]
KEPT = ["Budget", "Status (column)", "Something else", "=Cost", "RAG"]


@st.composite
def plans(draw):
    """A plan with some columns of its own, in any order."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), unique=True, max_size=8))
    return Plan(
        plan="0319",
        title=draw(st.none() | words.filter(lambda text: text.strip() == text)),
        partnership=draw(st.none() | st.just("Northshire Safeguarding Partnership")),
        review_name=draw(st.none() | st.just("Child A")),
        columns=tuple(columns),
        keys=tuple(draw(st.lists(st.builds(PlanKey, words, st.lists(texts, max_size=3).map(tuple)), max_size=2))),
        notes=draw(maybe),
        sections=tuple(draw(st.lists(plan_sections(KEPT), max_size=3))),
    )
