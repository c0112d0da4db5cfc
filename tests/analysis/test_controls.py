import pytest

from rca_lib.analysis.controls import STATES, control_states
from rca_lib.data.taxonomy import CONTROLS

WHOLE_WAY = ["intake", "triage", "authenticate", "legal_review", "route", "scope_review", "preserve", "ndo_check",
             "resolve_identifier", "pull", "redact", "qc", "notice_decision", "deliver", "confirm", "close"]  # fmt: skip
OTHERS = [f"r{i}" for i in range(30)]


@pytest.fixture
def look(table):
    """Look at request "x" that went the given way, beside 30 that went the whole way."""

    def states(way, *, others=WHOLE_WAY, mode="OVP", **more):
        rows = [(name, step, f"2025-02-01T{hour:02}", hour) for name in OTHERS for hour, step in enumerate(others)]
        rows += [("x", step, f"2025-03-01T{hour:02}", hour) for hour, step in enumerate(way)]
        return control_states(table("request_id activity ts seq", *rows), ["x"], OTHERS, mode, **more)

    return states


def state_of(found, control):
    return found.frame.set_index("control").loc[control, "state"]


def without(*steps):
    return [step for step in WHOLE_WAY if step not in steps]


def test_a_control_that_was_done_let_it_through(look):
    found = look(WHOLE_WAY)
    assert set(found.frame["state"]) == {"passed it through"}
    assert found.frame["control"].tolist() == [control.activity for control in CONTROLS]
    guards = found.frame.loc[found.frame["guards_mode"], "control"].tolist()
    assert guards == ["scope_review", "redact", "qc"]


def test_a_control_that_is_usual_was_skipped(look):
    found = look(without("redact"))
    row = found.frame.set_index("control").loc["redact"]
    assert row["state"] == "skipped"
    assert (row["usual_share"], row["n"]) == (1.0, 30)
    assert row["usual_low"] < 1 == row["usual_high"]
    assert row.isna()["when"]


def test_a_control_that_others_do_without_too_is_not_usual(look, table):
    found = look(without("qc"), others=without("qc"))
    assert state_of(found, "qc") == "absent"
    rows = [("x", step, f"2025-03-01T{hour:02}") for hour, step in enumerate(without("qc"))]
    for i in range(30):
        way = WHOLE_WAY if i < 20 else without("qc")
        rows += [(f"r{i}", step, f"2025-03-01T{hour:02}") for hour, step in enumerate(way)]
    found = control_states(table("request_id activity ts", *rows), ["x"], OTHERS, "OVP")
    assert state_of(found, "qc") == "not usual here"
    assert found.frame.set_index("control").loc["qc", "usual_share"] == pytest.approx(2 / 3)


def test_with_too_few_to_compare_the_reference_pipeline_says_what_is_usual(table):
    rows = [("x", step, f"2025-03-01T{hour:02}") for hour, step in enumerate(without("qc", "redact"))]
    rows += [("y", step, f"2025-03-01T{hour:02}") for hour, step in enumerate(WHOLE_WAY)]
    found = control_states(table("request_id activity ts", *rows), ["x"], ["y"], "OVP")
    assert (state_of(found, "redact"), state_of(found, "qc")) == ("skipped", "not usual here")


def test_a_control_after_delivery_is_out_of_order(look):
    way = [*without("qc", "close"), "qc", "close"]
    found = look(way)
    assert (state_of(found, "qc"), state_of(found, "close")) == ("out of order", "passed it through")


def test_a_request_that_ended_early_skipped_nothing_beyond(look):
    found = look(["intake", "triage", "authenticate", "reject"], mode="FRE")
    assert state_of(found, "authenticate") == "caught it"
    assert state_of(found, "triage") == "passed it through"
    assert state_of(found, "qc") == "not reached"


def test_refused_requests_do_not_say_what_is_usual_for_delivered_ones(table):
    refused = ["intake", "triage", "authenticate", "reject", "close"]
    rows = [("x", step, f"2025-03-01T{hour:02}") for hour, step in enumerate(without("redact"))]
    rows += [("y", step, f"2025-03-01T{hour:02}") for hour, step in enumerate(refused)]
    for i in range(60):
        way = WHOLE_WAY if i < 30 else refused
        rows += [(f"r{i}", step, f"2025-03-01T{hour:02}") for hour, step in enumerate(way)]
    found = control_states(table("request_id activity ts", *rows), ["x", "y"], [f"r{i}" for i in range(60)], "OVP")
    redact = found.frame[found.frame["control"] == "redact"].set_index("request_id")
    assert redact["state"].to_dict() == {"x": "skipped", "y": "not reached"}
    assert redact["usual_share"].to_dict() == {"x": 1.0, "y": 0.0}
    assert redact["n"].tolist() == [30, 30]


