import unicodedata

import django.db.models.deletion
from django.db import migrations, models

#: Signs that PostgreSQL would take for parts of addresses, paths and tags. Here they stand between words.
SIGNS = "/.@-_<>&~+’'"
#: Letters that are no plain letter with a mark, and what people type for them.
OTHERS = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ħ": "h", "ı": "i"}

KINDS = range(1, 8)


def plain_letters():
    """Return {letter with a mark: plain letter} of the Latin script."""
    found = dict(OTHERS)
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = unicodedata.normalize("NFD", chr(code))[0]
        if plain != chr(code) and plain.isascii():
            found[chr(code)] = plain
    return found


def quoted(text):
    return text.replace("'", "''")


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = on_postgresql()
    else:
        schema_editor.create_model(apps.get_model("actions", "SearchEntry"))
        statements = ON_SQLITE
    for statement in statements:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        names = ("actions_searchentry", "actions_searchword")
        schema_editor.execute("DROP FUNCTION IF EXISTS scr_tracker_search_vector, scr_tracker_search_words CASCADE")
    else:
        names = ("actions_searchwords_known", "actions_searchword", "actions_searchtext", "actions_searchentry")
    for name in names:
        schema_editor.execute(f"DROP TABLE {name}")


def on_postgresql():
    """Each kind has a part of the table of its own, so that the planner knows how frequent a word is in it."""
    letters = plain_letters()
    before, after = "".join(letters) + SIGNS, "".join(letters.values()) + " " * len(SIGNS)
    yield f"""
        CREATE OR REPLACE FUNCTION scr_tracker_search_words(words text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT translate(words, '{quoted(before)}', '{quoted(after)}') $$
    """
    # No tsvector may be longer than a megabyte; what lies beyond is printed, not found. No other function of ours is
    # called, because a restore works this out where nothing but PostgreSQL's own is in reach.
    parts = " || ".join(
        f"setweight(to_tsvector('pg_catalog.english',"
        f" translate(left({name}, {length}), '{quoted(before)}', '{quoted(after)}')), '{weight}')"
        for name, length, weight in (("numbers", 1_000, "A"), ("title", 100_000, "B"), ("body", 100_000, "D"))
    )
    yield f"""
        CREATE OR REPLACE FUNCTION scr_tracker_search_vector(numbers text, title text, body text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT {parts} $$
    """
    yield """
        CREATE TABLE actions_searchentry (
            id bigint NOT NULL,
            kind smallint NOT NULL,
            key bigint NOT NULL,
            review_id bigint,
            action_id bigint,
            numbers text NOT NULL,
            title text NOT NULL,
            body text NOT NULL,
            vector tsvector GENERATED ALWAYS AS (scr_tracker_search_vector(numbers, title, body)) STORED,
            PRIMARY KEY (kind, id)
        ) PARTITION BY LIST (kind)
    """
    for kind in KINDS:
        yield f"CREATE TABLE actions_searchentry_{kind} PARTITION OF actions_searchentry FOR VALUES IN ({kind})"
    yield "CREATE INDEX search_entry_vector ON actions_searchentry USING gin (vector)"
    yield "CREATE INDEX search_entry_review ON actions_searchentry (review_id)"
    yield "CREATE INDEX search_entry_action ON actions_searchentry (action_id)"
    yield "CREATE TABLE actions_searchword (word text NOT NULL)"
    yield "CREATE INDEX search_word ON actions_searchword (word)"


ON_SQLITE = (
    """
    CREATE VIRTUAL TABLE actions_searchtext USING fts5(
        numbers, title, body, content='actions_searchentry', content_rowid='id',
        tokenize='porter unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE VIRTUAL TABLE actions_searchword USING fts5(
        words, content='', detail='none', tokenize='unicode61 remove_diacritics 2'
    )
    """,
    "CREATE VIRTUAL TABLE actions_searchwords_known USING fts5vocab('actions_searchword', 'row')",
)


class Migration(migrations.Migration):
    """The index of search. Its triggers are put in place after every migration: actions/search/index.py."""

    dependencies = [
        ("actions", "0011_meetings_decide"),
        ("reviews", "0005_review_level"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SearchEntry",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    *((1, "Reviews"), (2, "Recommendations"), (3, "Responses"), (4, "Actions")),
                                    *((5, "Updates"), (6, "Comments"), (7, "Evidence")),
                                ]
                            ),
                        ),
                        ("key", models.BigIntegerField()),
                        ("numbers", models.TextField()),
                        ("title", models.TextField()),
                        ("body", models.TextField()),
                        (
                            "action",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="actions.action",
                            ),
                        ),
                        (
                            "review",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="reviews.review",
                            ),
                        ),
                    ],
                    options={"verbose_name_plural": "search entries"},
                ),
            ],
            database_operations=[],
        ),
        migrations.RunPython(forwards, backwards),
    ]
