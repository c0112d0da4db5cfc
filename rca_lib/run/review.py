"""One escalation, end to end: execute once, render for every audience and format, pass the gate, publish whole."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rca_lib.data.as_of import read_as_of
from rca_lib.data.naming import folder_name
from rca_lib.errors import UsageError
from rca_lib.resources import notebooks
from rca_lib.review.casefile.place import find_case_file
from rca_lib.run.execute import execute
from rca_lib.run.parameters import nearest
from rca_lib.run.publish import package_versions, published_folder, read_manifest, write_manifest

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from rca_lib.data.source import Source
    from rca_lib.render.audience import Audience
    from rca_lib.render.consistency import Printed
    from rca_lib.render.exporter import ReviewExporter
    from rca_lib.render.findings import Findings
    from rca_lib.review.record import CaseRecord

__all__ = [
    "DEFAULT_NOTEBOOK",
    "FORMATS",
    "Review",
    "case_record",
    "check_escalation",
    "file_name",
    "find_notebook",
    "read_review",
    "render",
    "run_review",
]

DEFAULT_NOTEBOOK = "case_review"
FORMATS = ("html", "pdf", "slides", "pptx")
RECORD = "case.json"
NEUTRAL = 1
"""How closely harmful matter is told unless a call asks otherwise: in neutral words."""
SEALED = "sealed.json"
"""What counsel alone may know of a case, kept beside its reviews when counsel's is made."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Review:
    """What one run left behind.

    Attributes
    ----------
    escalation_id : the escalation.
    folder : where its files are.
    files : their names, the reviews first.
    state : draft, reviewed or approved.
    seconds : how long each part took.
    set_aside : rows of the source that broke a rule and were not used.
    """

    escalation_id: str
    folder: Path
    files: tuple[str, ...]
    state: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    set_aside: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the record for machine-readable output."""
        return {
            "escalation_id": self.escalation_id,
            "folder": str(self.folder),
            "files": list(self.files),
            "state": self.state,
            "seconds": {key: round(value, 3) for key, value in self.seconds.items()},
            "set_aside": self.set_aside,
        }


def find_notebook(name: str) -> Path:
    """Return the path of a notebook: one of ours by name, or any by path.

    Raises
    ------
    UsageError : when there is none; names those that there are.
    """
    path = Path(name)
    if path.suffix == ".ipynb":
        if path.is_file():
            return path
        raise UsageError(f"There is no notebook {name}; check the path.")
    folder = notebooks()
    found = folder / f"{name}.ipynb"
    if not found.is_file():
        known = sorted(each.stem for each in folder.glob("*.ipynb"))
        raise UsageError(f"There is no notebook “{name}”; there are: {', '.join(known)}.")
    return found


def check_escalation(source: Source, escalation_id: str, *, as_of: str | None = None) -> None:
    """Raise when the source holds no such escalation, or none that had been opened at ``as_of``.

    Raises
    ------
    UsageError : for an unknown id, with the three nearest; for a moment that is not one, or before the escalation.
    """
    wall = None if as_of is None else read_as_of(as_of)
    opened = {row.escalation_id: row.opened_at for row in source.escalations()}
    if escalation_id not in opened:
        close = nearest(escalation_id, opened, 3)
        raise UsageError(
            f"There is no escalation {escalation_id} in {source.name}; the nearest are {', '.join(close)}."
            if close
            else f"There is no escalation {escalation_id}: {source.name} holds none."
        )
    if wall is not None and datetime.fromisoformat(opened[escalation_id]) > wall:
        raise UsageError(f"{escalation_id} was opened after {wall:%Y-%m-%d}; give a later --as-of.")


def run_review(
    escalation_id: str,
    source: Source,
    *,
    audiences: Sequence[str] = (),
    formats: Sequence[str] = (),
    out: Path = Path("reports"),
    as_of: str | None = None,
    notebook: str = DEFAULT_NOTEBOOK,
    cases: str | None = None,
    detail: int = NEUTRAL,
    progress: Progress | None = None,
) -> Review:
    """Make the reviews of one escalation.

    Parameters
    ----------
    audiences : names or paths of profiles; every profile that comes with the suite by default.
    formats : ``html``, ``pdf``, ``slides``, ``pptx`` or ``json`` (the record and the notebook alone); what each profile
        asks for by default.
    out : the folder that holds one folder an escalation.
    cases : the folder of case files; ``cases`` in the source by default.
    detail : how closely harmful matter is told, to audiences that may be told so: 0 by codes, 1 in neutral words, 2 as
        closely as the facts need. Reviews with harmful matter made at 2 are counted in ``exposure.jsonl`` beside the reports.
    progress : called with what is being done, and how much of how much is done.

    Raises
    ------
    UsageError : for an unknown escalation, audience, format, notebook or parameter, before anything is run.
    CaseFileError : when the case file of the escalation holds a mistake, before anything is run.
    ExecutionError : when a cell fails; the notebook so far is kept beside the report folder.
    RenderError, GateError : when a review may not leave as it is; nothing is published.
    ConsistencyError : when a review does not read as the findings do, or as another one does; nothing is published.
    """
    from rca_lib.render.audience import audiences as all_audiences
    from rca_lib.render.audience import load_audience
    from rca_lib.render.warm import warm_up
    from rca_lib.review.casefile.reading import read_case_file

    _check_formats(formats)
    profiles = {name: load_audience(name).at_detail(detail) for name in audiences or all_audiences()}
    _check_packages({each for profile in profiles.values() for each in formats or profile.formats})
    path = find_notebook(notebook)
    check_escalation(source, escalation_id, as_of=as_of)
    case_path = find_case_file(source.path, escalation_id, cases)
    if case_path is not None:
        read_case_file(case_path, case=escalation_id)
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder for the reports.")
    held = read_manifest(out / folder_name(escalation_id))
    if held is not None and held.get("source") not in (None, source.name):
        raise UsageError(
            f"{out / folder_name(escalation_id)} holds the review of another source ({held['source']}); give another --out, or remove it."
        )
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    warming = threading.Thread(target=warm_up, daemon=True)

    def on_cell(done: int, total: int) -> None:
        # Not sooner: an import that runs beside Papermill's own meets half-made modules.
        if not warming.ident:
            warming.start()
        if progress:
            progress("running", done, total)

    executed = execute(
        path,
        {"escalation_id": escalation_id, "source": _as_given(source)}
        | ({} if as_of is None else {"as_of": as_of})
        | ({} if cases is None else {"cases": str(Path(cases).expanduser().resolve())}),
        keep_failed=out / f"{folder_name(escalation_id)}.failed.ipynb",
        progress=on_cell,
    )
    warming.join()
    seconds["execute"] = time.perf_counter() - started
    return _publish(executed, escalation_id, source, profiles, formats, out, path.stem, seconds, progress, detail)


def _publish(
    executed: NotebookNode,
    escalation_id: str,
    source: Source,
    profiles: Mapping[str, Audience],
    formats: Sequence[str],
    out: Path,
    notebook: str,
    seconds: dict[str, float],
    progress: Progress | None,
    detail: int,
) -> Review:
    import nbformat

    from rca_lib.render.findings import read_findings
    from rca_lib.render.sealing import split_sealed
    from rca_lib.run.exposure import count_exposure
    from rca_lib.run.index import write_index

    findings = read_findings(executed)
    public, sealed = split_sealed(executed)
    record = case_record(findings, notebook)
    wanted = [
        (name, each) for name, profile in profiles.items() for each in formats or profile.formats if each != "json"
    ]
    started = time.perf_counter()
    final = out / folder_name(escalation_id)
    with published_folder(final) as folder:
        _print_reviews(folder, wanted, profiles, findings, _places(source), progress)
        (folder / RECORD).write_bytes(record.as_bytes())
        (folder / f"{notebook}.ipynb").write_text(nbformat.writes(nbformat.from_dict(public)) + "\n", encoding="utf-8")
        if sealed and any(profile.may_see("sealed") for profile in profiles.values()):
            # What only counsel may know: without it counsel's review cannot be checked again.
            (folder / SEALED).write_text(json.dumps(sealed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        seconds["render"] = time.perf_counter() - started
        manifest = write_manifest(
            folder,
            {
                "escalation_id": escalation_id,
                "title": findings.record.get("title"),
                "severity": _fact(findings, "severity"),
                "state": record.state,
                "as_of": record.as_of,
                "simulated": bool(findings.record.get("simulated")),
                "parameters": {
                    "escalation_id": escalation_id,
                    "as_of": record.as_of,
                    "notebook": notebook,
                    "detail": detail,
                },
                "source": source.name,
                "source_digest": record.source_digest,
                "case_file": record.case_file,
                "profiles": {profile.name: profile.digest for profile in profiles.values()},
                "versions": record.versions,
                "seconds": {key: round(value, 3) for key, value in seconds.items()},
            },
        )
    write_index(out)
    if findings.record.get("content_note"):
        count_exposure(out, escalation_id, [(profiles[name], each) for name, each in wanted])
    reviews = [file_name(profiles[name].name, each) for name, each in wanted]
    files = (*reviews, *(name for name in manifest["files"] if name not in reviews))
    aside = findings.record.get("set_aside_rows") or 0
    return Review(escalation_id, final, files, record.state, seconds, int(aside))


def _print_reviews(
    folder: Path,
    wanted: Sequence[tuple[str, str]],
    profiles: Mapping[str, Audience],
    findings: Findings,
    places: Sequence[str],
    progress: Progress | None,
) -> None:
    """Write every review that is wanted, and hold all of them against the findings and one another."""
    from nbformat.v4 import new_notebook

    from rca_lib.render.consistency import check_consistency
    from rca_lib.render.view import assemble

    views = {name: assemble(findings, profiles[name]) for name in dict.fromkeys(name for name, _ in wanted)}
    # The views are all that an exporter prints, and nbconvert copies what it is given, once for each file.
    blank = new_notebook()
    printed = []
    for position, (name, each) in enumerate(wanted, start=1):
        content, read = _render_read(blank, name, profiles[name], each, views[name], findings, places)
        (folder / read.name).write_bytes(content)
        printed.append(read)
        if progress:
            progress(f"{profiles[name].name} {each}", position, len(wanted))
    check_consistency(printed, findings)


def render(
    executed: NotebookNode, audience: str, each: str, findings: Findings, forbidden: Sequence[str] = ()
) -> bytes:
    """Render an executed notebook for one audience in one format, and pass it through the gate.

    Parameters
    ----------
    audience : the name of a profile, or the path of one.
    each : one of `FORMATS`.
    findings : what the notebook found, for the gate.
    forbidden : texts that no reader may see, such as where the source lies.

    Raises
    ------
    RenderError : when the review breaks a standard.
    GateError : when the file holds something that its audience may not see.
    """
    from rca_lib.render.audience import load_audience
    from rca_lib.render.view import assemble

    profile = load_audience(audience).at_detail(NEUTRAL)
    return _render_read(executed, audience, profile, each, assemble(findings, profile), findings, forbidden)[0]


def _render_read(
    executed: NotebookNode,
    audience: str,
    profile: Audience,
    each: str,
    view: dict[str, Any],
    findings: Findings,
    forbidden: Sequence[str],
) -> tuple[bytes, Printed]:
    """Render a review that has been assembled; return its file, and what the gate read in it."""
    body, _ = _exporter(each, audience).from_notebook_node(executed, {"review": view})
    content: bytes = body if isinstance(body, bytes) else body.encode()
    name = file_name(profile.name, each)
    return content, read_review(name, content, profile, each, view, findings, forbidden)


def read_review(
    name: str,
    content: bytes,
    profile: Audience,
    form: str,
    view: dict[str, Any],
    findings: Findings,
    forbidden: Sequence[str] = (),
) -> Printed:
    """Pass a finished review through the gate; return what was read in it.

    Raises
    ------
    GateError : when the file holds something that its audience may not see, or cannot be read to its end.
    """
    from rca_lib.render.consistency import Printed
    from rca_lib.render.gate import check_file
    from rca_lib.render.telling import forbidden_texts, hidden_identifiers

    record = findings.record
    key = record.get("pseudonym_key")
    passages = check_file(
        name,
        content,
        shows=view,
        identifiers=hidden_identifiers(profile, record),
        forbidden=(*forbidden, *([str(key)] if key else ())),
        forbidden_texts=forbidden_texts(profile, record),
        headed=str(record.get("escalation_id") or ""),
        code=profile.code,
    )
    return Printed(name, profile, form, view, passages)


def file_name(audience: str, each: str) -> str:
    """Return the name of the file of one audience in one format.

    Examples
    --------
    >>> file_name("leadership", "slides")
    'leadership.slides.pdf'
    """
    return f"{audience}{_exporters()[each].suffix}"


def case_record(findings: Findings, notebook: str) -> CaseRecord:
    """Return the case record that findings amount to, each claim with the audiences that may see it."""
    from rca_lib.render.audience import audiences, load_audience
    from rca_lib.review.record import CaseRecord
    from rca_lib.review.sealed import SEALED_COLUMN

    profiles = [load_audience(name) for name in audiences()]
    claims = tuple(
        claim.model_copy(update={"audiences": tuple(p.name for p in profiles if p.may_see(claim.sensitivity))})
        for claim in findings.claims.values()
        if claim.sensitivity != "sealed"
    )
    record = findings.record
    return CaseRecord(
        escalation_id=record["escalation_id"],
        as_of=record["as_of"],
        notebook=notebook,
        state=record.get("state") or "draft",
        source_digest=record.get("source_digest") or "",
        versions=package_versions(),
        claims=claims,
        extent=record.get("extent"),
        causes=tuple(
            cause for cause in record.get("causes") or () if SEALED_COLUMN not in (cause.get("segment") or {})
        ),
        actions=tuple(record.get("actions") or ()),
        limits=tuple(record.get("limits") or ()),
        not_assessed=tuple(record.get("not_assessed") or ()),
        **{part: tuple(record.get(part) or ()) for part in ("statements", "hypotheses", "triangulation", "audit")},
        case_file=record.get("case_file"),
    )


def _check_formats(formats: Sequence[str]) -> None:
    for each in formats:
        if each not in (*FORMATS, "json"):
            raise UsageError(f"There is no format “{each}”; choose from {', '.join((*FORMATS, 'json'))}.")


def _check_packages(formats: set[str]) -> None:
    """Refuse a format whose package is missing before the notebook is run, and not after."""
    from rca_lib.render.deck_house import NEEDS

    if "pptx" in formats and find_spec("pptx") is None:
        raise UsageError(NEEDS)


@cache
def _exporter(each: str, audience: str) -> ReviewExporter:
    """One exporter an audience and format: a fresh one compiles its templates again."""
    made: ReviewExporter = _exporters()[each](audience=audience)
    return made


def _exporters() -> dict[str, type[ReviewExporter]]:
    from rca_lib.render.html import HTMLReviewExporter
    from rca_lib.render.pdf import PDFReviewExporter
    from rca_lib.render.pptx import PPTXReviewExporter
    from rca_lib.render.slides import SlidesReviewExporter

    kinds = (HTMLReviewExporter, PDFReviewExporter, SlidesReviewExporter, PPTXReviewExporter)
    return dict(zip(FORMATS, kinds, strict=True))


def _as_given(source: Source) -> str:
    """The folder of the source as the kernel can find it: relative where it lies below the current folder."""
    path = source.path.resolve()
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _places(source: Source) -> tuple[str, ...]:
    """Every way in which the place of the source is written; its bare name is no place, every review names it."""
    return tuple(place for place in {_as_given(source), str(source.path)} if len(Path(place).parts) > 1)


def _fact(findings: Findings, key: str) -> str | None:
    return next((fact["value"] for fact in findings.record.get("facts") or () if fact["key"] == key), None)
