"""Ordinary data of charts that show a series, a curve or a spread, for the tests that every chart must pass."""

from tests.render.test_dated_figures import day, interrupted, points


def charted(number, **more):
    value = 20.0 + 3 * (number % 4)
    return {
        "start": day(number),
        "end": day(number + 1),
        "value": value,
        "centre": 24.0,
        "lcl": 10.0,
        "ucl": 38.0,
        "number": number + 1,
        "n": 90,
        "failed": 4,
        "phase": 0,
        "outside": number == 15,
        "judged": number < 18,
        **more,
    }


def node(name, kind, text, level=None, evidence="", grade=None, ruled_out=False):
    return {
        "id": name,
        "kind": kind,
        "text": text,
        "level": level,
        "evidence": evidence,
        "grade": grade,
        "ruled_out": ruled_out,
    }


CAUSES = {
    "nodes": [
        node("E", "event", "Records from outside the period that the order allows were disclosed", "product", "log"),
        node("N1", "condition", "The export covered one day more than the order allows", "tool", "log, settings"),
        node("N2", "action", "The specialist checked the dates on the cover sheet", "sharp_end", "log, interview"),
        node(
            "N3", "action", "The second person compared the cover sheet with the order", "supervision", "2 interviews"
        ),
        node(
            "C1",
            "cause",
            "The default range of export template 7.0 starts at midnight UTC",
            "tool",
            "code review, reproduction, log",
            "established",
        ),
        node(
            "C2", "cause", "The preset line that shows the time zone is hidden", "tool", "screen recording", "probable"
        ),
        node(
            "N4",
            "condition",
            "The cover sheet takes its dates from the order, not from the file",
            "process",
            "template",
        ),
        node("N5", "condition", "The check list asks for the cover sheet, not for the file", "policy", "policy v3.2"),
        node(
            "N6", "condition", "A help-desk ticket of July was closed as “works as designed”", "organisation", "ticket"
        ),
        node("N7", "condition", "The roll-out note was sent on a Friday without the time zone", "organisation", "mail"),
        node(
            "C3", "cause", "No test compares the range of an export with the range asked for", "product", "", "possible"
        ),
        node("Q1", "question", "Did the vendor know of the changed default?", "external"),
        node("Q2", "question", "Who decides whether a ticket on dates is a defect?", "organisation"),
        node("R1", "condition", "The order named its dates without a time zone", "external", "order", None, True),
    ],
    "links": [
        ["N1", "E"],
        ["N2", "E"],
        ["N3", "E"],
        ["C1", "N1"],
        ["N6", "N1"],
        ["R1", "N1"],
        ["C2", "N2"],
        ["N4", "N2"],
        ["N4", "N3"],
        ["N5", "N3"],
        ["C3", "C1"],
        ["C3", "N6"],
        ["Q1", "C1"],
        ["Q2", "N6"],
        ["N7", "C2"],
    ],
}


def entry(when, label, mark="step", until=None):
    return {"when": when, "label": label, "mark": mark, "until": until}


DATED = {
    "lanes": [
        {
            "label": "Changes",
            "entries": [
                entry("2025-06-02", "Export template 7.0 in use", "change", "2025-10-20"),
                entry("2025-06-06", "Roll-out note sent, on a Friday"),
                entry("2025-10-20", "Template 7.1: default range in local time", "change"),
            ],
        },
        {
            "label": "This request",
            "entries": [
                entry("2025-09-01", "Request received"),
                entry("2025-09-05", "Data exported with one day too many", "failure"),
                entry("2025-09-08", "Second-person check reads the cover sheet", "failure"),
                entry("2025-09-24", "Agency reports the extra day", "detected"),
            ],
        },
        {
            "label": "What was done",
            "entries": [
                entry("2025-09-30", "Template 7.0 withdrawn from new requests", "action", "2025-10-20"),
                entry("2025-10-02", "Look-back over 1,240 exports", "action", "2025-12-12"),
            ],
        },
    ],
    "start": "2025-05-01",
    "end": "2026-01-05",
    "window": ["2025-05-26", "2025-06-16"],
}


