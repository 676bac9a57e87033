"""The rows of one recommendation become the recommendation and its actions."""

from dataclasses import dataclass, field, replace

from actions.choices import Rating, Status
from actions.importing.beside import Beside
from actions.importing.document import Problem
from actions.importing.leads import split_leads
from actions.importing.leftovers import with_leftovers
from actions.importing.lists import How
from actions.importing.plan import PlanAction, PlanRecommendation
from actions.importing.ratings import colour_called, meaning_of, rating_named
from actions.importing.statuses import Standing, completion_in_target, standing, standings_of_parts
from actions.importing.vocabulary import is_phrase, plain, practice_named_in, vocabulary
from actions.target_dates import find_dates, parse_target_date

#: What the values of a field are called when they cannot be shared out.
CALLED = {
    "target_date": ("date", "dates"),
    "lead": ("lead", "leads"),
    "status": ("status", "statuses"),
    "completed_on": ("date of completion", "dates of completion"),
}
LONGEST_LABEL = 10


@dataclass
class Above:
    """What the entries above said, for "as above"."""

    said: dict = field(default_factory=dict)

    def resolved(self, name, text):
        """Return what a text means: itself, or what stood above where it says "as above"."""
        if text and is_phrase(plain(text), vocabulary()["repeats"]["above"]):
            return self.said.get(name, text)
        if text:
            self.said[name] = text
        return text


@dataclass(frozen=True)
class Ratings:
    """What the ratings of a plan mean: by the colours behind cells, and by its keys."""

    colours: dict[str, str] = field(default_factory=dict)
    keys: tuple = ()

    def of(self, text, fill=None):
        """Return a rating as printed and what it means: the words, or for want of any those of the colour."""
        text = text or self.colours.get(fill) or (colour_called(fill) or "").capitalize() or None
        return text, rating_named(text, self.keys) or (colour_called(fill) if text else None)

    def meaning(self, text):
        """Return what the keys say that a text of a status or rating means: itself, where they say nothing."""
        return meaning_of(text, self.keys) or text

    def status(self, text, rating):
        """Return the status that a rating says, by its own words or by those of the key."""
        status = standing(self.meaning(text)).status
        return Status.COMPLETE if status == Status.UNKNOWN and rating == Rating.BLUE else status


def recommendation_in(group, *, one_action_a_row, above, source, ratings, problems):
    """Return the recommendation that a group of rows is, adding to `problems` what was not understood in it."""
    beside = Beside(group, one_action_a_row=one_action_a_row)
    return with_leftovers(_Builder(beside, above, source, ratings, problems).recommendation(), beside)


