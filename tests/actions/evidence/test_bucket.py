"""Evidence in S3-compatible storage: the same rules, and never an address of its own."""

import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse

from actions.evidence import storing
from scr_tracker import environment

from .files import pdf
from .test_working_with_evidence import add

pytestmark = pytest.mark.django_db


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as keeping evidence needs."""

    protocol_version = "HTTP/1.1"
    kept = {}

    def log_message(self, *args):
        """Say nothing."""

    def answer(self, status, content=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    @property
    def key(self):
        return unquote(urlsplit(self.path).path).removeprefix("/evidence-bucket/")

    def do_PUT(self):
        self.kept[self.key] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, ETag='"x"')

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query or "prefix" in query:
            return self.list(query.get("prefix", [""])[0])
        if self.key not in self.kept:
            return self.answer(404)
        return self.answer(200, self.kept[self.key], ETag='"x"', Last_Modified=formatdate(0, usegmt=True))

    do_HEAD = do_GET

    def do_DELETE(self):
        self.kept.pop(self.key, None)
        self.answer(204)

    def list(self, prefix):
        below = [key.removeprefix(prefix) for key in self.kept if key.startswith(prefix)]
        folders = sorted({each.split("/")[0] for each in below if "/" in each})
        files = [each for each in below if "/" not in each]
        found = "".join(f"<Contents><Key>{escape(prefix + each)}</Key><Size>1</Size></Contents>" for each in files)
        found += "".join(f"<CommonPrefixes><Prefix>{prefix}{each}/</Prefix></CommonPrefixes>" for each in folders)
        answer = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        self.answer(200, answer.encode(), Content_Type="application/xml")


@pytest.fixture
def bucket(settings, monkeypatch):
    """Keep files in a bucket, set up by environment variables as in service."""
    Bucket.kept = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "S3_BUCKET": "evidence-bucket",
        "S3_REGION": "eu-west-2",
        "S3_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "for-tests",
        "AWS_SECRET_ACCESS_KEY": "for-tests",
    }.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {**settings.STORAGES, "default": environment.file_storage()}
    yield Bucket.kept
    server.shutdown()
    server.server_close()


def test_files_come_and_go_through_our_pages_alone(client, action, manager, bucket):
    evidence = add(action, manager)
    assert bucket == {evidence.file.name: pdf()}
    client.force_login(manager)
    response = client.get(reverse("download-evidence", args=[evidence.pk]))
    assert b"".join(response.streaming_content) == pdf()
    with pytest.raises(ValueError, match="no address of their own"):
        default_storage.url(evidence.file.name)


def test_what_is_changed_or_missing_there_is_found(client, action, manager, bucket):
    evidence = add(action, manager)
    bucket[evidence.file.name] += b"!"
    client.force_login(manager)
    response = client.get(reverse("download-evidence", args=[evidence.pk]))
    assert response["Location"] == evidence.get_absolute_url()
    bucket.clear()
    assert storing.digest_of(evidence.file.name) == ""


def test_what_belongs_to_nothing_is_removed(action, manager, bucket):
    evidence = add(action, manager)
    bucket["evidence/00/lost"] = b"x"
    bucket["somebody-elses/board.pdf"] = b"x"
    call_command("verify_evidence", "--repair")
    assert set(bucket) == {evidence.file.name, "somebody-elses/board.pdf"}
