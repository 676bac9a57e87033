"""The index in the database, and the triggers that keep it: no write can pass them by, however it is made.

On SQLite a migration that changes a table makes the table anew, without its triggers, and stumbles over triggers
elsewhere that speak of it. So the triggers are taken away before migrations and put back after them
(actions/apps.py), and what was written in between is then put right.
"""

from dataclasses import dataclass

from django.db import connections, transaction
from django.db.utils import DatabaseError

from .sources import COLUMNS, DEPENDENTS, SOURCES

TABLE = "actions_searchentry"
_COLUMNS = ", ".join(COLUMNS)


@dataclass(frozen=True)
class Differences:
    """How far the index was from the data: entries that were missing or said something else, and ones too many."""

    missing: int
    surplus: int

    def __bool__(self):
        return bool(self.missing or self.surplus)


def install(using):
    """Put the triggers in place. Nothing happens to the entries."""
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        for statement in _triggers(connection.vendor):
            cursor.execute(statement)
    if connection.vendor == "postgresql":
        _install_trigrams(connection)


def uninstall(using):
    """Take the triggers away."""
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        for statement in _dropping(connection.vendor):
            cursor.execute(statement)


def differences(using="default"):
    """Compare the index with the data, whole."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_wanted(connection.vendor)} EXCEPT {_there()}) d")
        missing = cursor.fetchone()[0]
        cursor.execute(f"SELECT count(*) FROM ({_there()} EXCEPT {_wanted(connection.vendor)}) d")
        return Differences(missing, cursor.fetchone()[0])


def put_right(using="default"):
    """Make the index equal to the data by changing what differs, and return what that was."""
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {TABLE} WHERE id IN (SELECT id FROM ({_there()} EXCEPT {_wanted(connection.vendor)}) d)"
        )
        surplus = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {TABLE} ({_COLUMNS}) SELECT {_COLUMNS} FROM ({_wanted(connection.vendor)}) w"
            f" WHERE NOT EXISTS (SELECT 1 FROM {TABLE} e WHERE e.kind = w.kind AND e.id = w.id)"
        )
        return Differences(cursor.rowcount, surplus)


def rebuild(using="default"):
    """Make the index anew, its list of words included, and return how many entries it has."""
    connection = connections[using]
    install(using)
    with transaction.atomic(using), connection.cursor() as cursor:
        for statement in _EMPTYING[connection.vendor]:
            cursor.execute(statement)
        cursor.execute(f"INSERT INTO {TABLE} ({_COLUMNS}) {_wanted(connection.vendor)}")
        return cursor.rowcount


def _wanted(vendor):
    parts = " UNION ALL ".join(f"SELECT {_COLUMNS} FROM ({source.sql(vendor)}) q{source.kind}" for source in SOURCES)
    return f"SELECT {_COLUMNS} FROM ({parts}) wanted"


def _there():
    return f"SELECT {_COLUMNS} FROM {TABLE}"


_EMPTYING = {
    "postgresql": [f"TRUNCATE {TABLE}", "TRUNCATE actions_searchword"],
    "sqlite": [f"DELETE FROM {TABLE}"],
}


def _install_trigrams(connection):
    """Index the words for misspellings where pg_trgm is there or may be put there; search does without else."""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE INDEX IF NOT EXISTS search_word_trigrams ON actions_searchword USING gin (word gin_trgm_ops)"
        )


# --- Triggers ----------------------------------------------------------------------------------


def _of_kind(vendor, kind, condition):
    """Return the statements that make some entries of a kind anew."""
    source = next(source for source in SOURCES if source.kind == kind)
    fresh = f"FROM ({source.sql(vendor)}) q WHERE {condition}"
    return [
        f"DELETE FROM {TABLE} WHERE kind = {kind.value} AND id IN (SELECT id {fresh})",
        f"INSERT INTO {TABLE} ({_COLUMNS}) SELECT {_COLUMNS} {fresh}",
    ]


def _gone(source):
    return f"DELETE FROM {TABLE} WHERE kind = {source.kind.value} AND id = OLD.id*8+{source.kind.value}"


def _replaced(source, vendor):
    """Return the statement that takes the entries away that new rows replace."""
    kind, column = source.kind.value, source.replaces
    named = f"IN (SELECT {column}*8+{kind} FROM fresh)" if vendor == "postgresql" else f"= NEW.{column}*8+{kind}"
    return f"DELETE FROM {TABLE} WHERE kind = {kind} AND id {named}"


def _changed(vendor, columns):
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


def _wanted_triggers(vendor):
    """Yield (name, table, event, condition, statements) of every trigger."""
    rows = "IN (SELECT id FROM fresh)" if vendor == "postgresql" else "= NEW.id"
    for source in SOURCES:
        kind = source.kind
        inserted = (
            f"INSERT INTO {TABLE} ({_COLUMNS}) SELECT {_COLUMNS} FROM ({source.sql(vendor)}) q WHERE q.key {rows}"
        )
        replaced = [_replaced(source, vendor)] if source.replaces else []
        yield f"search_{source.table}_added", source.table, "INSERT", "", [*replaced, inserted]
        remade = [_gone(source), *_of_kind(vendor, kind, "q.key = NEW.id")[1:]]
        yield f"search_{source.table}_changed", source.table, "UPDATE", _changed(vendor, source.columns), remade
        yield f"search_{source.table}_gone", source.table, "DELETE", "", [_gone(source)]
    for each in DEPENDENTS:
        name = f"search_{each.table}_of_{each.kind.name.lower()}"
        remade = _of_kind(vendor, each.kind, f"q.{each.column} = NEW.id")
        yield name, each.table, "UPDATE", _changed(vendor, each.columns), remade


def _triggers(vendor):
    """Yield the statements that put the triggers in place."""
    yield from _dropping(vendor)
    for name, table, event, condition, statements in _wanted_triggers(vendor):
        body = "; ".join(statements)
        when = f" WHEN ({condition})" if condition else ""
        if vendor == "sqlite":
            yield f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW{when} BEGIN {body}; END"
            continue
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $search$ BEGIN {body}; RETURN NULL; END $search$"
        )
        each = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT" if event == "INSERT" else f"FOR EACH ROW{when}"
        yield f"CREATE TRIGGER {name} AFTER {event} ON {table} {each} EXECUTE FUNCTION {name}()"
    yield from _OF_THE_TEXTS[vendor]


def _dropping(vendor):
    """Yield the statements that take the triggers away."""
    for name, table, *_ in _wanted_triggers(vendor):
        yield f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")
    for name in _TEXT_TRIGGERS[vendor]:
        yield f"DROP TRIGGER IF EXISTS {name}" + (f" ON {TABLE}" if vendor == "postgresql" else "")


_TEXT_TRIGGERS = {"postgresql": ("search_words_added",), "sqlite": ("search_text_added", "search_text_gone")}

#: What follows from the entries themselves: on PostgreSQL the list of words, of which two sessions may add the same
#: one without waiting for each other; on SQLite the words by stem to search in, and as written to suggest.
_OF_THE_TEXTS = {
    "postgresql": (
        """
        CREATE OR REPLACE FUNCTION search_words_added() RETURNS trigger LANGUAGE plpgsql AS $search$ BEGIN
            INSERT INTO actions_searchword (word)
            SELECT DISTINCT found.word
            FROM fresh, regexp_split_to_table(
                lower(scr_tracker_search_words(fresh.title || ' ' || fresh.body)), '[^[:alpha:]]+'
            ) AS found (word)
            WHERE length(found.word) BETWEEN 4 AND 40
            AND NOT EXISTS (SELECT 1 FROM actions_searchword known WHERE known.word = found.word);
            RETURN NULL;
        END $search$
        """,
        f"CREATE TRIGGER search_words_added AFTER INSERT ON {TABLE}"
        " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION search_words_added()",
    ),
    "sqlite": (
        f"CREATE TRIGGER search_text_added AFTER INSERT ON {TABLE} FOR EACH ROW BEGIN"
        " INSERT INTO actions_searchtext (rowid, numbers, title, body)"
        " VALUES (NEW.id, NEW.numbers, NEW.title, NEW.body);"
        " INSERT INTO actions_searchword (rowid, words) VALUES (NEW.id, NEW.title||' '||NEW.body); END",
        f"CREATE TRIGGER search_text_gone AFTER DELETE ON {TABLE} FOR EACH ROW BEGIN"
        " INSERT INTO actions_searchtext (actions_searchtext, rowid, numbers, title, body)"
        " VALUES ('delete', OLD.id, OLD.numbers, OLD.title, OLD.body);"
        " INSERT INTO actions_searchword (actions_searchword, rowid, words)"
        " VALUES ('delete', OLD.id, OLD.title||' '||OLD.body); END",
    ),
}
