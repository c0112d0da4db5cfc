import hashlib
import json
from pathlib import Path

import pytest

from rca_lib import __version__
from rca_lib.data.naming import folder_name
from rca_lib.run.index import reports_in, write_index
from rca_lib.run.publish import (
    package_versions,
    published_folder,
    read_manifest,
    write_manifest,
    write_whole,
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_whole_when_it_is_finished(tmp_path):
    with published_folder(tmp_path / "reports" / "ESC-1") as folder:
        (folder / "a.html").write_text("a")
        assert not (tmp_path / "reports" / "ESC-1").exists()

    assert names(tmp_path / "reports") == ["ESC-1"]
    assert names(tmp_path / "reports" / "ESC-1") == ["a.html"]


def test_a_new_folder_takes_the_place_of_the_old_with_all_its_files(tmp_path):
    (tmp_path / "ESC-1").mkdir()
    (tmp_path / "ESC-1" / "old.html").write_text("old")
    with published_folder(tmp_path / "ESC-1") as folder:
        (folder / "new.html").write_text("new")

    assert names(tmp_path) == ["ESC-1"]
    assert names(tmp_path / "ESC-1") == ["new.html"]


def test_a_failure_leaves_the_old_folder_whole_and_nothing_else(tmp_path):
    (tmp_path / "ESC-1").mkdir()
    (tmp_path / "ESC-1" / "old.html").write_text("old")
    with pytest.raises(ZeroDivisionError), published_folder(tmp_path / "ESC-1") as folder:
        (folder / "half.html").write_text(f"{1 / 0}")

    assert names(tmp_path) == ["ESC-1"]
    assert (tmp_path / "ESC-1" / "old.html").read_text() == "old"


def test_the_old_folder_comes_back_when_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    (tmp_path / "ESC-1").mkdir()
    (tmp_path / "ESC-1" / "old.html").write_text("old")
    moves = []
    really = Path.replace

    def replace(self, target):
        moves.append(self)
        if len(moves) == 2:
            raise PermissionError
        return really(self, target)

    monkeypatch.setattr("pathlib.Path.replace", replace)
    with pytest.raises(PermissionError), published_folder(tmp_path / "ESC-1") as folder:
        (folder / "new.html").write_text("new")

    assert names(tmp_path) == ["ESC-1"]
    assert names(tmp_path / "ESC-1") == ["old.html"]


def test_others_may_read_a_published_folder(tmp_path):
    with published_folder(tmp_path / "ESC-1") as folder:
        write_whole(folder / "a.html", b"a")

    assert (tmp_path / "ESC-1").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "ESC-1" / "a.html").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("escalation", "name"),
    [
        ("ESC-0042", "ESC-0042"),
        ("INC0000045", "INC0000045"),
        ("2024/17", "2024=2F17"),
        ("..", "=2E."),
        ("a b=c", "a=20b=3Dc"),
    ],
)
def test_a_folder_is_named_after_its_escalation_and_stays_in_its_place(escalation, name):
    assert folder_name(escalation) == name


def test_a_file_is_replaced_whole(tmp_path):
    write_whole(tmp_path / "deep" / "a.html", b"one")
    write_whole(tmp_path / "deep" / "a.html", b"two")

    assert names(tmp_path / "deep") == ["a.html"]
    assert (tmp_path / "deep" / "a.html").read_bytes() == b"two"


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path, monkeypatch):
    write_whole(tmp_path / "a.html", b"one")

    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_whole(tmp_path / "a.html", b"two")

    assert names(tmp_path) == ["a.html"]
    assert (tmp_path / "a.html").read_bytes() == b"one"


def test_a_manifest_holds_the_hash_of_every_file_beside_it(tmp_path):
    (tmp_path / "b.pdf").write_bytes(b"b")
    (tmp_path / "a.html").write_bytes(b"a")
    made = write_manifest(tmp_path, {"escalation_id": "ESC-1"})

    assert made == read_manifest(tmp_path)
    assert made["escalation_id"] == "ESC-1"
    assert list(made["files"]) == ["a.html", "b.pdf"]
    assert made["files"]["a.html"] == hashlib.sha256(b"a").hexdigest()


@pytest.mark.parametrize("content", [None, "", "[]", "{", "\ufffd"])
def test_a_folder_without_a_readable_manifest_has_none(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")

    assert read_manifest(tmp_path) is None


def test_the_versions_name_python_this_suite_and_what_results_depend_on():
    found = package_versions()

    assert found["rca-suite"] == __version__
    assert {"python", "pandas", "statsmodels", "typst", "papermill"} <= set(found)


def test_the_index_lists_folders_that_hold_a_manifest(tmp_path):
    for name, title in (("ESC-2", "Second & <last>"), ("ESC-1", "First")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "leadership.html").write_text("x")
        write_manifest(
            tmp_path / name, {"escalation_id": name, "title": title, "as_of": "2025-03-31", "state": "draft"}
        )
    (tmp_path / "notes").mkdir()
    (tmp_path / ".ESC-3.half").mkdir()
    page = write_index(tmp_path).read_text(encoding="utf-8")

    assert [report["folder"] for report in reports_in(tmp_path)] == ["ESC-1", "ESC-2"]
    assert 'href="ESC-1/leadership.html"' in page
    assert "Second &amp; &lt;last&gt;" in page
    assert "notes" not in page
    assert "ESC-3" not in page


def test_a_folder_of_reports_that_is_not_there_holds_none(tmp_path):
    assert reports_in(tmp_path / "reports") == []


def test_an_index_outlives_a_manifest_that_lacks_things(tmp_path):
    (tmp_path / "ESC-1").mkdir()
    (tmp_path / "ESC-1" / "manifest.json").write_text(json.dumps({}))

    assert "ESC-1" in write_index(tmp_path).read_text(encoding="utf-8")
