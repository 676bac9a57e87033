"""What can be found, and in which words: one query for each kind of thing.

Every query gives the columns of SearchEntry. ``numbers`` are the names and numbers by which a thing is called,
``title`` is what it says first, ``body`` everything else that its page shows to all who see it at all.
"""

from dataclasses import dataclass

from actions.models.search import SearchKind

#: The columns of an entry, in the order in which they are written.
COLUMNS = ("id", "kind", "key", "review_id", "action_id", "numbers", "title", "body")


#: The posts in a list of lead officers, as words.
OFFICERS = {
    "postgresql": (
        "(SELECT coalesce(string_agg(o.value, ', '), '') FROM jsonb_array_elements_text("
        "CASE WHEN jsonb_typeof(a.lead_officers) = 'array' THEN a.lead_officers ELSE '[]' END) o)"
    ),
    "sqlite": "(SELECT coalesce(group_concat(o.value, ', '), '') FROM json_each(a.lead_officers) o)",
}


@dataclass(frozen=True)
class Source:
    """A kind of thing: its table, the columns that its words come from, and the query that makes its entries.

    ``replaces`` is the column in which a row names an earlier one whose entry goes when this one comes.
    """

    kind: SearchKind
    table: str
    columns: tuple
    query: str
    replaces: str = ""

    def sql(self, vendor):
        """Return the query in the words of a database."""
        return self.query.replace("{officers}", OFFICERS[vendor])


@dataclass(frozen=True)
class Dependent:
    """Entries that also say something of another table: made anew when these columns of a row of it change.

    ``column`` of the entries' query then holds the key of that row.
    """

    table: str
    columns: tuple
    kind: SearchKind
    column: str


_NONE = "CAST(NULL AS bigint)"


def _query(kind, tables, *, key, title, review=_NONE, action=_NONE, numbers="''", body=("''",), more=""):
    all_of_body = "||' '||".join(body)
    return (
        f"SELECT {key}*8+{kind.value} AS id, {kind.value} AS kind, {key} AS key, {review} AS review_id,"
        f" {action} AS action_id, CAST({numbers} AS text) AS numbers, CAST({title} AS text) AS title,"
        f" CAST({all_of_body} AS text) AS body{more} FROM {tables}"
    )


_OF_RECOMMENDATION = "JOIN reviews_section s ON s.id = r.section_id JOIN reviews_review v ON v.id = s.review_id"

