"""An identity provider that answers as Microsoft Entra ID does, on this machine alone."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt

CLIENT = {"client_id": "the-client", "secret": "the-secret"}


class FakeMicrosoft:
    """Signs whoever ``claims`` describes in, and remembers what it was asked."""

    def __init__(self):
        self.claims = {"sub": "0001", "name": "Kim", "email": "kim@example.org", "email_verified": True}
        self.asked, self.tokens_given = [], 0
        self.cancelled = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (Answers,), {"microsoft": self}))
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self):
        """Close the door."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def provider(self):
        """What the settings say of it."""
        settings = {"server_url": self.address, "fetch_userinfo": False}
        app = {"provider_id": "microsoft", "name": "Microsoft", **CLIENT, "settings": settings}
        return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}

    def token(self, asked):
        """Return an ID token for whoever was sent here, if the code's proof fits."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest()).decode()
        assert challenge.rstrip("=") == self.asked[-1]["code_challenge"]
        self.tokens_given += 1
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT["client_id"], "iat": now, "exp": now + 300, **self.claims}
        return jwt.encode(claims, "the key is not looked at, for the token comes straight from us", "HS256")


class Answers(BaseHTTPRequestHandler):
    """What the provider answers."""

    microsoft = None

    def do_GET(self):
        """Describe itself, or send a person back signed in."""
        address = urlsplit(self.path)
        asked, here = dict(parse_qsl(address.query)), self.microsoft.address
        if address.path.endswith("openid-configuration"):
            ends = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
            self.say({"issuer": here} | {name: here + path for name, path in ends.items()})
        elif address.path == "/auth":
            self.microsoft.asked.append(asked)
            answer = {"error": "access_denied"} if self.microsoft.cancelled else {"code": "the-code"}
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(answer | {'state': asked['state']})}")
            self.end_headers()
        else:
            self.say({}, 404)

    def do_POST(self):
        """Give a token for a code."""
        asked = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.say({"access_token": "x", "token_type": "Bearer", "id_token": self.microsoft.token(asked)})

    def say(self, answer, status=200):
        """Answer with JSON."""
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""
