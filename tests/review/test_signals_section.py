import pytest

from rca_lib.errors import UsageError
from rca_lib.render.figures import draw
from rca_lib.review.blocks import Figure
from rca_lib.review.case import Case, open_case
from rca_lib.review.sections.signals import signals


@pytest.fixture(scope="module")
def case(small_source) -> Case:
    return open_case("ESC-0001", source=small_source)


def said(blocks):
    return {claim.id: claim for claim in blocks.claims}


def test_the_review_says_which_chart_why_what_fired_and_how_often_by_chance(case):
    blocks = signals(case)
    claims = said(blocks)

    assert {"signals.summary", "signals.chart", "signals.points"} <= {block.id for block in blocks}
    assert ", because " in claims["signals.chart"].text
    assert claims["signals.rule"].value in {"shift", "outside limits", "none"}
    assert "of stable series of this length" in claims["signals.false_alarm"].text
    assert claims["signals.false_alarm"].value <= 0.12
    assert all(claim.text.endswith(".") for claim in blocks.claims)


@pytest.mark.parametrize("chart", ["run", "i", "p", "p'", "u", "u'", "c", "g", "t"])
def test_the_chart_can_be_overruled(case, chart):
    blocks = signals(case, chart=chart)

    assert said(blocks)["signals.chart"].value == chart
    assert "was asked for" in said(blocks)["signals.chart"].text
    for block in blocks:
        if isinstance(block, Figure):
            assert draw(block).startswith("<svg")


def test_gaps_between_failures_are_for_analysts(case):
    for chart in ("g", "t"):
        figure = next(block for block in signals(case, chart=chart) if block.id == "signals.chart")
        assert figure.sensitivity == "case"
    table = next(block for block in signals(case) if block.id == "signals.points")
    assert table.sensitivity == "case"


def test_limits_are_set_anew_where_enough_points_lie_on_both_sides(case):
    frame = case.series.frame
    middle = frame["start"].iloc[len(frame) // 2]
    blocks = signals(case, chart="p", rebase_at=f"{middle:%Y-%m-%d}")
    told = said(blocks)
    if "signals.rebased" in told:
        assert "were not set anew" in told["signals.rebased"].text
    else:
        assert {"signals.phase_1", "signals.phase_2"} <= set(told)
        figure = next(block for block in blocks if block.id == "signals.chart")
        assert {row["phase"] for row in figure.data["periods"]} == {0, 1}
    late = said(signals(case, rebase_at="2030-01-01"))
    assert "were not set anew" in late["signals.rebased"].text


def test_a_team_is_set_against_its_size_and_never_a_person(case):
    blocks = signals(case, by="team_id")
    text = said(blocks)["signals.funnel"].text
    assert "99.8% limits" in text or "was not compared" in text
    with pytest.raises(UsageError, match="“specialist_id” is not a column to look in"):
        signals(case, by="specialist_id")


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"chart": "pie"}, "there is no chart 'pie'"), ({"rebase_at": "soon"}, "'soon' is not a date")],
)
def test_what_cannot_be_asked_is_said(case, asked, words):
    with pytest.raises(UsageError, match=words):
        signals(case, **asked)


def test_few_failures_are_stated_without_their_number(asked):
    found = asked("ESC-0001 as of 2025-04-22").case
    blocks = signals(found)
    claims = said(blocks)
    if "signals.not_assessed" in claims:
        return
    failures = int(found.outcome.frame["failed"].sum())
    if 1 <= failures <= found.source.config.small_cell:
        assert claims["signals.rule"].masked
        assert all(block.sensitivity == "case" for block in blocks if isinstance(block, Figure))


def test_without_requests_the_section_says_what_would_allow_it(small_tables, make_source):
    tables = {name: rows for name, rows in small_tables.items() if name == "escalations"}
    blocks = signals(open_case("ESC-0001", source=make_source(tables)))
    assert [block.id for block in blocks] == ["signals.not_assessed"]
    assert "would allow it" in blocks.claims[0].text
