"""Check published reports again: every file against its manifest, and what the reviews say against what was found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rca_lib import __version__
from rca_lib.errors import GateError, RcaError, UsageError
from rca_lib.run.index import reports_in
from rca_lib.run.publish import MANIFEST, read_manifest
from rca_lib.run.review import NEUTRAL, RECORD, SEALED, case_record, read_review

if TYPE_CHECKING:
    from rca_lib.render.audience import Audience
    from rca_lib.render.consistency import Printed
    from rca_lib.render.findings import Findings

__all__ = ["FolderCheck", "Problem", "verify"]

_FORMS = {".slides.pdf": "slides", ".html": "html", ".pdf": "pdf", ".pptx": "pptx"}
"""The endings of reviews, with their formats; the longest first."""
_AGAIN = "Run it again, or bring the file back from where the reports are kept."
_NOT_COMPARED = frozenset({"versions", "claims", "notebook"})
"""Parts of ``case.json`` that do not follow from the notebook's outputs alone, or are compared one by one."""


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was published, or not as it should be.

    Attributes
    ----------
    file : the name of the file.
    kind : ``missing``, ``changed``, ``unlisted``, ``unreadable``, ``record``, ``gate`` or ``reading``.
    message : what differs, in a sentence.
    fix : what to do.
    """

    file: str
    kind: str
    message: str
    fix: str = _AGAIN

    def as_json(self) -> dict[str, str]:
        """Return the problem for machine-readable output."""
        return {"file": self.file, "kind": self.kind, "message": self.message, "fix": self.fix}


@dataclass(frozen=True)
class FolderCheck:
    """What the check of one folder found.

    Attributes
    ----------
    folder : where the report is.
    escalation_id : the escalation, where the manifest can be read.
    files : how many files the manifest names.
    reviews : the reviews that were read and compared, by name.
    problems : what is not as it should be.
    notes : what could not be checked, and why; no fault of the report.
    """

    folder: Path
    escalation_id: str
    files: int
    reviews: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether everything that could be checked is as it should be."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """Return the check for machine-readable output."""
        return {
            "folder": str(self.folder),
            "escalation_id": self.escalation_id,
            "ok": self.ok,
            "files": self.files,
            "reviews": list(self.reviews),
            "problems": [each.as_json() for each in self.problems],
            "notes": list(self.notes),
        }


def verify(path: Path, *, profiles: Sequence[str] = ()) -> list[FolderCheck]:
    """Check a report folder, or every report folder below a folder of reports.

    Each file is hashed and compared with the manifest. The findings are read from the notebook that was published; the record
    (``case.json``) and every review are held against them, as before publishing.

    Parameters
    ----------
    path : the folder of one report, or of many.
    profiles : paths of audience profiles that do not come with the suite, for reviews that were made with them.

    Raises
    ------
    UsageError : when there is no such folder, or no report in it.
    """
    if not path.is_dir():
        raise UsageError(f"There is no folder {path}; give a report folder, or the folder that holds the reports.")
    known = _profiles(profiles)
    if (path / MANIFEST).exists():
        return [_check(path, known)]
    folders = sorted(each.parent for each in path.glob(f"*/{MANIFEST}") if not each.parent.name.startswith("."))
    if not folders:
        raise UsageError(f"{path} holds no report: there is no {MANIFEST} in it or in a folder below it.")
    found = [_check(folder, known) for folder in folders]
    index = _check_index(path)
    return [*found, *([] if index is None else [index])]


def _profiles(paths: Sequence[str]) -> dict[str, Audience]:
    from rca_lib.render.audience import audiences, load_audience

    listed = [load_audience(name) for name in (*audiences(), *paths)]
    return {profile.name: profile for profile in listed}


def _check(folder: Path, profiles: Mapping[str, Audience]) -> FolderCheck:
    manifest = read_manifest(folder)
    if manifest is None or not isinstance(manifest.get("files"), dict):
        problem = Problem(MANIFEST, "unreadable", f"{MANIFEST} cannot be read, so nothing in {folder} can be checked.")
        return FolderCheck(folder, folder.name, 0, problems=(problem,))
    problems = list(_hashes(folder, manifest["files"]))
    said = str(manifest.get("escalation_id") or folder.name)
    detail = (manifest.get("parameters") or {}).get("detail", NEUTRAL)
    told = {name: profile.at_detail(detail) for name, profile in profiles.items()}
    reviews, more, notes = _contents(folder, manifest, told)
    made = (manifest.get("versions") or {}).get("rca-suite")
    if made not in (None, __version__):
        notes = [
            *notes,
            f"It was made with version {made} and checked with {__version__}; differences may come from that.",
        ]
    return FolderCheck(folder, said, len(manifest["files"]), tuple(reviews), (*problems, *more), tuple(notes))


def _hashes(folder: Path, files: Mapping[str, str]) -> Iterator[Problem]:
    for name, digest in files.items():
        path = folder / name
        if Path(name).name != name:
            yield Problem(name, "unlisted", f"The manifest names {name}, which lies outside of the folder.")
        elif not path.is_file():
            yield Problem(name, "missing", f"{name} is missing; the manifest names it.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield Problem(
                name, "changed", f"{name} was changed after it was made: its SHA-256 is not that of the manifest."
            )
    for path in sorted(folder.iterdir()):
        if path.name != MANIFEST and path.name not in files:
            yield Problem(
                path.name,
                "unlisted",
                f"{path.name} is not in the manifest.",
                "Take it out of the folder: what was not published with the report is no part of it.",
            )


def _contents(
    folder: Path, manifest: Mapping[str, Any], profiles: Mapping[str, Audience]
) -> tuple[list[str], list[Problem], list[str]]:
    """Hold the record and the reviews against the findings; return the reviews read, the problems and the notes."""
    notebook = f"{(manifest.get('parameters') or {}).get('notebook') or 'case_review'}.ipynb"
    try:
        findings, sealed = _findings(folder, notebook)
    except (OSError, ValueError, RcaError) as error:
        reason = str(error) if isinstance(error, RcaError) else f"{notebook} cannot be read."
        return [], [Problem(notebook, "unreadable", f"What was found cannot be read again: {reason}")], []
    problems = list(_record(folder, findings, notebook.removesuffix(".ipynb")))
    printed: list[Printed] = []
    notes: list[str] = []
    for name in manifest["files"]:
        form = next((each for ending, each in _FORMS.items() if name.endswith(ending)), None)
        if form is None or not (folder / name).is_file():
            continue
        audience = name.split(".")[0]
        profile = profiles.get(audience)
        note = _cannot(name, audience, profile, sealed=sealed)
        if profile is None or note:
            notes.append(note)
            continue
        if (manifest.get("profiles") or {}).get(audience, profile.digest) != profile.digest:
            notes.append(
                f"The profile {audience} was changed since {name} was made; it is compared with the profile of today."
            )
        try:
            printed.append(_read(folder / name, profile, form, findings))
        except GateError as error:
            problems.append(Problem(name, "gate", str(error).replace("Nothing was published: ", "", 1)))
        except RcaError as error:
            problems.append(Problem(name, "unreadable", str(error)))
    problems += _readings(printed, findings)
    return [each.name for each in printed], problems, notes


def _cannot(name: str, audience: str, profile: Audience | None, *, sealed: bool) -> str:
    """Say why a review cannot be compared with the findings; empty where it can."""
    if profile is None:
        return (
            f"{name} was compared with the manifest alone: its profile {audience} does not come with the suite; "
            "give --audience with the path of its profile."
        )
    if profile.may_see("sealed") and not sealed:
        return f"{name} was compared with the manifest alone: it cannot be read against the findings without {SEALED}."
    return ""


def _findings(folder: Path, notebook: str) -> tuple[Findings, bool]:
    """Return what was found, and whether what is sealed is there too."""
    from rca_lib.render.findings import read_findings

    executed = json.loads((folder / notebook).read_text(encoding="utf-8"))
    apart = folder / SEALED
    more = json.loads(apart.read_text(encoding="utf-8")) if apart.is_file() else []
    return read_findings(executed, more=more), apart.is_file()


def _record(folder: Path, findings: Findings, notebook: str) -> Iterator[Problem]:
    """Hold ``case.json`` against the findings, claim by claim."""
    from pydantic import ValidationError

    from rca_lib.review.record import CaseRecord

    try:
        kept = CaseRecord.model_validate_json((folder / RECORD).read_bytes())
    except OSError:
        return  # A file that is missing is named by its hash.
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        yield Problem(RECORD, "record", f"{RECORD} is not a case record: {where}: {error.errors()[0]['msg'].lower()}.")
        return
    made = case_record(findings, notebook)
    told = {claim.id: claim for claim in kept.claims}
    for claim in made.claims:
        other = told.pop(claim.id, None)
        if other is None:
            yield Problem(RECORD, "record", f"{RECORD} lacks the claim {claim.id}, which the notebook holds.")
        elif (differs := _differing(claim.model_dump(), other.model_dump(), {"audiences"})) is not None:
            key, there, here = differs
            yield Problem(
                RECORD, "record", f"{RECORD} says {key} “{here}” of the claim {claim.id}; the notebook says “{there}”."
            )
    for name in told:
        yield Problem(RECORD, "record", f"{RECORD} has a claim {name} that the notebook does not hold.")
    differs = _differing(made.model_dump(), kept.model_dump(), _NOT_COMPARED)
    if differs is not None:
        yield Problem(RECORD, "record", f"{RECORD} has other {differs[0].replace('_', ' ')} than the notebook.")


def _differing(
    made: Mapping[str, Any], kept: Mapping[str, Any], but: frozenset[str] | set[str]
) -> tuple[str, Any, Any] | None:
    return next(((key, made[key], kept[key]) for key in made if key not in but and made[key] != kept[key]), None)


def _read(path: Path, profile: Audience, form: str, findings: Findings) -> Printed:
    from rca_lib.render.view import assemble

    return read_review(path.name, path.read_bytes(), profile, form, assemble(findings, profile), findings)


def _readings(printed: Sequence[Printed], findings: Findings) -> Iterator[Problem]:
    from rca_lib.render.consistency import differences

    for each in differences(printed, findings):
        yield Problem(each.file, "reading", f"{each}.")


def _check_index(path: Path) -> FolderCheck | None:
    """Check that the index page names the reports that are there; ``None`` where it does."""
    from rca_lib.render.contents import render_index

    index = path / "index.html"
    if index.is_file() and index.read_text(encoding="utf-8") == render_index(reports_in(path)):
        return None
    what = "is missing" if not index.is_file() else "does not list the reports as they are"
    problem = Problem(
        "index.html", "changed", f"index.html {what}.", "Run one of the escalations again; each run writes it anew."
    )
    return FolderCheck(path, "", 1, problems=(problem,))