class _Builder:
    """Builds one recommendation; ``whole`` collects what belongs to no single action."""

    def __init__(self, beside, above, source, ratings, problems):
        self.beside, self.group = beside, beside.group
        self.above, self.source, self.ratings, self.problems = above, source, ratings, problems
        self.whole = {}

    def recommendation(self):
        actions = tuple(self._actions())
        text = self.group.text or self._stand_in_for_text()
        return PlanRecommendation(
            text=text,
            number=self.group.number,
            number_printed=self.group.number_printed,
            source_or_type=self.beside.text("source") or self.source,
            practice_type=practice_named_in(text),
            intended_outcome=self.whole.get("intended_outcome"),
            response=self.beside.text("response"),
            shares_response=self._shares_response(),
            action_intro=self.beside.actions.intro,
            target_date_text=self.whole.get("target_date"),
            lead_text=self.whole.get("lead"),
            evidence_expected=self.whole.get("evidence_expected"),
            status_text=self.whole.get("status"),
            progress_text=self.beside.text("progress"),
            completion_evidence=self.whole.get("completion_evidence"),
            actions=actions,
            where=self.group.where,
        )

    def _stand_in_for_text(self):
        self._problem("", "no recommendation stands beside this number")
        return f"Recommendation {self.group.number}"

    def _shares_response(self):
        """Whether the response is merged with that of the recommendation above."""
        columns = self.group.header.of("response") if self.group.rows else []
        places = (self.group.rows[0].places[column.place] for column in columns)
        return any(place.from_above and not place.cell.is_blank for place in places)

    def _actions(self):
        """Yield the actions with what belongs to each of them."""
        targets, leads, completions = map(self._shared_out, ("target_date", "lead", "completed_on"))
        expected, completed = map(self._shared_out, ("evidence_expected", "completion_evidence"))
        outcomes, standings = self._outcomes(), self._standings()
        texts, labels, ratings = self.beside.actions.texts, self._labels(), self._ratings()
        for index in range(self.beside.count):
            yield PlanAction(
                text=texts[index],
                label=labels[index],
                intended_outcome=outcomes[index],
                lead_text=leads[index],
                leads=split_leads(self.above.resolved("lead", leads[index])),
                evidence_expected=expected[index],
                completion_evidence=completed[index],
                where=self._where(index),
                rating_text=ratings[index][0],
                rating=ratings[index][1],
                **self._target(targets[index]),
                **self._standing(standings[index], targets[index], completions[index], ratings[index]),
            )

    def _where(self, index):
        """Return where in the document an action stands."""
        starts = self.beside.starts or [0]
        return self.group.rows[starts[index if self.beside.has_rows_of_its_own else 0]].where

    def _ratings(self):
        """Return each action's rating as printed and what it means; a cell may say it by its colour alone."""
        if not self.group.header.of("rating"):
            return [self._rating_in_place_of_status(text) for text in self.beside.shares("status").values]
        values = self.beside.shares("rating").values or (None,) * self.beside.count
        return [self.ratings.of(text, fill) for text, fill in zip(values, self.beside.fills("rating"), strict=True)]

    def _rating_in_place_of_status(self, text):
        """Return the rating that stands where a plan without ratings has its statuses: "Amber"."""
        rating = self.ratings.of(text)[1] if text and len(plain(text).split()) == 1 else None
        return (text, rating) if rating and standing(text).status == Status.UNKNOWN else (None, None)

    def _labels(self):
        """Return the labels of the actions, which may have a column of their own."""
        columns, labels = self.group.header.of("label"), self.beside.actions.labels
        if not columns or len(self.beside.starts) != self.beside.count:
            return labels
        printed = [self.group.rows[start].places[columns[0].place].cell.text for start in self.beside.starts]
        return [own if own and len(own) <= LONGEST_LABEL else label for own, label in zip(printed, labels, strict=True)]

    def _shared_out(self, name):
        """Return what each action has of a field; what belongs to no single one is kept for all of them."""
        shares, text = self.beside.shares(name), self.beside.text(name)
        if shares.for_intro:
            self.whole[name] = shares.for_intro
        if of_all := self.beside.text_of_all(name):
            self.whole[name] = "\n".join(filter(None, (self.whole.get(name), of_all)))
            return shares.values
        if text and (shares.how == How.UNALIGNED or not self.beside.count):
            self.whole[name] = text
            if name in CALLED and self.beside.count:
                self._problem(text, self._why_not_shared_out(name, text))
        return shares.values

    def _why_not_shared_out(self, name, text):
        one, several = CALLED[name]
        values = len(text.split("\n"))
        said = f"{values} {several}" if values > 1 else f"more than one {one}"
        actions = "1 action" if self.beside.count == 1 else f"{self.beside.count} actions"
        return f"{said} beside {actions}: kept on the recommendation"

    def _outcomes(self):
        """Return the outcome of each action where rows have their own; else it is the recommendation's."""
        columns = self.group.header.of("intended_outcome")
        if self.beside.has_rows_of_its_own and len(columns) == 1 and not self.beside.is_merged(columns[0]):
            values = self.beside.shares("intended_outcome").values
            if len(set(values)) > 1:
                return values
            self.whole["intended_outcome"] = values[0]
        else:
            self.whole["intended_outcome"] = self.beside.text("intended_outcome")
        return (None,) * self.beside.count

    # When, and whether

    def _target(self, text):
        target = parse_target_date(self.above.resolved("target_date", text))
        if not target.understood:
            self._problem(text, "this target date was not understood; its words are kept")
        return {
            "target_date_text": text,
            "target_date_iso": target.date.isoformat() if target.date else None,
            "date_kind": target.kind.value,
        }

    def _standing(self, said, target, completion, rating):
        """Return where an action stands, from what is said of its status, target, completion and rating together."""
        if said.status == Status.UNKNOWN:
            said = replace(said, status=self.ratings.status(*rating))
        if said.status in (Status.UNKNOWN, Status.COMPLETE) and not said.completed_on:
            in_target = completion_in_target(target)
            if in_target.completed_on:
                said = replace(in_target, text=said.text)
        if completion:
            dates = find_dates(completion)
            day = dates[-1].date.isoformat() if dates else None
            status = said.status
            if status == Status.UNKNOWN:
                status = Status.COMPLETE if day else standing(completion).status
            said = replace(said, status=status, completed_on_text=completion, completed_on=day)
        return {
            "status_text": said.text,
            "status": said.status.value,
            "completed_on_text": said.completed_on_text,
            "completed_on_iso": said.completed_on,
        }

    def _standings(self):
        """Return what is said of each action in the column of statuses, or else of progress, or of ratings."""
        name = next((each for each in ("status", "progress", "rating") if self.beside.text(each)), None)
        if name is None:
            return [Standing()] * self.beside.count
        whole, labels = self.above.resolved(name, self.beside.text(name)), self.beside.actions.labels
        if not self.beside.has_rows_of_its_own and (parts := standings_of_parts(whole, labels)):
            return [parts.get(label, Standing()) for label in labels]
        values = self._shared_out(name) if name == "status" else self.beside.shares(name).values
        if name != "status" and self.beside.shares(name).how == How.UNALIGNED:
            values = (whole,) * self.beside.count
        if name != "status" and len(self.group.header.of(name)) > 1:
            latest = [standing(value) for value in self.beside.latest(name)]
            return [
                replace(last, text=value) if last.status != Status.UNKNOWN else self._standing_said(name, value)
                for last, value in zip(latest, values, strict=True)
            ]
        return [self._standing_said(name, value) for value in values]

    def _standing_said(self, name, text):
        """Return what one text says of an action. Words of progress that name no status are kept elsewhere."""
        said = standing(self.ratings.meaning(self.above.resolved(name, text)))
        if said.is_partial:
            self._problem(text, "read as complete for a part only, so as in progress")
        elif name == "status" and plain(text or "") and said.status == Status.UNKNOWN and not self.ratings.of(text)[1]:
            self._problem(text, "this status was not understood; its words are kept")
        is_kept_here = name == "status" or said.status != Status.UNKNOWN
        is_of_this_row = name == "progress" and self.beside.has_rows_of_its_own
        return replace(said, text=text if is_kept_here or is_of_this_row else None)

    def _problem(self, text, what):
        problem = Problem(self.group.where, text or "", what)
        if problem not in self.problems[-20:]:
            self.problems.append(problem)
