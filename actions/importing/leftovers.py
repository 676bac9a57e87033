"""What the cells of a recommendation say that its fields do not hold, so that nothing in a document is lost."""

from collections import Counter
from dataclasses import replace

from actions.importing.lists import without_label
from actions.importing.vocabulary import plain

#: The names under which other words of the document are kept beside the values read from them.
KEPT_OTHERWISE = {
    *("number", "source", "practice", "target_date", "target_date_now"),
    *("lead", "status", "progress", "completed_on", "rating"),
}

#: Fields that are read in the first of several columns only.
OF_FIRST_COLUMN = {"recommendation", "number", "label", "section", "action"}


def with_leftovers(made, beside):
    """Return a recommendation with, by column heading, each cell that it and its actions do not hold otherwise.

    What stands in an action's own row is kept on the action.
    """
    group = beside.group
    with_numbers = [(made.number_printed, made.text), (group.part.number, group.part.title), (group.part.title,)]
    held = Counter(_lines([*_texts(made), *(" ".join(filter(None, each)) for each in with_numbers)]))
    held |= Counter(_lines(f"{each.label} {each.text}" for each in made.actions if each.label))
    of_actions, of_all = [{} for _ in made.actions], {}
    for column in group.header.columns:
        text = _text(group.places(column))
        is_read = column.field not in OF_FIRST_COLUMN or column is group.header.of(column.field)[0]
        said = Counter(_lines(dict.fromkeys(_texts_of_cells(group.places(column)))))
        if column.field and is_read and said <= held:
            held -= said
            continue
        if beside.has_rows_of_its_own and not beside.is_merged(column):
            for kept, places in zip(of_actions, beside.by_action(column), strict=True):
                _keep(kept, _name(column), _text(places))
        else:
            _keep(of_all, _name(column), text)
    actions = (replace(each, as_printed=kept) for each, kept in zip(made.actions, of_actions, strict=True))
    return replace(made, as_printed=of_all, actions=tuple(actions))


def _name(column):
    """Return the name under which what stands in a column is kept: its heading."""
    return f"{column.heading} (column)" if column.heading in KEPT_OTHERWISE else column.heading


def _keep(kept, name, text):
    """Keep a text under its name; a table may have two columns of one heading."""
    if text:
        kept[name] = f"{kept[name]}\n{text}" if name in kept else text


def _text(places):
    """Return the text of the cells that begin in these places of one column."""
    return "\n".join(_texts_of_cells(places))


def _texts_of_cells(places):
    begun = (place.cell.text for index, place in enumerate(places) if not (place.from_above and index))
    return filter(None, begun)


def _texts(made):
    """Yield every text in the fields of a recommendation and its actions."""
    for part in (made, *made.actions):
        yield from (value for value in vars(part).values() if isinstance(value, str))


def _lines(texts):
    """Yield the lines of texts in plain words, without the labels of lists."""
    for text in texts:
        yield from filter(None, (plain(without_label(line)) for line in text.split("\n")))