def evidence(number, label, ratings, weight=1.0, diagnosticity=0.5):
    names = dict(zip(("H1", "H2", "H3"), ratings, strict=True))
    return {
        "id": f"EV-0042-{number:02d}",
        "label": label,
        "ratings": names,
        "weight": weight,
        "diagnosticity": diagnosticity,
    }


RIVALS = {
    "hypotheses": [
        {
            "id": "H1",
            "label": "The template starts at midnight UTC",
            "state": "leading",
            "score": 0.5,
            "low": 0,
            "high": 0.5,
        },
        {"id": "H2", "label": "Dates typed by hand", "state": "open", "score": 3.0, "low": 2.0, "high": 3.5},
        {"id": "H3", "label": "The order was unclear", "state": "rejected", "score": 5.5, "low": 4.5, "high": 6.0},
    ],
    "evidence": [
        evidence(1, "Log, tooling engineer", ["CC", "II", "II"], diagnosticity=0.9),
        evidence(2, "Interview, specialist", ["C", "II", "N"], weight=0.5),
        evidence(3, "Legal opinion on the order", ["N", "", "I"], diagnosticity=0.3),
    ],
}

CHARTED = {
    "change_points": points(),
    "interrupted_series": interrupted(),
    "control_chart": {
        "periods": [charted(number) for number in range(20)],
        "order": False,
        "kind": "number",
        "markers": [{"when": day(9), "label": "case tool 4.2"}],
        "y_label": "requests between failures",
        "x_label": "when the request was received",
        "unfinished": "has not ended",
    },
    "cusum": {
        "periods": [
            {"start": day(n), "end": day(n + 1), "n": 90, "failed": 3, "upper": max(0.0, 0.4 * (n - 8)), "lower": None}
            for n in range(20)
        ],
        "limit": 3.3,
        "markers": [{"when": day(9), "label": "case tool 4.2"}],
        "y_label": "cumulative sum, log likelihood ratio",
        "x_label": "when the request was received",
    },
    "funnel": {
        "rows": [
            {
                "label": f"Team {letter}",
                "n": 100.0 * place,
                "rate": 0.03 * place,
                "failed": 3 * place,
                "flag": place == 3,
            }
            for place, letter in enumerate("ABC", start=1)
        ],
        "curve": [
            {
                "n": 50.0 * place,
                "lower_95": max(0.0, 0.05 - 0.1 / place),
                "upper_95": 0.05 + 0.1 / place,
                "lower_998": 0.0,
                "upper_998": 0.05 + 0.16 / place,
            }
            for place in range(1, 9)
        ],
        "target": 0.05,
        "y_label": "share that failed",
        "x_label": "requests; limits of 95% and 99.8%",
    },
    "step_times": {
        "steps": [
            {"step": "Waiting for scope review", "p10": 1.0, "p50": 9.0, "p90": 60.0, "share": 0.4, "flag": True},
            {"step": "Data pull", "p10": 0.2, "p50": 2.0, "p90": 8.0, "share": 0.1, "flag": False},
        ]
    },
    "waterfall": {
        "before": 0.02,
        "after": 0.05,
        "parts": [
            {"label": "Different mix", "value": -0.004, "low": -0.006, "high": -0.002},
            {"label": "Rates within groups", "value": 0.034, "low": 0.03, "high": 0.04},
        ],
        "x_label": "share that failed",
    },
    "survival": {
        "unit": "days",
        "end": 12.0,
        "ticks": [0.0, 5.0, 10.0],
        "target": 10.0,
        "target_label": "target",
        "groups": [
            {
                "label": label,
                "until": 12.0,
                "times": [1.0, 3.0, 6.0, 11.0],
                "share": [0.9, top, top / 2, 0.1],
                "low": [0.85, top - 0.06, top / 2 - 0.06, 0.05],
                "high": [0.94, top + 0.06, top / 2 + 0.06, 0.16],
                "at_risk": [200, 80, 12],
            }
            for label, top in (("Before the rise", 0.6), ("Since the rise", 0.75))
        ],
    },
    "cause_chart": CAUSES,
    "case_timeline": DATED,
    "evidence_matrix": RIVALS,
    "saturation": {"found": [3, 5, 6, 6], "expected": [2.8, 4.6, 5.7, 6], "last_new": 3},
}
