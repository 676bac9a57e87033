"""What a cell says that somebody changed in a file that went out, read as an import reads it."""

from dataclasses import replace

from actions.choices import Status
from actions.exporting.table import OF_ACTION, OF_RECOMMENDATION, says_status, words_of
from actions.importing.document import Problem
from actions.importing.leads import split_leads
from actions.importing.lists import label_of, without_label
from actions.importing.ratings import rating_named
from actions.importing.rows import NUMBER
from actions.importing.statuses import standing
from actions.importing.vocabulary import plain
from actions.target_dates import find_dates, parse_target_date


class ChangedCells:
    """Puts what changed cells of a table say into its recommendations and actions.

    ``problems`` is what was not understood on the way; ``answered`` whose response was changed, by identity.
    """

    def __init__(self, table):
        self.columns, self.keys = table.columns, table.plan.keys
        self.fields = [column.field for column in table.columns]
        self.problems, self.answered = [], set()

    def with_words(self, made, place, text, where):
        """Return a recommendation with what one of its cells says now."""
        name, text = self.fields[place], words_of(text)
        if name == "number":
            match = NUMBER.fullmatch(text)
            number = match["number"] if match else text.strip(" .")
            return replace(made, number=number or None, number_printed=text or None)
        if name == "recommendation":
            return self.with_text(made, text, where)
        if name == "response":
            self.answered.add(made.identity)
            return replace(made, response=text or None)
        if name in OF_RECOMMENDATION:
            return replace(made, **{OF_RECOMMENDATION[name]: text or None})
        return replace(made, as_printed=self.kept(made.as_printed, place, text))

    def with_text(self, made, text, where):
        if not text:
            self.problem(where, made.text, "the words of this recommendation were taken out; they are kept")
            return made
        if "number" in self.fields:
            return replace(made, text=text)
        printed = made.number_printed or made.number
        if printed and text.startswith(f"{printed} "):
            return replace(made, text=text[len(printed) :].strip())
        match = NUMBER.match(text)
        if not match or not (match["word"] or match["stop"].strip()) or not text[match.end() :].strip():
            return replace(made, text=text, number=None, number_printed=None)
        number_printed = match.group().strip()
        return replace(made, text=text[match.end() :].strip(), number=match["number"], number_printed=number_printed)

    def with_cell(self, action, place, text, where):
        """Return an action with what one of its cells says now."""
        name = self.fields[place]
        if name == "action":
            return self.with_task(action, text, where)
        if name == "label":
            return replace(action, label=text or None)
        if name == "target_date":
            target = parse_target_date(text)
            if not target.understood:
                self.problem(where, text, "this target date was not understood; its words are kept")
            day = target.date.isoformat() if target.date else None
            return replace(action, target_date_text=text or None, target_date_iso=day, date_kind=target.kind.value)
        if name == "lead":
            return replace(action, lead_text=text or None, leads=split_leads(text))
        if name == "completed_on":
            return self.with_completion(action, text, where)
        if name == "status_now":
            return replace(action, status=self.status_called(text, where).value)
        if name == says_status(self.columns):
            action = self.with_status(action, text, where)
            return action if name != "rating" else self.with_rating(action, text, where)
        if name == "rating":
            return self.with_rating(action, text, where)
        if name in OF_ACTION:
            return replace(action, **{OF_ACTION[name]: text or None})
        return replace(action, as_printed=self.kept(action.as_printed, place, text))

    def with_task(self, action, text, where):
        if not text:
            if action.text:
                self.problem(where, action.text, "the words of this action were taken out; they are kept")
            return action
        if "label" in self.fields:
            return replace(action, text=text)
        if action.label and text.startswith(f"{action.label}) "):
            return replace(action, text=text[len(action.label) + 2 :].strip())
        label = label_of(text)
        return replace(action, text=without_label(text).strip() or text, label=label)

    def with_status(self, action, text, where):
        said = standing(text)
        if said.status == Status.UNKNOWN and plain(text):
            self.problem(where, text, "this status was not understood; its words are kept")
        action = replace(action, status_text=text or None, status=said.status.value)
        if said.completed_on and "completed_on" not in self.fields:
            return replace(action, completed_on_text=said.completed_on_text, completed_on_iso=said.completed_on)
        return action

    def with_rating(self, action, text, where):
        rating = rating_named(text, self.keys)
        if text and rating is None:
            self.problem(where, text, "this rating was not understood; its words are kept")
        return replace(action, rating_text=text or None, rating=rating)

    def status_called(self, text, where):
        """Return the status of this name, or the one that a text says."""
        named = next((status for status in Status if plain(status.label) == plain(text)), None)
        status = named or standing(text).status
        if status == Status.UNKNOWN and text and not named:
            self.problem(where, text, "this status was not understood; choose one from the list")
        return status

    def with_completion(self, action, text, where):
        dates = find_dates(text)
        if text and not dates:
            self.problem(where, text, "this date was not understood; its words are kept")
        day = dates[-1].date.isoformat() if dates else None
        status = Status.COMPLETE.value if day and action.status == Status.UNKNOWN else action.status
        return replace(action, completed_on_text=text or None, completed_on_iso=day, status=status)

    def kept(self, as_printed, place, text):
        """Return what is kept by heading, with what a cell says now under the heading of its column."""
        name = self.columns[place].heading
        name = f"{name} (column)" if f"{name} (column)" in as_printed else name
        others = {key: value for key, value in as_printed.items() if key != name}
        return others | ({name: text} if text else {})

    def problem(self, where, text, what):
        self.problems.append(Problem(where, text or "", what))
