import json
import socket

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from scr_tracker.pdf import PdfError

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Shows SCR Tracker with invented plans: sets everything up, writes a board report, starts a server."
    requires_system_checks = []
    folder = settings.BASE_DIR / "demo"

    def add_arguments(self, parser):
        parser.add_argument("--no-server", action="store_true", help="set up and stop, without a server")
        parser.add_argument("--port", type=int, default=8000, help="the port of the server (default: 8000)")

    def handle(self, *, no_server, port, **options):
        if not settings.DEBUG:
            raise CommandError(
                "The demonstration has accounts with a password that everybody can read, and is not for a"
                " service in use. Leave DEBUG unset, or set it to True, to try it on this machine."
            )
        if not no_server:
            self.check_port(port)
        told = json.loads((settings.BASE_DIR / "fixtures" / "partnerships.json").read_text(encoding="utf-8"))

        self.say("Building the front end, where it is not built yet: the first time takes a minute.")
        call_command("build_frontend", if_stale=True, verbosity=0)
        self.say("Setting up the database.")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_demo", stdout=self.stdout)
        self.write_board_report(told["board_report"])
        self.say_who_can_sign_in(told)
        if not no_server:
            self.say(f"Open http://{HOST}:{port}/ in a browser. Ctrl+C stops the server.\n")
            call_command("runserver", f"{HOST}:{port}", use_reloader=False)

    def say(self, sentence):
        """Write a line at once, so that nobody wonders what is going on."""
        self.stdout.write(sentence)
        self.stdout.flush()

    def check_port(self, port):
        """Refuse a port on which something else answers already, or that there is not."""
        if not 0 < port < 65536:
            raise CommandError(f"There is no port {port}: choose one between 1024 and 65535.")
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                server.bind((HOST, port))
            except OSError as error:
                another = port + 1 if port < 65535 else 8000
                raise CommandError(
                    f"Port {port} cannot be used ({error.strerror.lower()})."
                    f" Choose another, for example: manage.py demo --port {another}"
                ) from error

    def write_board_report(self, told):
        """Issue the monitoring report of the largest review for the next board, the first time, and write it to a file.

        The rest works without it.
        """
        self.folder.mkdir(exist_ok=True)
        reference = told["review"]
        path = self.folder / f"{reference}-board-report.pdf"
        try:
            call_command("report", reference, output=str(path), verbosity=0, **self.how_to_issue(told))
        except (CommandError, PdfError) as error:
            self.stderr.write(f"There is no board report this time. {error}")
        else:
            self.say(f"A report for the board: {path}")

    def how_to_issue(self, told):
        """Return what issues the report; nothing where a report was issued before."""
        if apps.get_model("actions", "Report").objects.exists():
            return {}
        return {"issue": True, **{name: told[name] for name in ("by", "meeting", "introduction", "decision")}}

    def say_who_can_sign_in(self, told):
        """Write a table of the people who can sign in, and what each may see."""
        people = [each for each in told["people"] if each["signs_in"]]
        rows = [("Name", "E-mail", "Role", "Password")]
        rows += [(each["name"], each["email"], each["about"], told["password"]) for each in people]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        rows.insert(1, tuple("-" * width for width in widths))
        self.say("\nWho can sign in:\n")
        for row in rows:
            self.say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        self.say("")
