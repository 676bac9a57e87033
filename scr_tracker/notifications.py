"""What people are told by e-mail, as plain text and as simple HTML."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def send(name, to, context, *, headers=None, connection=None):
    """Send a message made from the templates name_subject.txt, name_message.txt and name_message.html."""
    subject = " ".join(render_to_string(f"{name}_subject.txt", context).split())
    text = render_to_string(f"{name}_message.txt", context).strip() + "\n"
    message = EmailMultiAlternatives(
        subject, text, settings.DEFAULT_FROM_EMAIL, [to], headers=headers, connection=connection
    )
    message.attach_alternative(render_to_string(f"{name}_message.html", context), "text/html")
    message.send()


def of_reminders(settings_url, message_id):
    """Return the headers of a message that nobody typed: where to change how often it comes, and not to answer it."""
    return {
        "Message-ID": message_id,
        "List-Unsubscribe": f"<{settings_url}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def invited(invitation, url):
    """Send the link of an invitation."""
    send("emails/invitation", invitation.email, {"invitation": invitation, "url": url})


def second_factor_reset(person, by, reason):
    """Tell somebody that their second factor was reset, by whom and why."""
    send("emails/second_factor_reset", person.email, {"person": person, "by": by, "reason": reason})


def account_changed(person, change):
    """Tell somebody how their account was changed."""
    send("emails/account_changed", person.email, {"user": person, "change": change})
