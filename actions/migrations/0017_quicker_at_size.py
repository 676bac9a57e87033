import unicodedata

from django.db import migrations, models
from django.db.models.lookups import IsNull

#: As in 0012_search.
SIGNS = "/.@-_<>&~+’'"
OTHERS = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ħ": "h", "ı": "i"}
#: Where the letters with marks stand among all signs.
BLOCKS = ((0xC0, 0x250), (0x1E00, 0x1F00))


def plain_letters():
    """Return {letter with a mark: plain letter} of the Latin script."""
    found = dict(OTHERS)
    for code in (code for block in BLOCKS for code in range(*block)):
        plain = unicodedata.normalize("NFD", chr(code))[0]
        if plain != chr(code) and plain.isascii():
            found[chr(code)] = plain
    return found


def quoted(text):
    return text.replace("'", "''")


def at_once(words):
    """Return what folds words as it did before: letter by letter, each compared with five hundred."""
    letters = plain_letters()
    before, after = "".join(letters) + SIGNS, "".join(letters.values()) + " " * len(SIGNS)
    return f"translate({words}, '{quoted(before)}', '{quoted(after)}')"


def where_there_are_some(words):
    """Return what folds words to the same, and looks for letters with marks first: most texts have none."""
    letters = plain_letters()
    signs = f"translate({words}, '{quoted(SIGNS)}', '{' ' * len(SIGNS)}')"
    marked = "".join(f"{chr(first)}-{chr(end - 1)}" for first, end in BLOCKS)
    folded = f"translate({signs}, '{''.join(letters)}', '{''.join(letters.values())}')"
    return f"CASE WHEN {words} ~ '[{marked}]' THEN {folded} ELSE {signs} END"


def functions(fold):
    """Yield the statements that make the functions of search anew; what they return is what it was."""
    # No other function of ours is called, because a restore works this out where nothing but PostgreSQL's own is.
    parts = " || ".join(
        f"setweight(to_tsvector('pg_catalog.english', {fold(f'left({name}, {length})')}), '{weight}')"
        for name, length, weight in (("numbers", 1_000, "A"), ("title", 100_000, "B"), ("body", 100_000, "D"))
    )
    yield f"""
        CREATE OR REPLACE FUNCTION scr_tracker_search_words(words text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT {fold("words")} $$
    """
    yield f"""
        CREATE OR REPLACE FUNCTION scr_tracker_search_vector(numbers text, title text, body text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT {parts} $$
    """


def make(fold):
    """Return what makes the functions anew on PostgreSQL; SQLite folds letters itself."""

    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in functions(fold):
                schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    """Fold words for search in a twentieth of the time; cut pages by last update, and those of what waits, from indexes."""

    dependencies = [("actions", "0016_selections_and_undone_batches")]

    operations = [
        migrations.RunPython(make(where_there_are_some), make(at_once)),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                IsNull(models.F("last_update_on"), False),
                *(models.F(name) for name in ("last_update_on", "id", "review", "status", "own_rating")),
                *(models.F(name) for name in ("validated_rating", "times_moved", "extension_pending")),
                *(models.F(name) for name in ("target_date", "submitted_at")),
                name="action_by_last_update",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                IsNull(models.F("target_date"), True),
                *(models.F(name) for name in ("target_date", "id", "review", "status", "own_rating")),
                *(models.F(name) for name in ("validated_rating", "times_moved", "extension_pending")),
                *(models.F(name) for name in ("last_update_on", "submitted_at")),
                condition=models.Q(
                    status__in=["unknown", "not_started", "in_progress", "ongoing", "submitted"],
                ),
                name="action_open",
            ),
        ),
        migrations.RemoveIndex(model_name="action", name="action_for_sign_off"),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(status="submitted"),
                fields=["submitted_at", "id", "review"],
                name="action_waiting_for_sign_off",
            ),
        ),
        migrations.AddIndex(
            model_name="foundwarning",
            index=models.Index(fields=["kind", "review", "place", "id"], name="found_warning_of_kind"),
        ),
    ]
