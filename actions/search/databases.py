"""How each of the two databases is asked for words."""

import difflib
import json
from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from actions.models import SearchKind

from .sight import Query, Sight

#: Around a word that was found. Text is text: where these stand in one already, nothing becomes markup of it.
START, END = "\x02", "\x03"

#: How like a word another must be to be offered in its place, on a scale to 1; and how many are tried.
LIKE, TRIED = 0.4, 20


#: How many entries of a kind are looked at, from either end, to see whether a word is frequent.
PROBED, WAYS = 300, ("ASC", "DESC")
#: One of how many of them then holds a word that is frequent, and one that is neither frequent nor rare.
FREQUENT, MIDDLING = 20, 75
#: Of how many entries of a kind no index of words is asked for what is not rare, and how many are looked at instead;
#: and how many at most for what is frequent, of which there are enough long before.
VERY_MANY, NEWEST, WALKED = 200_000, 5_000, 40_000


def _all(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _part(kind):
    """Return the part of the table that holds the entries of a kind: so named, it need not be told from the others."""
    return f"actions_searchentry_{kind.value}"


@dataclass(frozen=True)
class Postgres:
    """Finds by the column ``vector`` of the entries, and misspelt words by their trigrams."""

    def query(self, asked):
        """Return the query as an expression, with its parameters."""
        terms = [self._term(term) for term in asked.included]
        text = " && ".join(text for text, _ in terms)
        values = [value for _, values in terms for value in values]
        for term in asked.excluded:
            excluded, more = self._term(term)
            text, values = f"{text} && !!({excluded})", [*values, *more]
        return f"({text})", values

    def _term(self, term):
        words = " ".join(term.words)
        if not term.goes_on:
            return "phraseto_tsquery('pg_catalog.english', scr_tracker_search_words(%s))", [words]
        text = "to_tsquery('pg_catalog.english', scr_tracker_search_words(%s) || ':*')"
        stems = " || scr_tracker_search_words(%s)::tsquery" * len(term.stems)
        return f"({text}{stems})", [words, *term.stems]

    def find(self, asked, sight, review=None, most=None):
        """Return (id, review, rank) of entries in sight that hold what was asked for, at most so many of each kind.

        And the kinds of which there are more than were looked at. Where many entries of a kind fit and not all are
        wanted, the newest are found by walking along them; else by the index of words. The planner, left alone, takes
        a word that it does not know for a frequent one, and walks along all of them.
        """
        query, values = self.query(asked)
        looked_at, partly = self._looked_at(query, values, sight, review) if most else ({}, ())
        tables, keys = self._tables(sight)
        for kind in SearchKind:
            entries, newest = _part(kind), ""
            if kind in looked_at:
                # The planner sees into no query that is cut: it would take a phrase for a rare one, and sort all.
                cut = f"ORDER BY id DESC LIMIT {looked_at[kind]}"
                entries = f"(SELECT * FROM {entries} WHERE kind = {kind.value} {cut})"
                newest = f" ORDER BY e.id DESC LIMIT {most}"
            tables.append(
                f"found_{kind.value} AS MATERIALIZED (SELECT e.id, e.review_id, e.vector FROM {entries} e"
                f" WHERE e.kind = {kind.value} AND e.vector @@ {query} AND {sight.condition(kind, review)}{newest})"
            )
        limit = f" LIMIT {most}" if most else ""
        parts = " UNION ALL ".join(f"(SELECT * FROM found_{kind.value}{limit})" for kind in SearchKind)
        rank = f"ts_rank('{{0.2, 0.4, 0.6, 1.0}}', vector, {query}, 1)"
        found = _all(
            f"WITH {', '.join(tables)} SELECT id, review_id, {rank} FROM ({parts}) found",
            [*keys, *values * len(SearchKind), *values],
        )
        return found, partly

    def _looked_at(self, query, values, sight, review):
        """Return {kind: how many of its newest entries are to be looked at}, and the kinds that have more than that.

        Kinds of which many entries fit, both of the newest and of the oldest; and those of which some do, where there
        are so many that to read all of a word in the index takes long. That some of the oldest fit shows that there is
        more to be found than among the newest.
        """
        tables, keys = self._tables(sight)
        counts = []
        for kind in SearchKind:
            fits = f"e.vector @@ {query} AND {sight.condition(kind, review)}"
            of_kind = f"FROM {_part(kind)} WHERE kind = {kind.value}"
            oldest, newest = (
                f"SELECT count(*) AS n FROM (SELECT * {of_kind} ORDER BY id {way} LIMIT {PROBED}) e WHERE {fits}"
                for way in WAYS
            )
            # Where none of the oldest fits, the newest need not be looked at.
            counts.append(f"(SELECT CASE WHEN n > 0 THEN ARRAY[n, ({newest})] END FROM ({oldest}) oldest)")
            counts.append(f"(SELECT reltuples FROM pg_class WHERE oid = '{_part(kind)}'::regclass)")
        beginning = f"WITH {', '.join(tables)} " if tables else ""
        (row,) = _all(f"{beginning}SELECT {', '.join(counts)}", [*keys, *values * len(WAYS) * len(SearchKind)])
        looked_at, partly = {}, set()
        for kind, fit, size in zip(SearchKind, row[::2], row[1::2], strict=True):
            if not fit or not min(fit):
                continue
            if min(fit) >= PROBED // FREQUENT:
                looked_at[kind] = WALKED
                partly.update({kind} if size > WALKED + PROBED else ())
            elif sum(fit) >= 2 * PROBED // MIDDLING and size > VERY_MANY:
                looked_at[kind] = NEWEST
                partly.add(kind)
        return looked_at, partly

    def is_frequent(self, asked, kinds):
        """Return whether what was asked for stands in many entries of one of the kinds."""
        looked_at, _ = self._looked_at(*self.query(asked), Sight(everything=True), None)
        return any(looked_at.get(kind) == WALKED for kind in kinds)

    def _tables(self, sight):
        """Return what makes tables of the lists of keys in sight, and its values."""
        tables, values = [], []
        for name, keys in sight.tables().items():
            is_query = isinstance(keys, Query)
            made = keys.sql if is_query else "SELECT unnest(%s::bigint[])"
            tables.append(f"{name} (key) AS {'NOT ' * is_query}MATERIALIZED ({made})")
            values += keys.values if is_query else [list(keys)]
        return tables, values

    def holds(self, asked):
        """Return the condition, as an expression over entries, that one holds what was asked for."""
        query, values = self.query(asked)
        return RawSQL(f"vector @@ {query}", values, output_field=BooleanField())

    def holding(self, entries, asked):
        """Return those of some entries that hold what was asked for."""
        return entries.filter(self.holds(asked))

    def marked(self, ids, asked):
        """Return what reads the texts of entries, and the same texts with the words that were found marked."""
        query, values = self.query(asked)
        options = f"HighlightAll=true, StartSel={START}, StopSel={END}"
        marked = f"ts_headline('pg_catalog.english', scr_tracker_search_words(left({{}}, 20000)), {query}, '{options}')"
        kinds = sorted({key % 8 for key in ids})
        return (
            f"SELECT id, title, left(body, 20000), {marked.format('title')}, {marked.format('body')}"
            " FROM actions_searchentry WHERE kind = ANY(%s) AND id = ANY(%s)"
        ), [*values, *values, kinds, list(ids)]

    def like(self, word):
        """Return words like another, the likest first; none where the trigrams are not to be had."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            if not cursor.fetchone():
                return []
            cursor.execute(
                "SELECT word FROM actions_searchword WHERE word %% %s AND similarity(word, %s) >= %s AND word <> %s"
                " GROUP BY word ORDER BY similarity(word, %s) DESC, word",
                [word, word, LIKE, word, word],
            )
            return [found for (found,) in cursor]


@dataclass(frozen=True)
class SQLite:
    """Finds by FTS5; a misspelt word is looked for among those of the same first letter, or third to fifth."""

    def query(self, asked):
        """Return the words in the language of FTS5."""
        text = " AND ".join(self._term(term) for term in asked.included)
        return "".join([f"({text})", *(f" NOT {self._term(term)}" for term in asked.excluded)])

    def _term(self, term):
        text = f'"{" ".join(term.words)}"'
        if not term.goes_on:
            return text
        # FTS5 takes the ending off the beginning of a word too, so that a stem must be left to go on.
        return " OR ".join([f"({text} *", *(f'"{stem}" *' for stem in term.stems[:2])]) + ")"

    def find(self, asked, sight, review=None, most=None):
        """Return (id, review, rank) of entries in sight that hold what was asked for, the newest of each kind.

        And the kinds of which there are more than were looked at: none, all are looked at.
        """
        limit = f" LIMIT {most}" if most else ""
        parts = [
            "SELECT * FROM (SELECT actions_searchtext.rowid, e.review_id, -bm25(actions_searchtext, 8.0, 4.0, 1.0)"
            " FROM actions_searchtext CROSS JOIN actions_searchentry e ON e.id = actions_searchtext.rowid"
            f" WHERE actions_searchtext MATCH %s AND (actions_searchtext.rowid & 7) = {kind.value}"
            f" AND {sight.condition(kind, review)} ORDER BY actions_searchtext.rowid DESC{limit})"
            for kind in SearchKind
        ]
        tables, values = [], []
        for name, keys in sight.tables().items():
            is_query = isinstance(keys, Query)
            made = keys.sql if is_query else "SELECT value FROM json_each(%s)"
            tables.append(f"{name} (key) AS {'NOT MATERIALIZED ' * is_query}({made})")
            values += keys.values if is_query else [json.dumps(keys)]
        beginning = f"WITH {', '.join(tables)} " if tables else ""
        found = _all(
            f"{beginning}{' UNION ALL '.join(parts)}",
            [*values, *[self.query(asked)] * len(parts)],
        )
        return found, ()

    def is_frequent(self, asked, kinds):
        """Return False: the index of words is asked at once, however frequent they are."""
        return False

    def holding(self, entries, asked):
        """Return those of some entries that hold what was asked for."""
        found = "SELECT rowid FROM actions_searchtext WHERE actions_searchtext MATCH %s"
        return entries.filter(pk__in=RawSQL(found, [self.query(asked)]))

    def marked(self, ids, asked):
        """Return what reads the texts of entries, and the same texts with the words that were found marked."""
        return (
            "SELECT rowid, title, body,"
            f" highlight(actions_searchtext, 1, '{START}', '{END}'),"
            f" highlight(actions_searchtext, 2, '{START}', '{END}')"
            f" FROM actions_searchtext WHERE actions_searchtext MATCH %s AND rowid IN (SELECT value FROM json_each(%s))"
        ), [self.query(asked), json.dumps(ids)]

    def like(self, word):
        """Yield words like another, the likest of those with its first letter first, which are found at once."""
        letter = [word[0], chr(ord(word[0]) + 1)]
        yield from self._like(word, "term >= %s AND term < %s", letter)
        yield from self._like(
            word, "instr(term, %s) BETWEEN 2 AND 4 AND substr(term, 1, 1) <> %s", [word[2:5], word[0]]
        )

    def _like(self, word, condition, values):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT term FROM actions_searchwords_known WHERE {condition}"
                " AND length(term) BETWEEN %s AND %s AND term <> %s",
                [*values, len(word) - 2, len(word) + 2, word],
            )
            known = [found for (found,) in cursor if found.isalpha() and len(found) > 3]
        return difflib.get_close_matches(word, known, n=TRIED, cutoff=0.7)


def database():
    """Return how the database in use is asked."""
    return Postgres() if connection.vendor == "postgresql" else SQLite()
