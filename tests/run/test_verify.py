"""A published report checked again: untouched it passes, and whatever was done to it since is named by file."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rca_lib.errors import UsageError
from rca_lib.run.index import write_index
from rca_lib.run.review import Review
from rca_lib.run.verify import verify

pytestmark = pytest.mark.kernel


@pytest.fixture
def kept(published: Review, tmp_path: Path) -> Path:
    """A copy of a published report, in a folder of reports with its index."""
    folder = tmp_path / "kept" / published.folder.name
    shutil.copytree(published.folder, folder)
    write_index(folder.parent)
    return folder


def rehash(folder: Path, *names: str) -> None:
    """Do what someone would who wants a change to go unseen: write its hash into the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name in names:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_an_untouched_report_passes_with_every_review_read(kept, published):
    (check,) = verify(kept)

    assert check.ok
    assert (check.problems, check.notes) == ((), ())
    assert check.escalation_id == "ESC-0003"
    assert check.files == len(published.files)
    assert set(check.reviews) == {name for name in published.files if name.endswith(("html", "pdf"))}


def test_a_folder_of_reports_is_checked_report_by_report_with_its_index(kept):
    other = kept.parent / "ESC-0009"
    shutil.copytree(kept, other)
    (other / "leadership.html").unlink()
    write_index(kept.parent)

    checks = verify(kept.parent)
    assert [(check.folder.name, check.ok) for check in checks] == [("ESC-0003", True), ("ESC-0009", False)]


def test_an_index_that_lists_other_reports_is_named(kept):
    edit(kept.parent / "index.html", "ESC-0003", "ESC-0004")
    *_, index = verify(kept.parent)

    assert [(each.file, each.kind) for each in index.problems] == [("index.html", "changed")]


def lose(folder: Path) -> None:
    (folder / "specialists.pdf").unlink()


def touch(folder: Path) -> None:
    path = folder / "specialists.pdf"
    path.write_bytes(path.read_bytes() + b"\n")


