"""Read the texts of the escalations and turn them into evidence, codings, actions and feedback."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from rca_lib.data.example.calendar import hours_at

__all__ = ["action_rows", "codebook_rows", "coding_rows", "evidence_rows", "feedback_rows", "stories"]

Row = dict[str, Any]

_CODERS = ("CODER-1", "CODER-2", "CODER-3")
_MISSED, _OTHER_CODE, _EXTRA = (0.08, 0.17, 0.24), (0.03, 0.08, 0.12), (0.05, 0.08, 0.10)
_THIRD_CODER_SHARE = 0.35
_LEAST_FALL = 0.7
"""No action is aimed at less than a fall by three tenths."""


@cache
def stories() -> tuple[Row, ...]:
    """Every story, by escalation id."""
    folder = files("rca_lib.data.example") / "stories"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("esc_"))
    return tuple(tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in names)


def codebook_rows() -> list[Row]:
    """Rows of ``codebook``."""
    text = (files("rca_lib.data.example") / "stories" / "codebook.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["codes"])


def _numbered() -> Iterator[tuple[str, Row, Row]]:
    """Each piece of evidence with its id and its story."""
    for story in stories():
        for number, piece in enumerate(story.get("evidence", ()), 1):
            yield f"EV-{story['escalation_id'][4:]}-{number:02d}", story, piece


def evidence_rows() -> list[Row]:
    """Rows of ``evidence``, with the hash of each text."""
    rows = []
    for evidence_id, story, piece in _numbered():
        text = " ".join(piece["text"].split())
        rows.append(
            {
                "evidence_id": evidence_id,
                "escalation_id": story["escalation_id"],
                "kind": piece["kind"],
                "collected_at": hours_at(piece["collected"]),
                "source_role": piece["role"],
                "text": text,
                "locator": piece.get("locator", f"vault/{story['escalation_id'].lower()}/{evidence_id.lower()}"),
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
                "sensitivity": piece.get("sensitivity", "operational"),
                "reliability": piece["rated"][0],
                "credibility": piece["rated"][1],
            }
        )
    return rows


def coding_rows(rng: np.random.Generator) -> list[Row]:
    """Rows of ``codings``: two coders on everything, a third on part, who mostly agree."""
    codes = [row["code_id"] for row in codebook_rows() if row.get("parent")]
    rows: dict[tuple[Any, ...], Row] = {}
    for evidence_id, _, piece in _numbered():
        text = " ".join(piece["text"].split())
        third = rng.random() < _THIRD_CODER_SHARE
        for position, coder in enumerate(_CODERS if third else _CODERS[:2]):
            chosen = list(_as_coded(piece.get("codes", ()), text, position, codes, rng))
            if rng.random() < _EXTRA[position]:
                chosen.append((str(rng.choice(codes)), 0, _word_end(text, int(rng.integers(30, 90)))))
            for code, start, end in chosen:
                row = {
                    "evidence_id": evidence_id,
                    "code_id": code,
                    "coder_id": coder,
                    "span_start": start,
                    "span_end": end,
                }
                rows[tuple(row.values())] = row
    return list(rows.values())


def _as_coded(
    marks: list[list[str]], text: str, coder: int, codes: list[str], rng: np.random.Generator
) -> Iterator[tuple[str, int, int]]:
    """One coder's reading of the marked phrases: some missed, some coded otherwise, spans a little longer or shorter."""
    for code, phrase in marks:
        miss, other, slip = rng.random(3)
        if miss < _MISSED[coder]:
            continue
        chosen = str(rng.choice(codes)) if other < _OTHER_CODE[coder] else code
        start = text.index(" ".join(phrase.split()))
        end = start + len(" ".join(phrase.split()))
        if slip < 0.3:
            end = _word_end(text, min(len(text), end + 18))
        elif slip > 0.85:
            start = text.rfind(" ", 0, max(start - 12, 0)) + 1
        yield chosen, start, end


def _word_end(text: str, position: int) -> int:
    """The end of the word that a position falls in."""
    if position >= len(text):
        return len(text)
    end = text.find(" ", position)
    return len(text) if end < 0 else end


def action_rows(baselines: dict[str, float]) -> tuple[list[Row], dict[str, str]]:
    """Rows of ``actions``, and for the truth file what each action really did.

    Parameters
    ----------
    baselines : escalation id to the measured share before its actions.
    """
    rows, effects = [], {}
    for story in stories():
        for number, action in enumerate(story.get("actions", ()), 1):
            action_id = f"ACT-{story['escalation_id'][4:]}-{number}"
            done = action.get("done")
            baseline = baselines.get(story["escalation_id"], np.nan)
            rows.append(
                {
                    "action_id": action_id,
                    "escalation_id": story["escalation_id"],
                    "cause_id": action.get("cause"),
                    "description": action["description"],
                    "domain": action["domain"],
                    "strength": action["strength"],
                    "owner_role": action["owner"],
                    "due_at": hours_at(action["due"]),
                    "status": "done" if done else action.get("status", "open"),
                    "done_at": hours_at(done) if done else np.nan,
                    "metric": action.get("metric", f"{story['failure_mode']} share of assessed requests"),
                    "baseline": baseline,
                    "target": min(action["target"], round(_LEAST_FALL * baseline, 3)) if "target" in action else np.nan,
                }
            )
            effects[action_id] = action["effect"]
    return rows, effects


def feedback_rows() -> list[Row]:
    """Rows of ``feedback`` that belong to an escalation."""
    rows = []
    for story in stories():
        for number, note in enumerate(story.get("feedback", ()), 1):
            given = hours_at(note["given"])
            rows.append(
                {
                    "feedback_id": f"FB-{story['escalation_id'][4:]}-{number}",
                    "to_role": note["to"],
                    "kind": note["kind"],
                    "given_at": given,
                    "acknowledged_at": hours_at(note["acknowledged"]) if "acknowledged" in note else np.nan,
                    "escalation_id": story["escalation_id"],
                    "assessment_id": None,
                    "outcome": note.get("outcome"),
                }
            )
    return rows
