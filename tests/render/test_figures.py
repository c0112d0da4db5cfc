from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import typst

from rca_lib.errors import RenderError
from rca_lib.render import style
from rca_lib.render.figures import CHARTS, draw
from rca_lib.render.figures import text as words
from rca_lib.review.blocks import Figure
from tests.render.usual_charts import CHARTED

SVG = "{http://www.w3.org/2000/svg}"

LONG = "A label so long that nobody could set it in one line, with $dollars$, <tags>, & and Ærøskøbing " * 2
STATES = ("passed it through", "skipped", "absent", "caught it", "not on record")


def figure(chart: str, data: dict[str, Any], name: str = "x.figure") -> Figure:
    return Figure(
        id=name, section="x", title="It rose", chart=chart, data=data, alt="The rate rose in June and stayed."
    )


def period(index: int, rate: float | None, *, days: int = 28, spread: float = 0.02, **more: Any) -> dict[str, Any]:
    start = date(2024, 1, 1) + timedelta(days * index)
    row: dict[str, Any] = {"start": str(start), "end": str(start + timedelta(days)), "n": 500, "rate": rate}
    if rate is not None:
        row |= {"failed": round(rate * 500), "low": max(0.0, rate - spread), "high": min(1.0, rate + spread)}
    return row | {"lcl": 0.01, "ucl": 0.07, "outside": rate is not None and rate > 0.07, "mature": True} | more