def add(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine", encoding="utf-8")


@pytest.mark.parametrize(
    ("do", "name", "kind", "said"),
    [
        (lose, "specialists.pdf", "missing", "is missing"),
        (touch, "specialists.pdf", "changed", "was changed after it was made"),
        (add, "notes.txt", "unlisted", "is not in the manifest"),
    ],
)
def test_a_file_that_is_not_as_published_is_named_with_what_to_do(kept, do, name, kind, said):
    do(kept)
    (check,) = verify(kept)

    first = check.problems[0]
    assert (first.file, first.kind) == (name, kind)
    assert said in first.message
    assert first.fix


def a_number(folder: Path) -> str:
    edit(folder / "leadership.html", "95% interval", "94% interval")
    return "94%"


def another_state(folder: Path) -> str:
    text = (folder / "leadership.html").read_text(encoding="utf-8")
    (folder / "leadership.html").write_text(
        text.replace("Draft: the cause has not been confirmed and signed by a person", ""), encoding="utf-8"
    )
    return "Draft"


def an_identifier(folder: Path) -> str:
    edit(folder / "leadership.html", "</main>", "<p>See REQ-00413.</p></main>")
    return "leadership.html"


@pytest.mark.parametrize(
    ("do", "kind"), [(a_number, "reading"), (another_state, "reading"), (an_identifier, "reading|gate")]
)
def test_a_change_whose_hash_was_put_right_is_found_by_what_it_says(kept, do, kind):
    sign = do(kept)
    rehash(kept, "leadership.html")
    (check,) = verify(kept)

    assert [each.file for each in check.problems] == ["leadership.html"] * len(check.problems) != []
    assert {each.kind for each in check.problems} <= set(kind.split("|"))
    assert any(sign in each.message for each in check.problems)


def other_text(record: dict) -> str:
    record["claims"][0]["text"] = "It did not happen."
    return record["claims"][0]["id"]


def other_value(record: dict) -> str:
    claim = next(claim for claim in record["claims"] if isinstance(claim["value"], float))
    claim["value"] = 0.5
    return claim["id"]


def lost_claim(record: dict) -> str:
    return record["claims"].pop()["id"]


def added_claim(record: dict) -> str:
    record["claims"].append({**record["claims"][0], "id": "core.extra"})
    return "core.extra"


def other_extent(record: dict) -> str:
    record["extent"]["failures"] += 1
    return "extent"


def other_order(record: dict) -> str:
    record["causes"].reverse()
    return "causes"


@pytest.mark.parametrize("do", [other_text, other_value, lost_claim, added_claim, other_extent, other_order])
def test_a_record_that_says_other_than_the_notebook_is_found(kept, do):
    record = json.loads((kept / "case.json").read_text(encoding="utf-8"))
    named = do(record)
    (kept / "case.json").write_text(json.dumps(record), encoding="utf-8")
    rehash(kept, "case.json")
    (check,) = verify(kept)

    assert {(each.file, each.kind) for each in check.problems} == {("case.json", "record")}
    assert any(named in each.message for each in check.problems)


def test_a_notebook_that_was_changed_makes_every_review_differ(kept):
    edit(kept / "case_review.ipynb", "Not known:", "Known:")
    rehash(kept, "case_review.ipynb")
    (check,) = verify(kept)

    named = {each.file for each in check.problems}
    assert {"case.json", "leadership.html", "leadership.pdf", "specialists.html", "specialists.pdf"} <= named


@pytest.mark.parametrize("name", ["case_review.ipynb", "case.json", "manifest.json", "leadership.pdf"])
def test_a_file_that_cannot_be_read_is_a_problem_and_no_crash(kept, name):
    (kept / name).write_bytes(b"\xff\xfe no")
    (check,) = verify(kept)

    assert not check.ok
    assert name in {each.file for each in check.problems}


def test_a_profile_that_does_not_come_with_the_suite_is_said_and_can_be_given(kept, tmp_path):
    shutil.copy(kept / "leadership.html", kept / "board.html")
    rehash(kept, "board.html")
    (check,) = verify(kept)
    assert check.ok
    assert any("board.html" in note and "--audience" in note for note in check.notes)

    profile = tmp_path / "board.toml"
    profile.write_text(
        'name = "board"\ntitle = "For the board"\nsensitivity = ["general"]\nfields = ["escalations.title", "actions.description"]\n'
        '[[sections]]\nid = "in_short"\ntitle = "In short"\nblocks = ["core.message"]\n',
        encoding="utf-8",
    )
    (check,) = verify(kept, profiles=[str(profile)])
    assert {each.file for each in check.problems} == {"board.html"}


def test_a_review_for_counsel_without_what_is_sealed_is_a_note_and_no_problem(kept, tmp_path):
    shutil.copy(kept / "leadership.html", kept / "counsel.html")
    rehash(kept, "counsel.html")
    profile = tmp_path / "counsel.toml"
    profile.write_text(
        'name = "counsel"\ntitle = "For counsel"\nsensitivity = ["general", "sealed"]\n'
        '[[sections]]\nid = "in_short"\ntitle = "In short"\nblocks = ["core.message"]\n',
        encoding="utf-8",
    )
    (check,) = verify(kept, profiles=[str(profile)])

    assert check.ok
    assert any("sealed.json" in note and "counsel.html" in note for note in check.notes)


def test_a_profile_changed_since_is_said(kept):
    manifest = json.loads((kept / "manifest.json").read_text(encoding="utf-8"))
    manifest["profiles"]["leadership"] = "0" * 64
    manifest["versions"]["rca-suite"] = "0.0.1"
    (kept / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (check,) = verify(kept)

    assert check.ok
    assert any("profile leadership was changed" in note for note in check.notes)
    assert any("version 0.0.1" in note for note in check.notes)


@pytest.mark.parametrize("make", [lambda _: None, lambda path: path.mkdir(), lambda path: path.write_text("x")])
def test_what_holds_no_report_is_a_wrong_call(tmp_path, make: Callable[[Path], object]):
    make(tmp_path / "here")
    with pytest.raises(UsageError):
        verify(tmp_path / "here")
