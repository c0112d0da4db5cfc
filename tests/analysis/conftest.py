import pandas as pd
import pytest

MOMENTS = {
    "received_at",
    "due_at",
    "closed_at",
    "ts",
    "assessed_at",
    "opened_at",
    "occurred_at",
    "detected_at",
    "effective_from",
    "effective_to",
    "tenure_start",
    "resolved_at",
    "known_at",
}
WHOLE = {"n", "seq", "target_working_days"}
NUMBERS = {"inclusion_prob", "target_hours"}


@pytest.fixture
def table():
    """Make a table with the types that a source gives, from "a b c" and rows of values; ``None`` is missing."""

    def make(columns, *rows):
        names = columns.split()
        frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows], columns=names)
        for name in names:
            if name in MOMENTS:
                frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
            elif name in WHOLE:
                frame[name] = frame[name].astype("Int64")
            elif name in NUMBERS:
                frame[name] = frame[name].astype("float64")
            elif name != "failed":
                frame[name] = frame[name].astype("str")
        return frame

    return make
