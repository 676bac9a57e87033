"""The one door to WeasyPrint: what it reads, what it refuses, and what it never loses."""

import gc
import logging
import sys
from contextlib import nullcontext
from io import BytesIO

import page as validation
import pikepdf
import pytest

from scr_tracker import pdf


@pytest.fixture
def rendered(monkeypatch):
    """Return a function that makes a PDF of some HTML, as if a template held it."""

    def render(body, head=""):
        html = (
            f'<html lang="en-GB"><head><title>A title</title>{head}</head><body><h1>A heading</h1>{body}</body></html>'
        )
        monkeypatch.setattr(pdf, "render_to_string", lambda template, context: html)
        return pdf.render("any.html", {})

    return render


def meets_pdf_ua(made):
    return validation.validate_pdf_bytes(made, profile=validation.ValidationProfile.PDF_UA_1).is_compliant


class TestRendering:
    def test_a_document_meets_pdf_ua(self, rendered):
        assert meets_pdf_ua(rendered("<p>Some words.</p>"))

    def test_the_same_words_make_the_same_bytes(self, rendered):
        assert rendered("<p>Some words.</p>") == rendered("<p>Some words.</p>")

    def test_a_character_that_no_font_has_is_spelt_out(self, rendered, caplog):
        made = rendered("<p>A hieroglyph: \U00013080.</p>")
        assert meets_pdf_ua(made)
        assert "No font can draw egyptian hieroglyph d010" in caplog.text
        assert "notdef" not in caplog.text

    def test_the_bullets_and_control_characters_of_word_do_no_harm(self, rendered, caplog):
        assert meets_pdf_ua(rendered("<p>\uf0b7 One\x0b\x02 two</p>"))
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]

    def test_keeping_pace_changes_nothing_but_the_pace(self, rendered, monkeypatch):
        """What spares WeasyPrint work in long documents must not be seen in them."""
        paragraphs = "".join(f'<p style="break-after: page" id="p{n}"><a href="#p{n - 1}">Up</a></p>' for n in range(9))
        margins = "<style>@page { @top-left { content: counter(page) } @bottom-right-corner { content: '.' } }</style>"
        made = rendered(paragraphs, margins)
        monkeypatch.setattr(pdf, "_keeping_pace", nullcontext)
        assert rendered(paragraphs, margins) == made

    def test_the_garbage_collector_works_as_usual_afterwards(self, rendered):
        usual = gc.get_threshold()
        rendered("<p>Some words.</p>")
        assert gc.get_threshold() == usual


class TestReading:
    @pytest.mark.parametrize(
        "address", ["https://example.org/a.png", "http://127.0.0.1/a.png", "file:///etc/hostname", "../src/app.scss"]
    )
    def test_nothing_but_the_built_front_end_is_read(self, rendered, address, caplog):
        rendered(f'<p><img src="{address}" alt="A picture"></p>')
        assert "Failed to load image" in caplog.text

    def test_not_even_by_a_way_round(self):
        with pytest.raises(ValueError, match="may not read"):
            pdf._fetcher().fetch(f"{pdf.DIST.as_uri()}/../package.json")

    def test_the_front_end_and_data_are_read(self, rendered, caplog):
        rendered('<p><img src="favicon.svg" alt="A picture"><img src="data:image/svg+xml,<svg/>" alt="Another"></p>')
        assert "Failed to load" not in caplog.text


class TestRefusing:
    def test_a_machine_without_pango_is_told_what_to_install(self, rendered, monkeypatch):
        monkeypatch.setitem(sys.modules, "weasyprint", None)

        class Lacking:
            def find_spec(self, name, path=None, target=None):
                if name == "weasyprint":
                    raise OSError("cannot load library 'libpango-1.0-0'")

        monkeypatch.delitem(sys.modules, "weasyprint")
        monkeypatch.setattr(sys, "meta_path", [Lacking(), *sys.meta_path])
        with pytest.raises(pdf.PdfError, match="apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subs"):
            rendered("<p>Some words.</p>")

    def test_a_front_end_that_is_not_built_is_named_with_its_command(self, rendered, monkeypatch, tmp_path):
        monkeypatch.setattr(pdf, "DIST", tmp_path)
        with pytest.raises(pdf.PdfError, match="manage.py build_frontend"):
            rendered("<p>Some words.</p>")


class TestTables:
    def test_a_cell_below_one_that_spans_rows_stands_under_the_right_heads(self, rendered):
        made = rendered(
            "<table><thead><tr><th>Head</th><th>Left</th><th>Right</th></tr></thead>"
            '<tbody><tr><th scope="rowgroup" rowspan="2">First</th><td>a</td><td>b</td></tr>'
            "<tr><td>c</td><td>d</td></tr>"
            '<tr><th scope="rowgroup">Second</th><td rowspan="2">e</td><td>f</td></tr></tbody></table>'
        )
        heads, cells = heads_and_cells(made)
        (_, head), (_, left), (_, right), (_, first), (_, second) = heads
        assert [scope for scope, _ in heads] == ["/Column", "/Column", "/Column", "/Row", "/Row"]
        assert len({head, left, right, first, second}) == 5
        assert cells == [
            *([first, left], [first, right]),
            *([first, left], [first, right]),
            *([second, left], [second, right]),
        ]
        assert meets_pdf_ua(made)


def heads_and_cells(made):
    """Return the heads of a document's tables with their scopes, and for each cell those that it stands under."""
    heads, cells = [], []

    def walk(node):
        for kid in node.K if isinstance(node.get("/K"), pikepdf.Array) else []:
            if not isinstance(kid, pikepdf.Dictionary):
                continue
            if kid.get("/S") == "/TH":
                heads.append((str(kid.A.Scope), str(kid.ID)))
            elif kid.get("/S") == "/TD":
                cells.append([str(head) for head in kid.A.Headers])
            walk(kid)

    with pikepdf.open(BytesIO(made)) as opened:
        walk(opened.Root.StructTreeRoot)
    return heads, cells
