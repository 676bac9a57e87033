"""A mail server for tests, on loopback: takes every message, keeps it, and counts how often it took which."""

import socketserver
import threading
from email import message_from_bytes


class Taken(list):
    """The messages that were taken: (address, Message-ID, message), in their order."""

    @property
    def addresses(self):
        """To whom they went."""
        return [address for address, _, _ in self]

    @property
    def names(self):
        """Their Message-IDs."""
        return [name for _, name, _ in self]


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        recipient = ""
        while line := self.rfile.readline():
            word = line.split(b":")[0].strip().upper().split(b" ")[0]
            if word == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                refused = recipient in self.server.refused
                self.say("550 nobody of this name" if refused else "250 fine")
            elif word == b"DATA":
                self.say("354 go on")
                self.take(recipient)
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())

    def take(self, recipient):
        """Read a message to its end; one that breaks off is not taken."""
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                message = message_from_bytes(b"".join(lines))
                self.server.taken.append((recipient, message["Message-ID"], message))
                return
            lines.append(line)
        raise ConnectionResetError


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a port of its own until it is left."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, refused=()):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken, self.refused = Taken(), set(refused)

    @property
    def port(self):
        """Where it listens."""
        return self.server_address[1]

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.thread.join()
        self.server_close()

    def handle_error(self, request, client_address):
        """Say nothing of clients that break off: tests kill them."""
