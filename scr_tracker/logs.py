"""What is written to the log of the server: no link that lets somebody in."""

import logging
import re

#: The parts of addresses that open an account, an invitation or a calendar to whoever has them.
SECRETS = re.compile(r"(/invitations/|/calendars/|/forgotten-password/\w+-)[^/\s\"']+")


class WithoutSecrets(logging.Filter):
    """Takes the secrets of links out of what is logged."""

    def filter(self, record):
        """Put dots in the place of each secret, and let the line pass."""
        said = record.getMessage()
        if SECRETS.search(said):
            record.msg, record.args = SECRETS.sub(r"\1…", said), None
        return True