SOURCES = (
    Source(
        SearchKind.REVIEW,
        "reviews_review",
        ("reference", "pseudonym", "plan_title", "lead_reviewer", "publication_reason", "plan_notes"),
        _query(
            SearchKind.REVIEW,
            "reviews_review v",
            key="v.id",
            review="v.id",
            numbers="'Review '||v.reference",
            title="v.pseudonym",
            body=("v.plan_title", "v.lead_reviewer", "v.publication_reason", "v.plan_notes"),
        ),
    ),
    Source(
        SearchKind.RECOMMENDATION,
        "reviews_recommendation",
        (
            *("section_id", "number", "text", "intended_outcome", "action_intro", "evidence_expected"),
            *("completion_evidence", "acceptance_reason"),
        ),
        _query(
            SearchKind.RECOMMENDATION,
            f"reviews_recommendation r {_OF_RECOMMENDATION}",
            key="r.id",
            review="s.review_id",
            numbers="'Recommendation '||r.number||' '||v.reference||'/'||r.number",
            title="r.text",
            body=(
                *("r.intended_outcome", "r.action_intro", "r.evidence_expected", "r.completion_evidence"),
                "r.acceptance_reason",
            ),
            more=", r.section_id AS section_id",
        ),
    ),
    Source(
        SearchKind.RESPONSE,
        "reviews_response",
        ("review_id", "text"),
        _query(SearchKind.RESPONSE, "reviews_response p", key="p.id", review="p.review_id", title="p.text"),
    ),
    Source(
        SearchKind.ACTION,
        "actions_action",
        (
            *("review_id", "recommendation_id", "label", "text", "intended_outcome", "evidence_expected"),
            *("completion_evidence", "lead_officers", "status_reason"),
        ),
        _query(
            SearchKind.ACTION,
            f"actions_action a JOIN reviews_recommendation r ON r.id = a.recommendation_id {_OF_RECOMMENDATION}",
            key="a.id",
            review="a.review_id",
            action="a.id",
            numbers=(
                "'Action '||r.number||a.label||' '||r.number||' '||v.reference||'/'||r.number||a.label"
                "||' '||v.reference||'/'||r.number"
            ),
            title="a.text",
            body=(
                *("{officers}", "a.intended_outcome", "a.evidence_expected", "a.completion_evidence"),
                "a.status_reason",
            ),
            more=", r.id AS recommendation_id, r.section_id AS section_id, s.review_id AS plan_id",
        ),
    ),
    Source(
        SearchKind.UPDATE,
        "actions_update",
        ("action_id", "what_was_done"),
        _query(
            SearchKind.UPDATE,
            "actions_update u JOIN actions_action a ON a.id = u.action_id AND u.what_was_done <> ''",
            key="u.id",
            review="a.review_id",
            action="u.action_id",
            title="u.what_was_done",
        ),
    ),
    Source(
        SearchKind.COMMENT,
        "actions_comment",
        ("action_id", "text"),
        _query(
            SearchKind.COMMENT,
            "actions_comment c JOIN actions_action a ON a.id = c.action_id",
            key="c.id",
            review="a.review_id",
            action="c.action_id",
            title="c.text",
        ),
    ),
    Source(
        SearchKind.EVIDENCE,
        "actions_evidence",
        ("title", "what_it_shows", "note", "standing"),
        # What was withdrawn may say what should never have been said: its title alone is shown to all.
        _query(
            SearchKind.EVIDENCE,
            "actions_evidence e",
            key="e.id",
            title="e.title",
            body=("CASE WHEN e.standing = 'withdrawn' THEN '' ELSE e.what_it_shows||' '||e.note END",),
        ),
    ),
    Source(
        SearchKind.DECISION,
        "actions_meetingdecision",
        ("action_id", "recommendation_id", "text", "who", "withdrawn"),
        # As in the list of decisions: a correction stands in the place of what it corrects, a withdrawn one nowhere.
        _query(
            SearchKind.DECISION,
            "actions_meetingdecision d LEFT JOIN actions_action a ON a.id = d.action_id"
            " LEFT JOIN reviews_recommendation r ON r.id = d.recommendation_id"
            " LEFT JOIN reviews_section s ON s.id = r.section_id"
            " WHERE d.text||d.who <> '' AND NOT d.withdrawn"
            " AND NOT EXISTS (SELECT 1 FROM actions_meetingdecision c WHERE c.corrects_id = d.id)",
            key="d.id",
            review="coalesce(a.review_id, s.review_id)",
            action="d.action_id",
            title="d.text",
            body=("d.who",),
            more=", r.section_id AS section_id, d.recommendation_id AS recommendation_id",
        ),
        replaces="corrects_id",
    ),
)

DEPENDENTS = (
    Dependent("reviews_review", ("reference",), SearchKind.RECOMMENDATION, "review_id"),
    Dependent("reviews_review", ("reference",), SearchKind.ACTION, "plan_id"),
    Dependent("reviews_section", ("review_id",), SearchKind.RECOMMENDATION, "section_id"),
    Dependent("reviews_section", ("review_id",), SearchKind.ACTION, "section_id"),
    Dependent("reviews_recommendation", ("section_id", "number"), SearchKind.ACTION, "recommendation_id"),
    Dependent("actions_action", ("review_id",), SearchKind.UPDATE, "action_id"),
    Dependent("actions_action", ("review_id",), SearchKind.COMMENT, "action_id"),
    Dependent("actions_action", ("review_id",), SearchKind.DECISION, "action_id"),
    Dependent("reviews_recommendation", ("section_id",), SearchKind.DECISION, "recommendation_id"),
    Dependent("reviews_section", ("review_id",), SearchKind.DECISION, "section_id"),
)