def test_a_check_that_fades_shows_in_the_recent_share(table):
    rows = [("x", step, f"2025-12-01T{hour:02}") for hour, step in enumerate(without("redact"))]
    for i in range(60):
        way, day = (WHOLE_WAY, "2025-01-01") if i < 50 else (without("redact"), "2025-11-01")
        rows += [(f"r{i}", step, f"{day}T{hour:02}") for hour, step in enumerate(way)]
    rows += [(f"z{i}", step, f"2025-12-24T{hour:02}") for i in range(90) for hour, step in enumerate(without("redact"))]
    others = [f"r{i}" for i in range(60)] + [f"z{i}" for i in range(90)]
    found = control_states(table("request_id activity ts", *rows), ["x"], others, "OVP")
    redact = found.frame.set_index("control").loc["redact"]
    assert (redact["state"], redact["n"], redact["recent_n"]) == ("skipped", 60, 10)
    assert (redact["usual_share"], redact["recent_share"]) == (pytest.approx(5 / 6), 0.0)


def test_sent_back_and_delivered_all_the_same_was_not_caught_unless_a_near_miss(look):
    way = [*WHOLE_WAY[:12], "pull", "redact", "qc", *WHOLE_WAY[12:]]
    found = look(way)
    row = found.frame.set_index("control").loc["qc"]
    assert (row["state"], row["times"], row["sent_back"]) == ("passed it through", 2, 1)
    assert state_of(look(way, near_miss=True), "qc") == "caught it"
    assert state_of(look(way, near_miss=True, mode="LAT"), "qc") == "passed it through"
    assert state_of(look(way[:13]), "qc") == "caught it"


def test_a_side_lane_control_is_looked_at_where_the_source_has_it(look):
    found = look(WHOLE_WAY, others=[*WHOLE_WAY[:2], "callback", *WHOLE_WAY[2:]], mode="FRE")
    assert found.frame["control"].tolist()[:3] == ["triage", "callback", "authenticate"]
    assert state_of(found, "callback") == "skipped"
    assert "callback" not in look(WHOLE_WAY).frame["control"].tolist()


def test_events_after_as_of_and_unfinished_steps_do_not_count(look, table):
    assert state_of(look(WHOLE_WAY, as_of="2025-03-01T10"), "qc") == "not reached"
    rows = [
        ("x", "triage", "2025-03-01", "start"),
        ("x", "route", "2025-03-02", "complete"),
        ("y", "triage", "2025-03-01", "complete"),
    ]
    found = control_states(table("request_id activity ts lifecycle", *rows), ["x"], ["y"], "LAT")
    assert state_of(found, "triage") == "skipped"


def test_the_summary_counts_requests_by_state_and_names_the_most_telling(table):
    ways = {"a": WHOLE_WAY, "b": without("redact"), "c": []}
    rows = [(name, step, f"2025-03-01T{hour:02}") for name, way in ways.items() for hour, step in enumerate(way)]
    rows += [(name, step, f"2025-03-01T{hour:02}") for name in OTHERS for hour, step in enumerate(WHOLE_WAY)]
    found = control_states(table("request_id activity ts", *rows), ["a", "b", "c", "a"], OTHERS, "OVP")
    redact = found.summary.set_index("control").loc["redact"]
    assert (redact["state"], redact["requests"]) == ("skipped", 3)
    assert (redact["passed_it_through"], redact["skipped"], redact["not_on_record"]) == (1, 1, 1)
    counts = found.summary[[state.replace(" ", "_") for state in STATES]]
    assert (counts.sum(axis=1) == 3).all()


def test_nothing_to_look_at_is_said_in_plain_words(table):
    events = table("request_id activity ts", ("x", "Reassigned", "2025-03-01"))
    assert control_states(None, ["x"], [], "OVP").reason == "No workflow events were supplied."
    assert control_states(events[:0], ["x"], [], "OVP").reason == "No workflow events were supplied."
    assert control_states(events, [], [], "OVP").reason == "The escalation names no request."
    unnamed = control_states(events, ["x"], [], "OVP")
    assert not unnamed.ok
    assert unnamed.reason == "The workflow events name none of the controls of the reference pipeline."
    assert unnamed.would_allow.endswith(".")
