from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from rca_lib.errors import RenderError
from rca_lib.render.audience import audiences, load_audience
from rca_lib.render.findings import Findings
from rca_lib.render.page import render_html
from rca_lib.render.svg import clean_svg
from rca_lib.render.view import assemble
from tests.render.views import minimal

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """The tags of a page with their attributes; fails on tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(params=["analyst", "leadership", "specialists"])
def html(request: pytest.FixtureRequest, findings: Findings) -> str:
    return render_html(assemble(findings, load_audience(request.param)))


def test_the_outline_is_one_h1_then_no_level_is_skipped(html: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(html).tags if re.fullmatch(r"h[1-6]", tag)]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_nothing_is_loaded_and_nothing_runs(html: str) -> None:
    page = Page(html)

    assert not page.all("script") + page.all("link") + page.all("img") + page.all("iframe")
    assert re.sub(r'xmlns="http://www.w3.org/2000/svg"', "", html).count("http") == html.count("http-equiv")
    assert not re.search(r"@import|url\((?!#)|\son\w+=|javascript:", html)


def test_the_content_security_policy_allows_inline_style_and_nothing_else(html: str) -> None:
    [policy] = [meta["content"] for meta in Page(html).all("meta") if meta.get("http-equiv")]

    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def test_ids_are_unique_and_every_reference_has_its_target(html: str) -> None:
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    wanted = {str(a["href"])[1:] for _, a in page.tags if str(a.get("href", "")).startswith("#")}
    wanted |= {str(a["aria-labelledby"]) for _, a in page.tags if "aria-labelledby" in a}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", html))

    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)


def test_landmarks_language_and_a_skip_link_are_there(html: str) -> None:
    page = Page(html)

    assert page.all("html") == [{"lang": "en"}]
    assert [len(page.all(tag)) for tag in ("main", "header", "footer", "title")] == [1, 1, 1, 1]
    assert page.all("a")[0] == {"class": "skip", "href": "#review"}


@pytest.mark.parametrize("name", ["analyst", "leadership"])
def test_tables_have_captions_and_scoped_headers(findings: Findings, name: str) -> None:
    page = Page(render_html(assemble(findings, load_audience(name))))

    assert len(page.all("caption")) == len(page.all("table")) > 0
    assert {attributes.get("scope") for attributes in page.all("th")} == {"col", "row"}


def test_specialists_read_no_table(findings: Findings) -> None:
    page = Page(render_html(assemble(findings, load_audience("specialists"))))

    assert page.all("table") == page.all("th") == []


def test_every_figure_is_an_image_that_says_its_finding(html: str) -> None:
    page = Page(html)

    assert len(page.all("svg")) == len(page.all("figure")) == len(page.all("figcaption")) > 0
    for svg in page.all("svg"):
        assert svg["role"] == "img"
        assert len(str(svg["aria-label"])) > 40


def test_the_style_is_small_and_without_comments(html: str) -> None:
    [style] = re.findall(r"<style>(.*?)</style>", html, flags=re.DOTALL)

    assert len(style.encode()) < 12_000
    assert "/*" not in style
    assert "prefers-color-scheme: dark" in style or "prefers-color-scheme:dark" in style


def test_a_draft_says_so_and_an_approved_review_does_not(findings: Findings) -> None:
    view = assemble(findings, load_audience("leadership"))

    assert "Draft: the cause" in render_html(view)
    assert "Draft" not in render_html({**view, "banner": ""})


def test_the_same_review_gives_the_same_page(findings: Findings) -> None:
    for name in audiences():
        view = assemble(findings, load_audience(name))
        assert render_html(view) == render_html(view)


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}",
    "{{ 7 * 7 }} {% raw %}",
    "<!-- hidden -->",
    "x" * 10_000,
    "مرحبا 中文 😀",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    columns = [{"label": text, "align": "left"}]
    page = Page(
        render_html(
            minimal(
                {"kind": "prose", "id": "a.b", "title": text, "style": "lead", "paragraphs": [text]},
                {
                    "kind": "table",
                    "id": "a.c",
                    "title": None,
                    "caption": text,
                    "columns": columns,
                    "rows": [[text]],
                    "note": text,
                },
                {"kind": "code", "id": "a.d", "source": text},
                title=text,
                facts=[{"label": text, "value": text}],
            )
        )
    )

    assert not page.all("script") + page.all("img")
    assert len(page.all("style")) == 1
    assert "".join(page.words).count(text) == 11


def test_a_figure_without_alternative_text_is_refused_by_name() -> None:
    figure = {"kind": "figure", "id": "a.chart", "title": "T", "alt": "", "caption": None, "svg": "<svg/>"}

    with pytest.raises(RenderError, match=r"figure a\.chart has no alternative text"):
        render_html(minimal(figure))


def test_a_drawing_keeps_its_shapes_and_loses_everything_else() -> None:
    drawing = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y">'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="x()" class="c">'
        "<metadata>CANARY</metadata><title>CANARY</title><!-- CANARY --><script>CANARY</script><style>*{}</style>"
        '<foreignObject>CANARY</foreignObject><a href="http://x"><g/></a>'
        '<g id="a" style="fill: url(#b); clip-path: url(http://evil)" data-x="CANARY"><use xlink:href="#c"/>'
        '<use href="http://evil#c"/><text>one<desc>CANARY</desc> two</text></g></svg>'
    )

    assert clean_svg(drawing, "p-") == (
        '<svg xmlns="http://www.w3.org/2000/svg"><g id="p-a"><use href="#p-c" /><use /><text>one two</text></g></svg>'
    )


def test_what_is_no_drawing_is_refused() -> None:
    with pytest.raises(RenderError, match=r"The figure a\.b is not a drawing that can be read"):
        clean_svg("<svg", "p-", label="The figure a.b")
    with pytest.raises(RenderError, match="first element is <html>"):
        clean_svg("<html/>", "p-")
