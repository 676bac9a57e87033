"""The actions in the rows of one recommendation, and what of the other columns belongs to each of them."""

import re
from dataclasses import replace
from itertools import pairwise

from actions.choices import TargetKind
from actions.importing.document import Paragraph
from actions.importing.lists import (
    FIRST_LABELS,
    How,
    Items,
    Shares,
    label_of,
    possible_counts,
    share_out,
    split_actions,
    without_label,
)
from actions.importing.rows import LISTED
from actions.target_dates import count_targets, parse_target_date

#: The reference of an action before its text: the number of its recommendation, and its own.
REFERENCE = re.compile(r"\s*(?P<label>(?P<stem>[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})*?)(?:\.\d{1,3}|[a-z]))[.):]?\s+(?=\S)")
#: The fields of which one value may hold for several actions; a piece of evidence does not.
MAY_BE_SHARED = (*LISTED, "completed_on", "progress", "rating")


class Beside:
    """The actions of a recommendation, and the columns beside them."""

    def __init__(self, group, *, one_action_a_row):
        self.group = group
        self.starts = group.action_starts
        self.actions = self._actions_by_row() if len(self.starts) > 1 else self._actions_in_cell(one_action_a_row)
        self.count = len(self.actions.texts)

    @property
    def has_rows_of_its_own(self):
        """Whether each action has its own row, rather than all one cell."""
        return len(self.starts) > 1

    def text(self, name):
        """Return all that the columns of a field say, or None."""
        return joined(self.group.paragraphs_of(name))

    def text_of_all(self, name):
        """Return what columns say that speak of the recommendation as a whole, or None."""
        columns = (column for column in self.group.header.of(name) if column.of_all)
        return "\n".join(filter(None, (joined(_paragraphs(self.group.places(each))) for each in columns))) or None

    def by_action(self, column):
        """Return the places of a column by action: its row, and rows under it in which no action begins."""
        places = self.group.places(column)
        return [places[start:end] for start, end in pairwise([0, *self.starts[1:], len(places)])]

    def is_merged(self, column):
        """Whether a cell of the column stands beside the rows of several actions."""
        return any(each[0].from_above and not each[0].cell.is_blank for each in self.by_action(column)[1:])

    def shares(self, name):
        """Return what of the columns of a field belongs to each action, two columns of one field together."""
        columns = [column for column in self.group.header.of(name) if not column.of_all]
        if len(columns) > 1 and any(column.is_revised for column in columns):
            return self._revised(columns, name)
        shares = [self._shares_of_column(column, name) for column in columns]
        if len(shares) == 1:
            return shares[0]
        values = zip(*(each.values for each in shares), strict=True) if shares else [()] * self.count
        how = max((each.how for each in shares), key=list(How).index, default=How.NONE)
        return Shares(how, tuple("\n".join(filter(None, each)) or None for each in values))

    def latest(self, name):
        """Return what the last of several columns of a field that says anything says of each action."""
        found = [self._shares_of_column(column, name).values for column in self.group.header.of(name)]
        return tuple(next(filter(None, reversed(values)), None) for values in zip(*found, strict=True))

    def fills(self, name):
        """Return the colour behind each action's place in the column of a field, None where there is no colour."""
        columns = self.group.header.of(name)
        if not columns or not self.count or not self.group.rows:
            return [None] * self.count
        if not self.has_rows_of_its_own:
            return [self.group.places(columns[0])[0].cell.fill] * self.count
        return [places[0].cell.fill for places in self.by_action(columns[0])]

    # The actions

    def _actions_in_cell(self, one_action_a_row):
        paragraphs = self.group.paragraphs_of("action")
        if items := self._by_reference(paragraphs):
            return items
        if one_action_a_row and paragraphs and not label_of(paragraphs[0].text):
            return Items((joined(paragraphs),), (None,))
        counts = set().union(*(possible_counts(self.group.paragraphs_of(name)) for name in LISTED))
        return split_actions(paragraphs, counts)

    def _actions_by_row(self):
        """Return an action for each row in which one begins; a lead-in may stand above the first one's point."""
        place = self.group.header.of("action")[0].place
        cells = [self.group.rows[start].places[place].cell for start in self.starts]
        lines = [[each for each in cell.paragraphs if not each.is_blank] for cell in cells]
        intro = None
        opens = len(lines[0]) == 2 and lines[0][0].text.rstrip().endswith(":") and lines[0][1].is_bullet
        if opens and all(line.is_bullet for rest in lines[1:] for line in rest):
            intro, lines[0] = lines[0][0].text.strip(), lines[0][1:]
        texts = tuple(joined(each) for each in lines)
        if all(references := [self._reference(text) for text in texts]):
            pairs = zip(texts, references, strict=True)
            return Items(tuple(text[each.end() :] for text, each in pairs), tuple(each["label"] for each in references))
        labels = tuple(label_of(text) for text in texts)
        if labels[0] in FIRST_LABELS and len(set(labels) - {None}) == len(labels):
            return Items(tuple(without_label(text) for text in texts), labels, intro)
        return Items(texts, (None,) * len(texts), intro)

    def _by_reference(self, paragraphs):
        """Return the actions of a cell in which each begins with its reference, else None."""
        texts, labels = [], []
        for line in (each.text.strip() for each in paragraphs if not each.is_blank):
            if reference := self._reference(line):
                texts.append(line[reference.end() :])
                labels.append(reference["label"])
            elif texts:
                texts[-1] = f"{texts[-1]}\n{line}"
            else:
                return None
        return Items(tuple(texts), tuple(labels)) if texts else None

    def _reference(self, text):
        """Return the reference with which an action begins: "2.1" or "2a" under recommendation 2."""
        match = REFERENCE.match(text)
        return match if match and match["stem"] == (self.group.number or "") else None

    # The columns beside them

    def _revised(self, columns, name):
        """Return for each action what was revised, and what was said at first where nothing was."""
        first = [self._shares_of_column(column, name) for column in columns if not column.is_revised]
        later = [self._shares_of_column(column, name) for column in columns if column.is_revised]
        if any(each.how == How.UNALIGNED for each in (*first, *later)):
            return Shares(How.UNALIGNED, (None,) * self.count)
        values = zip(*(each.values for each in (*later[::-1], *first)), strict=True)
        return Shares(How.OWN, tuple(next((each for each in said if each and _says(each)), None) for said in values))

    def _shares_of_column(self, column, name):
        if not self.has_rows_of_its_own:
            shares = self._share_out(self.group.places(column), name, self.actions)
        elif self.is_merged(column):
            shares = self._shares_of_merged(column, name)
        else:
            shares = self._shares_by_row(column, name)
        several_dates = name == "target_date" and any(count_targets(value) > 1 for value in shares.values)
        return Shares(How.UNALIGNED, (None,) * self.count) if several_dates else shares

    def _shares_by_row(self, column, name):
        """Each row has its own; but a list in the first row, with nothing under it, is that of all the rows."""
        cells = self.by_action(column)
        values = [joined(_paragraphs(each)) for each in cells]
        lines = (values[0] or "").split("\n") if name in LISTED else []
        if len(lines) > 1 and not any(values[1:]):
            return self._share_out(cells[0], name, self.actions)
        if len(lines) == 2 and self.actions.intro:
            return Shares(How.OWN, (lines[1], *values[1:]), for_intro=lines[0])
        return Shares(How.OWN if any(values) else How.NONE, tuple(values))

    def _shares_of_merged(self, column, name):
        """Share out each cell of the column among the actions beside which it stands."""
        cells, values, how, start = self.by_action(column), [], How.NONE, 0
        while start < self.count:
            end = start + 1
            while end < self.count and cells[end][0].from_above:
                end += 1
            texts, labels = self.actions.texts[start:end], self.actions.labels[start:end]
            shares = self._share_out(cells[start], name, replace(self.actions, texts=texts, labels=labels))
            how = max(how, shares.how, key=list(How).index)
            values += shares.values
            start = end
        return Shares(how, (None,) * self.count if how == How.UNALIGNED else tuple(values))

    def _share_out(self, places, name, actions):
        understood = _is_target if name == "target_date" else None
        may_be_shared = name in MAY_BE_SHARED
        return share_out(_paragraphs(places), actions, may_be_shared=may_be_shared, understood=understood)


def joined(paragraphs):
    """Return the text of paragraphs, or None where they have none."""
    return "\n".join(each.text.strip() for each in paragraphs if not each.is_blank) or None


def _paragraphs(places):
    """Return what is said in places of one column, a blank line between one cell and the next."""
    found = []
    for index, place in enumerate(places):
        if not place.cell.is_blank and not (place.from_above and index):
            found += [Paragraph(""), *place.cell.paragraphs] if found else place.cell.paragraphs
    return found


def _says(text):
    """Whether a text among dates says anything: "N/A" does not."""
    return parse_target_date(text).kind != TargetKind.NONE


def _is_target(text):
    return parse_target_date(text).understood
