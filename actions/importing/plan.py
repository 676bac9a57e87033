"""A plan as a document prints it, whole: what is recognised, kept in the database, and written out as JSON.

The fields are those of the interchange schema. A text that belongs to one action stands on that action; one
printed beside several actions that could not be shared out among them stands on the recommendation. Paragraphs
are joined by line breaks, bullet signs dropped. ``identity`` is what a saved section, recommendation or action
is known by, as identities.py writes it; it is no part of the plan, and two plans are the same without it.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from actions.choices import Status, TargetKind
from actions.importing.statuses import overall, standing


@dataclass(frozen=True)
class PlanReference:
    """What "see action 18" or "as LSCB action 2" names: a recommendation of the same plan, or one action of it.

    ``words`` are those of the document. ``section`` is the title of the part that the recommendation stands in,
    and ``number`` its number; both are None where the plan has nothing that fits.
    """

    words: str
    section: str | None = None
    number: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class PlanAction:
    """A key task. ``as_printed``: by column heading, what its row says that is kept nowhere else.

    ``rating_text`` is its rating as printed, or the name of its colour where there is only that; ``rating`` what
    that means, if it is beyond doubt. ``where`` says where in the document it is; it is not part of the plan.
    """

    text: str
    label: str | None = None
    intended_outcome: str | None = None
    target_date_text: str | None = None
    target_date_iso: str | None = None
    date_kind: str = TargetKind.NONE.value
    lead_text: str | None = None
    leads: tuple[str, ...] = ()
    evidence_expected: str | None = None
    status_text: str | None = None
    status: str = Status.UNKNOWN.value
    completed_on_text: str | None = None
    completed_on_iso: str | None = None
    completion_evidence: str | None = None
    rating_text: str | None = None
    rating: str | None = None
    see: tuple[PlanReference, ...] = ()
    as_printed: dict[str, str] = field(default_factory=dict)
    where: str = field(default="", compare=False, metadata={"is_written": False})
    identity: str | None = field(default=None, compare=False, metadata={"is_written": False})


@dataclass(frozen=True)
class PlanRecommendation:
    """A recommendation with its actions. ``where`` says where in the document it is; it is not part of the plan.

    ``number_printed`` is the number with the signs and words around it ("Recommendation 3"); ``shares_response``
    says that one response is printed beside it and the recommendation before it.
    """

    text: str
    number: str | None = None
    number_printed: str | None = None
    source_or_type: str | None = None
    practice_type: str | None = None
    intended_outcome: str | None = None
    response: str | None = None
    shares_response: bool = False
    action_intro: str | None = None
    target_date_text: str | None = None
    lead_text: str | None = None
    evidence_expected: str | None = None
    status_text: str | None = None
    progress_text: str | None = None
    completion_evidence: str | None = None
    see: tuple[PlanReference, ...] = ()
    as_printed: dict[str, str] = field(default_factory=dict)
    actions: tuple[PlanAction, ...] = ()
    where: str = field(default="", compare=False, metadata={"is_written": False})
    identity: str | None = field(default=None, compare=False, metadata={"is_written": False})

    @property
    def status(self):
        """What the statuses that belong to no single action say together, or None where there are none."""
        lines = (self.status_text or "").splitlines()
        return overall(standing(line).status for line in lines).value if lines else None


@dataclass(frozen=True)
class PlanSection:
    """A part of a plan. ``header_text`` is the heading of its table where that names whose part it is."""

    title: str
    number: str | None = None
    header_text: str | None = None
    agency: str | None = None
    recommendations: tuple[PlanRecommendation, ...] = ()
    identity: str | None = field(default=None, compare=False, metadata={"is_written": False})


@dataclass(frozen=True)
class PlanColumn:
    """A column of the printed plan, and the field that stands in it; None where its heading is not known."""

    heading: str
    field: str | None = None


@dataclass(frozen=True)
class PlanKey:
    """A key printed with a plan: to its colours, or to its statuses."""

    heading: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A plan: its own columns in their order, its keys, the notes printed around its tables, its sections."""

    plan: str | None = None
    title: str | None = None
    partnership: str | None = None
    review_name: str | None = None
    columns: tuple[PlanColumn, ...] = ()
    keys: tuple[PlanKey, ...] = ()
    notes: str | None = None
    sections: tuple[PlanSection, ...] = ()

    @property
    def recommendations(self):
        """All recommendations, in the order of the plan."""
        return [recommendation for section in self.sections for recommendation in section.recommendations]

    @property
    def actions(self):
        """All actions, in the order of the plan."""
        return [action for recommendation in self.recommendations for action in recommendation.actions]

    def to_json(self, *, places=False):
        """Return the plan as plain values, ready to be written as JSON; with its places in the document if asked."""
        values = _plain(self, places)
        values["columns"] = [column.heading for column in self.columns]
        values["column_fields"] = [column.field for column in self.columns]
        return values

    @classmethod
    def from_json(cls, values):
        """Return the plan in values read from JSON; what has no known name is passed over."""
        headings = values.get("columns") or []
        known = values.get("column_fields") or [None] * len(headings)
        columns = tuple(PlanColumn(*column) for column in zip(headings, known, strict=True))
        keys = tuple(_read(PlanKey, key) for key in values.get("keys") or [])
        sections = tuple(_read_section(section) for section in values.get("sections") or [])
        return _read(cls, values, columns=columns, keys=keys, sections=sections)


def _plain(value: Any, places):
    if isinstance(value, tuple):
        return [_plain(each, places) for each in value]
    if isinstance(value, PlanRecommendation):
        return _written(value, places) | {"status": value.status}
    if hasattr(value, "__dataclass_fields__"):
        return _written(value, places)
    return dict(value) if isinstance(value, dict) else value


def _written(value, places):
    names = [each.name for each in fields(value) if places or each.metadata.get("is_written", True)]
    return {name: _plain(getattr(value, name), places) for name in names}


def _read_section(values):
    recommendations = (
        _read(
            PlanRecommendation,
            recommendation,
            see=_read_references(recommendation),
            actions=tuple(
                _read(PlanAction, action, see=_read_references(action))
                for action in recommendation.get("actions") or []
            ),
        )
        for recommendation in values.get("recommendations") or []
    )
    return _read(PlanSection, values, recommendations=tuple(recommendations))


def _read_references(values):
    return tuple(_read(PlanReference, reference) for reference in values.get("see") or [])


def _read(model, values, **parts):
    """Return a part of a plan from values; lists become tuples, and what is missing takes its usual value."""
    known = {each.name for each in fields(model)} - parts.keys()
    given = {name: value for name, value in values.items() if name in known}
    return model(**{name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}, **parts)
