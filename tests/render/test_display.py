from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rca_lib.render.display import register, show
from rca_lib.review.blocks import MIME, Blocks, Column, Entry, Figure, Prose, Quote, Table, Timeline
from rca_lib.review.claims import Claim

CLAIM = Claim(
    id="extent.rate", section="extent", text="Of 9 requests, 3 missed <their> deadline.", n=9, method="Wilson"
)
PROSE = Prose(
    id="extent.text", section="extent", title="How far", paragraphs=((Quote(claim="extent.rate"), "It is rare."),)
)
TABLE = Table(
    id="extent.table",
    section="extent",
    title="By team",
    caption="Since June.",
    note="Small groups have wide intervals.",
    columns=(
        Column(key="team", label="Team"),
        Column(key="n", label="Requests", kind="count"),
        Column(key="rate", label="Rate", kind="percent"),
        Column(key="ci", label="95% interval", kind="percent"),
        Column(key="seen", label="First seen", kind="date"),
    ),
    rows=(
        {"team": "A & B", "n": 1200, "rate": 0.031, "ci": [0.02, 0.05], "seen": "2026-03-09"},
        {"team": None, "n": None, "rate": None, "ci": None, "seen": None},
    ),
)
FIGURE = Figure(
    id="why.chart",
    section="why",
    title="The tool goes with it",
    chart="forest",
    data={"x_label": "odds ratio", "rows": [{"label": "Tool 4.2", "effect": 2.1, "low": 1.4, "high": 3.0}]},
    alt='The odds were "twice" as high with the new tool.',
)
TIMELINE = Timeline(
    id="happened.timeline",
    section="happened",
    title="What happened",
    caption="Times in UTC.",
    sensitivity="sealed",
    entries=(
        Entry(when="9 March", what="Received"),
        Entry(when="12 March", what="Deadline passed", mark="failure", detail="by 2 d"),
    ),
)
ALL = Blocks([PROSE, TABLE, FIGURE, TIMELINE], claims=[CLAIM], record={"escalation_id": "ESC-0001"})


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_bundle_carries_html_text_and_the_payload_of_the_renderers():
    bundle = show(ALL)
    assert set(bundle) == {"text/html", "text/plain", MIME}
    assert bundle[MIME] == ALL.as_json() | {"svgs": {"why.chart": bundle[MIME]["svgs"]["why.chart"]}}
    assert bundle[MIME]["svgs"]["why.chart"].startswith("<svg")


def test_the_html_is_well_formed_without_script_or_request():
    html = show(ALL)["text/html"]
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert not tags.seen & {"script", "link", "iframe", "img", "html", "body"}
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", html)


def test_every_rule_of_the_style_stays_within_the_output():
    style = re.search(r"<style>(.*?)</style>", show(PROSE)["text/html"], re.DOTALL)[1]
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{", style) for part in rule.split(",")]
    assert selectors
    assert [selector for selector in selectors if not selector.startswith(".rca-blocks")] == []


def test_a_quoted_claim_is_printed_in_full_with_its_ground():
    html = show(ALL)["text/html"]
    assert "Of 9 requests, 3 missed &lt;their&gt; deadline.</span> It is rare." in html
    assert 'title="extent.rate: Wilson; n 9"' in html


def test_a_quote_of_a_claim_that_is_not_there_shows_which():
    assert "[extent.rate]" in show(PROSE)["text/html"]
    assert "[extent.rate]" in show(PROSE)["text/plain"]


def test_table_values_are_written_by_the_kind_of_their_column():
    html = show(TABLE)["text/html"]
    for cell in ("A &amp; B", "1,200", "3.1%", "2.0% to 5.0%", "9 March 2026", "–"):
        assert f">{cell}</td>" in html


def test_a_figure_is_an_image_with_its_alternative_text():
    html = show(FIGURE)["text/html"]
    assert 'role="img" aria-label="The odds were &quot;twice&quot; as high with the new tool."><svg' in html


def test_a_figure_that_cannot_be_drawn_says_why_and_the_rest_is_shown():
    bundle = show(Blocks([FIGURE.model_copy(update={"chart": "pie"}), PROSE], claims=[CLAIM]))
    assert "asks for a chart named &#x27;pie&#x27;" in bundle["text/html"]
    assert "It is rare." in bundle["text/html"]
    assert bundle[MIME]["svgs"] == {}


def test_the_plain_text_reads_from_top_to_bottom():
    assert show(ALL)["text/plain"].splitlines() == [
        "HOW FAR",
        "Of 9 requests, 3 missed <their> deadline. It is rare.",
        "",
        "By team",
        "Since June.",
        "Team   Requests  Rate  95% interval  First seen",
        "-----------------------------------------------",
        "A & B     1,200  3.1%  2.0% to 5.0%  9 March 2026",
        "–             –     –             –  –",
        "Small groups have wide intervals.",
        "",
        "The tool goes with it",
        '[figure] The odds were "twice" as high with the new tool.',
        "",
        "What happened",
        "Times in UTC.",
        "9 March   Received",
        "12 March  Deadline passed (failure). by 2 d",
    ]


def test_a_restricted_block_says_who_sees_it():
    assert "Seen by counsel only." in show(TIMELINE)["text/html"]


def test_register_does_nothing_without_ipython():
    code = "import sys; from rca_lib.render.display import register; assert register() is False; assert 'IPython' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(history_length=0)
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_registered_blocks_show_themselves_once(shell):
    assert register()
    assert register()
    for value in (ALL, PROSE, TABLE, FIGURE, TIMELINE):
        formats, _ = shell.display_formatter.format(value)
        assert MIME in formats
        assert formats["text/html"].startswith('<div class="rca-blocks">')