def rates(periods: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    base = {"centre": 0.04, "y_label": "share that missed their deadline", "period_label": "four weeks"}
    return base | {"periods": periods, "onset": None, "markers": [], "occurred": None} | more


def step(name: str, hours: float | None, place: str | None = "usual", **more: Any) -> dict[str, Any]:
    usual = {"p10": 0.5, "p50": 2.0, "p90": 9.0, "percentile": 0.6, "n": 400}
    return {"step": name, "hours": hours, "place": place} | usual | more


def segment(value: str, rate: float | None, **more: Any) -> dict[str, Any]:
    known = {} if rate is None else {"low": rate * 0.8, "high": min(1.0, rate * 1.3)}
    return {"value": value, "n": 900, "failed": 50, "rate": rate} | known | more


USUAL = {
    "rate_over_time": rates(
        [period(index, 0.04 if index < 9 else 0.1, mature=index < 13) for index in range(15)],
        onset={"when": "2024-09-10", "low": "2024-08-20", "high": "2024-09-30"},
        markers=[
            {"when": "2024-09-10", "label": "Tool 4.2 released"},
            {"when": "2024-08-21", "label": "Routing rule for foreign requests"},
            {"when": "2024-03-04", "label": "Policy in force"},
        ],
        occurred="2024-11-20",
    ),
    "steps_against_usual": {
        "unit": "hours",
        "steps": [step("Triage", 1.2), step("Routing", 170.0, "far slower than usual"), step("Delivery", None, None)],
    },
    "forest": {
        "x_label": "adjusted odds ratio",
        "reference": 1.0,
        "rows": [
            {"label": "Tool 4.2", "effect": 2.1, "low": 1.4, "high": 3.2, "share": 0.4, "n": 900},
            {"label": "Team A", "effect": 1.1, "low": 0.4, "high": 9.0, "share": None, "n": 40},
        ],
    },
    "segments": {
        "overall": 0.05,
        "x_label": "share that missed their deadline",
        "groups": [
            {"dimension": "Team", "rows": [segment("A", 0.1), segment("B", 0.03)]},
            {"dimension": "Channel", "rows": [segment("Portal", 0.05), segment("Mail", 0.0, low=0.0, high=0.4)]},
        ],
    },
    "before_after": {
        "x_label": "share that missed their deadline",
        "rows": [
            {
                "label": "Tool 4.2 released (2 June)",
                "before": 0.04,
                "before_low": 0.03,
                "before_high": 0.05,
                "after": 0.09,
                "after_low": 0.08,
                "after_high": 0.1,
            }
        ],
    },
    "controls": {
        "controls": [
            {"label": f"Control {state}", "state": state, "usual_share": 0.9, "guards": state == "skipped"}
            for state in STATES
        ]
    },
}

AWKWARD = {
    "one period": ("rate_over_time", rates([period(0, 0.2)])),
    "no period": ("rate_over_time", rates([], centre=None)),
    "no failure": ("rate_over_time", rates([period(i, 0.0) for i in range(6)], centre=0.0)),
    "200 periods and 40 changes": (
        "rate_over_time",
        rates(
            [period(i, 0.03 + (i % 7) / 100, days=7) for i in range(200)],
            onset={"when": "2026-01-05", "low": "2025-12-01", "high": "2026-02-01"},
            markers=[{"when": str(date(2024, 1, 8) + timedelta(34 * i)), "label": LONG} for i in range(40)],
            occurred="2026-03-01",
        ),
    ),
    "gaps": (
        "rate_over_time",
        rates(
            [
                period(0, None, lcl=None, ucl=None),
                period(1, 0.3, low=None, high=None),
                period(2, 0.4, high=0.99),
                period(3, None, mature=False) | {"rate": float("nan")},
            ],
            centre=None,
            y_label=LONG,
            onset={"when": "2024-02-10", "low": None, "high": None},
            markers=[{"when": f"2024-02-1{i}", "label": f"Same week {i}"} for i in range(8)],
            occurred="1999-01-01",
        ),
    ),
    "weeks of few requests": (
        "rate_over_time",
        rates(
            [period(i, 0.02 if i < 9 else 0.5, n=500 if i < 9 else 3, ucl=0.9 if i > 8 else 0.07) for i in range(20)]
        ),
    ),
    "changes at both edges": (
        "rate_over_time",
        rates(
            [period(i, 0.05, days=7) for i in range(3)],
            markers=[{"when": "2024-01-01", "label": LONG}, {"when": "2024-01-22", "label": LONG}],
            occurred="2024-01-22",
        ),
    ),
    "a step of no time": (
        "steps_against_usual",
        {"steps": [step(LONG, 0, p10=0, p50=0, p90=0, percentile=1.0), step("x", None, p10=None, p50=None, p90=None)]},
    ),
    "effects off the scale": (
        "forest",
        {
            "x_label": LONG,
            "reference": 1.0,
            "rows": [
                {"label": LONG, "effect": 40.0, "low": 2.0, "high": float("inf"), "share": 0.5},
                {"label": "b", "effect": None, "low": None, "high": None, "share": None},
                {"label": "c", "effect": 0.01, "low": 0, "high": 0.3, "share": 0.0},
            ],
        },
    ),
    "many segments": (
        "segments",
        {
            "overall": 0.01,
            "x_label": "share",
            "groups": [
                {"dimension": f"D{g}", "rows": [segment(f"{g} {LONG[: 4 * i]}", i / 400) for i in range(30)]}
                for g in range(5)
            ],
        },
    ),
    "withheld segments": (
        "segments",
        {
            "overall": None,
            "x_label": "share",
            "groups": [{"dimension": "Team", "rows": [{"value": None, "n": None, "failed": None, "rate": None}]}],
        },
    ),
    "nothing before": ("before_after", {"rows": [{"label": LONG, "before": None, "after": 1.0, "after_low": 0.4}]}),
    "one control": ("controls", {"controls": [{"label": LONG, "state": None, "usual_share": None, "guards": False}]}),
    "many controls": (
        "controls",
        {"controls": [{"label": f"Control {i}", "state": STATES[i % 5], "usual_share": i / 20} for i in range(19)]},
    ),
}

USUAL |= CHARTED
FIGURES = {name: figure(name, data, f"x.{name}") for name, data in USUAL.items()} | {
    name: figure(chart, data, f"y.{name.replace(' ', '_')}") for name, (chart, data) in AWKWARD.items()
}
EVERY = pytest.mark.parametrize("name", FIGURES)


def texts(svg: str) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Return every text with the box that it fills: left, top, right, bottom."""
    found = []
    for element in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        size, bold = float(element.get("font-size", "0")), element.get("font-weight") is not None
        line = element.text or ""
        span = words.width(line, size, bold=bold) / words.STRETCH
        left = float(element.get("x", "0")) - {"middle": span / 2, "end": span}.get(element.get("text-anchor", ""), 0)
        base = float(element.get("y", "0"))
        found.append((line, (left, base - size * 0.66, left + span, base + size * 0.12)))
    return found


def test_every_chart_has_an_ordinary_figure_here():
    assert set(USUAL) == set(CHARTS)


@EVERY
def test_a_figure_is_drawn_to_the_same_bytes_every_time(name):
    assert draw(FIGURES[name]) == draw(FIGURES[name])


@EVERY
def test_the_svg_holds_shapes_and_text_and_nothing_else(name):
    root = ElementTree.fromstring(draw(FIGURES[name]))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "g", "defs", "path", "use", "text"}
    assert set(root.attrib) == {"viewBox", "font-family", "stroke-linejoin"}


@EVERY
def test_no_text_leaves_the_sheet(name):
    svg = draw(FIGURES[name])
    _, _, width, height = (float(part) for part in ElementTree.fromstring(svg).get("viewBox", "").split())
    outside = [
        line
        for line, (left, top, right, bottom) in texts(svg)
        if left < -0.5 or right > width + 0.5 or top < -0.5 or bottom > height + 0.5
    ]
    assert outside == []


@EVERY
def test_no_text_covers_another(name):
    boxes = texts(draw(FIGURES[name]))
    covered = [
        (one, two)
        for (one, a), (two, b) in itertools.combinations(boxes, 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert covered == []


@EVERY
def test_typst_takes_every_figure_under_the_standards_of_a_review(name, tmp_path):
    (tmp_path / "figure.svg").write_text(draw(FIGURES[name]), encoding="utf-8")
    (tmp_path / "page.typ").write_text(
        '#set document(title: "x")\n#set text(lang: "en")\n#figure(image("figure.svg", alt: "It rose.", width: 100%))\n'
    )
    pdf = typst.compile(
        tmp_path / "page.typ",
        font_paths=[str(style.font_folder())],
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],
        timestamp=0,
    )
    assert b"SourceSansPro" in pdf


def test_another_process_draws_the_same_bytes():
    code = "import sys; from rca_lib.render.figures import draw; from rca_lib.review.blocks import Figure; "
    code += "sys.stdout.buffer.write(draw(Figure.model_validate_json(sys.stdin.read())).encode())"
    figure = FIGURES["rate_over_time"]
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=figure.model_dump_json().encode(),
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )
    assert done.stdout.decode() == draw(figure)


@EVERY
def test_the_svg_names_no_clock_program_or_place(name):
    svg = draw(FIGURES[name])
    assert not re.search(r"matplotlib|<!--|<\?xml|DOCTYPE|/home|/tmp|site-packages|clip-path|<style|<script", svg)


def test_ids_differ_between_figures_and_between_drawings_of_one_block():
    changed = figure("forest", USUAL["forest"] | {"x_label": "rate ratio"}, "x.forest")
    drawings = [draw(FIGURES[name]) for name in FIGURES] + [draw(changed)]
    ids = [found for svg in drawings for found in re.findall(r'id="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for svg in drawings:
        assert set(re.findall(r'href="#([^"]+)"', svg)) <= set(re.findall(r'id="([^"]+)"', svg))


def test_text_stays_text_and_is_not_read_as_a_formula():
    data = {"controls": [{"label": "a $b_2$ <c> & d", "state": "skipped", "usual_share": 0.5, "guards": True}]}
    lines = [line for line, _ in texts(draw(figure("controls", data)))]
    assert "a $b_2$ <c> & d" in lines
    assert "skipped" in lines


def test_the_settings_of_the_notebook_neither_matter_nor_change():
    import matplotlib as mpl

    before = draw(FIGURES["segments"])
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        assert draw(FIGURES["segments"]) == before
        assert mpl.rcParams["font.size"] == 30


def test_changes_that_find_no_place_are_counted():
    lines = [line for line, _ in texts(draw(FIGURES["200 periods and 40 changes"]))]
    labelled = sum("A label so long" in line for line in lines)
    assert 3 <= labelled <= 6
    assert any(f"{40 - labelled} more changes not labelled" in line for line in lines)


def test_incomplete_periods_and_those_outside_the_limits_are_named():
    lines = [line for line, _ in texts(draw(FIGURES["rate_over_time"]))]
    assert {"not yet complete", "outside usual range", "usual range", "average 4.0%", "this escalation"} <= set(lines)


def test_weeks_of_few_requests_do_not_flatten_the_rest_and_are_counted():
    lines = [line for line, _ in texts(draw(FIGURES["weeks of few requests"]))]
    assert any("11 dots of few requests above the scale" in line for line in lines)
    assert "50%" not in lines


def test_segments_that_are_left_out_are_counted():
    lines = [line for line, _ in texts(draw(FIGURES["many segments"]))]
    assert any(re.fullmatch(r"and \d+ more, not drawn", line) for line in lines)


def test_an_unknown_chart_is_named_with_the_known_ones():
    with pytest.raises(RenderError, match=r"x\.figure asks for a chart named 'pie'.*before_after, .*controls"):
        draw(figure("pie", {}))


@pytest.mark.parametrize("chart", CHARTS)
def test_data_of_another_chart_are_refused_in_a_sentence(chart):
    with pytest.raises(RenderError, match=f"cannot be drawn as {chart}"):
        draw(figure(chart, {"nonsense": 1}))


def test_charts_come_without_pyplot_or_seaborn():
    code = (
        "import sys; from rca_lib.render.figures import draw; assert 'matplotlib' not in sys.modules; "
        "from rca_lib.review.blocks import Figure; draw(Figure.model_validate_json(sys.stdin.read())); "
        "assert not {'matplotlib.pyplot', 'seaborn'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        input=FIGURES["forest"].model_dump_json().encode(),
        check=True,
        cwd=Path(__file__).parents[2],
    )


def test_the_charts_of_an_analyst_can_take_the_house_style():
    code = (
        "import matplotlib as mpl; mpl.use('svg'); from rca_lib.render.style import ACCENT, use_house_style; use_house_style(); "
        "from matplotlib.colors import to_hex; from matplotlib.font_manager import findfont; "
        "assert 'SourceSansPro' in findfont(mpl.rcParams['font.family'][0]); "
        "assert to_hex(mpl.rcParams['axes.prop_cycle'].by_key()['color'][0]).upper() == ACCENT"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
