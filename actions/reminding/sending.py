"""Sends everybody's digest of a day: once, however often the command is run, killed and run again.

Each person has one Digest a day. It is begun (saved, without ``sent_at``), and then, in one transaction, the steps of
chasing are recorded, the digest is entered as sent, and last of all the message is handed to the mail server; the
transaction ends as soon as the server has taken it. So nobody is left out: who was not entered as sent is sent to
the next time. And nobody is sent two, but for one case that no sender can exclude: killed in the moment between the
server's "250" and the end of the transaction, the message goes again, to that one person, under the same Message-ID,
by which mail systems know that it is the same message.
"""

import logging
import smtplib
from dataclasses import dataclass, field
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from scr_tracker import notifications

from ..models import Digest, Reminder
from . import digests, waiting

log = logging.getLogger(__name__)

#: Saturday and Sunday, on which nobody is told anything.
WEEKEND = (5, 6)
#: How many messages are sent before a new connection is made; many servers take no more than a hundred.
FOR_ONE_CONNECTION = 50


@dataclass
class Outcome:
    """What a run has done: how many were sent, had been sent before, are sent again, or could not be."""

    sent: int = 0
    before: int = 0
    again: int = 0
    failed: list = field(default_factory=list)
    stopped: str = ""


def run(today, *, say=lambda line: None, dry=False):
    """Send the digests of a day that have not been sent yet; with ``dry``, only ``say`` what would be sent."""
    outcome = Outcome()
    if today.weekday() in WEEKEND:
        return outcome
    people, candidates = waiting.candidates(today)
    done = set(Digest.objects.sent().filter(day=today).values_list("person", flat=True))
    begun = set(Digest.objects.under_way().filter(day=today).values_list("person", flat=True))
    last = last_digests(today)
    outcome.before = len(done)
    connection = get_connection()
    try:
        for key in sorted(candidates.keys() - done):
            content = digests.content_for(people[key], candidates[key], today, last.get(key))
            if content is None:
                continue
            say(f"{content.person.email}: {content.counts}")
            if dry:
                outcome.sent += 1
            elif not _post(content, connection, outcome):
                break
            elif key in begun:
                outcome.again += 1
    finally:
        connection.close()
    return outcome


def last_digests(today):
    """Return {person: their last whole Digest before a day}, in one query."""
    whole = Digest.objects.sent().filter(whole=True, day__lt=today)
    latest = whole.order_by().values("person").annotate(latest=Max("pk")).values("latest")
    return {digest.person_id: digest for digest in Digest.objects.filter(pk__in=latest)}


def message_id(person, day):
    """Return the Message-ID of somebody's digest of a day: always the same, and nobody else can work it out."""
    name = salted_hmac("actions.reminding", f"{person.pk}/{day.isoformat()}", algorithm="sha256").hexdigest()[:40]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<{name}@{domain}>"


def _post(content, connection, outcome):
    """Send one digest and enter it; return whether the mail server can still be reached."""
    name = message_id(content.person, content.day)
    begun = {"message_id": name, "begun_at": timezone.now(), "problem": ""}
    digest, _ = Digest.objects.update_or_create(person=content.person, day=content.day, defaults=begun)
    try:
        if outcome.sent % FOR_ONE_CONNECTION == 0:
            connection.close()
        connection.open()
        _hand_over(digest, content, connection)
    except OSError as problem:
        refusal = _refusal(problem)
        if not refusal:
            log.error("The mail server cannot be reached: %s", problem)
            outcome.stopped = str(problem) or type(problem).__name__
            return False
        Digest.objects.filter(pk=digest.pk).update(problem=refusal[:500])
        outcome.failed.append(content.person.email)
        return True
    outcome.sent += 1
    return True


def _refusal(problem):
    """Return why the mail server refuses this one message; nothing where it cannot be reached, or takes none now."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {words.decode(errors='replace')}" for code, words in problem.recipients.values())
        return f"The mail server refused the address: {said}"
    if isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code != 421:
        return f"The mail server refused the message: {problem.smtp_code} {problem.smtp_error!r}"
    return ""


@transaction.atomic
def _hand_over(digest, content, connection):
    """Enter a digest as sent with the steps of chasing in it, and have the mail server take it, last of all."""
    now = timezone.now()
    Reminder.objects.bulk_create(
        [
            Reminder(action_id=key, person=content.person, kind=step, silent_since=since, at=now)
            for step, keys in content.chased.items()
            for key, since in keys.items()
        ]
    )
    digest.sent_at, digest.whole, digest.told = now, content.whole, content.told
    digest.save()
    digest.about.set(content.about)
    notifications.send(
        "emails/digest",
        content.person.email,
        digests.context_of(content),
        headers=notifications.of_reminders(digests.context_of(content)["settings_url"], digest.message_id),
        connection=connection,
    )
