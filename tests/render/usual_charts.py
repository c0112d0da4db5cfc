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
}
