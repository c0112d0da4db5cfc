import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rca_lib.cli import app, main
from rca_lib.errors import RcaError, UsageError
from tests.builders import write_source

HEAVY = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "seaborn", "papermill", "nbconvert", "ibis", "duckdb")


@pytest.fixture
def few_tables(small_tables):
    """Requests and escalations alone: the least that most commands need."""
    return {name: small_tables[name] for name in ("requests", "escalations")}


@pytest.fixture
def rca(monkeypatch, capsys):
    """Call the command line as a shell would: give its exit code, standard output and standard error."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["rca", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return left.value.code or 0, said.out, said.err

    return call


HELP = f"""
import sys
from rca_lib.cli import main
sys.argv = ["rca", "--help"]
try:
    main()
finally:
    print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)
"""


def test_help_needs_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)

    assert "Case reviews" in done.stdout
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("command", ["demo", "list", "check", "run"])
def test_every_command_says_what_it_does(command):
    said = CliRunner().invoke(app, [command, "--help"])

    assert said.exit_code == 0
    assert f"rca {command}" in said.output or command in said.output


def test_the_command_is_installed_and_its_exit_code_reaches_the_shell(tmp_path):
    words = [Path(sys.executable).with_name("rca"), "list", "--source", "nowhere"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False)

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("rca: There is no source at “nowhere”")
    assert "Traceback" not in done.stderr


def test_list_names_every_escalation_with_the_state_of_its_review(rca, small_folder, tmp_path):
    code, out, err = rca("list", "--source", small_folder, "--out", tmp_path)

    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[1:]] == [f"ESC-000{n}" for n in range(1, 6)]
    assert "Productions under search warrants left out data" in out


def test_list_prints_json_for_programs(rca, small_folder, tmp_path):
    code, out, _ = rca("list", "--source", small_folder, "--out", tmp_path, "--json")
    first = json.loads(out)[0]

    assert code == 0
    assert first == {
        "escalation_id": "ESC-0001",
        "opened_at": "2025-04-21T09:00:00Z",
        "severity": "S3",
        "failure_mode": "LAT",
        "title": "A court deadline passed",
        "status": "open",
        "review": "none",
    }


def test_list_shows_the_state_of_a_review_that_was_made(rca, small_folder, tmp_path):
    (tmp_path / "ESC-0003").mkdir()
    manifest = {"escalation_id": "ESC-0003", "state": "reviewed", "source": small_folder.name, "files": {}}
    (tmp_path / "ESC-0003" / "manifest.json").write_text(json.dumps(manifest))
    _, out, _ = rca("list", "--source", small_folder, "--out", tmp_path, "--json")

    assert {row["escalation_id"]: row["review"] for row in json.loads(out)}["ESC-0003"] == "reviewed"


def test_list_prints_titles_as_they_are(rca, few_tables, tmp_path):
    few_tables["escalations"][0]["title"] = "[red]Late[/red] :bomb: " + "and a title that goes on " * 12
    _, out, _ = rca("list", "--source", write_source(tmp_path / "odd", few_tables), "--out", tmp_path)

    assert "[red]Late[/red] :bomb:" in out
    assert " ".join(out.split()).count("and a title that goes on") == 12


def test_check_of_a_sound_source_exits_with_zero(rca, small_folder):
    code, out, err = rca("check", small_folder)

    assert (code, err) == (0, "")
    assert "17 tables" in out


def test_check_names_table_column_count_first_rows_rule_and_fix(rca, few_tables, tmp_path):
    for row in few_tables["requests"][:3]:
        row["received_at"] = "the other day"
    code, out, err = rca("check", write_source(tmp_path / "bad", few_tables))
    said = " ".join(out.split())

    assert (code, err) == (1, "")
    for part in ("error", "requests", "received_at", "3", "the other day", "received_at is a moment", "Write every"):
        assert part in said, part


def test_check_prints_json_for_programs(rca, few_tables, tmp_path):
    few_tables["requests"][4]["urgency"] = "soonish"
    code, out, _ = rca("check", write_source(tmp_path / "bad", few_tables), "--json")
    found = json.loads(out)

    assert code == 1
    assert found["ok"] is False
    assert {"table", "column", "count", "rows", "rule", "fix", "severity", "message"} <= set(found["problems"][0])
    assert "urgency" in [problem["column"] for problem in found["problems"]]


def test_check_prints_words_in_brackets_as_they_are(rca, few_tables, tmp_path):
    settings = '[dimensions]\nrequests = ["floor"]\n'
    _, out, _ = rca("check", write_source(tmp_path / "odd", few_tables, settings))

    assert "[dimensions]" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "ESC-003"], "nearest are ESC-0003, "),
        (["run", "ESC-0003", "--audience", "leaders"], "leadership"),
        (["run", "ESC-0003", "--format", "docx"], "html, pdf, slides, pptx, json"),
        (["run", "ESC-0003", "--notebook", "case_revue"], "case_review"),
        (["run", "ESC-0003", "--notebook", "mine.ipynb"], "mine.ipynb"),
        (["run", "ESC-0003", "--as-of", "yesterday"], "2025-03-31"),
        (["run", "ESC-0003", "--as-of", ""], "2025-03-31"),
        (["run", "ESC-0005", "--as-of", "2025-06-30"], "opened after 2025-06-30"),
        (["run"], "Missing argument"),
        (["run", "ESC-0003", "--colour"], "No such option"),
        (["lst"], "No such command"),
    ],
)
def test_a_wrong_call_exits_with_two_before_anything_runs(rca, small_folder, tmp_path, words, said):
    more = ["--source", small_folder, "--out", tmp_path / "out"] if len(words) > 1 else []
    code, out, err = rca(*words, *more)

    assert code == 2
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_an_unknown_escalation_is_answered_with_the_three_nearest(rca, small_folder):
    _, _, err = rca("run", "ESC-003", "--source", small_folder)

    assert sum(f"ESC-000{n}" in err for n in range(1, 6)) == 3


def test_an_unknown_escalation_among_others_stops_the_whole_call(rca, small_folder, tmp_path):
    code, _, err = rca("run", "ESC-0001", "NO-SUCH", "--source", small_folder, "--out", tmp_path / "out")

    assert code == 2
    assert "NO-SUCH" in err
    assert not (tmp_path / "out").exists()


def test_a_folder_for_reports_that_is_a_file_is_named(rca, small_folder, tmp_path):
    (tmp_path / "out").write_text("not a folder")
    code, out, err = rca("run", "ESC-0001", "--source", small_folder, "--out", tmp_path / "out")

    assert (code, out) == (2, "")
    assert "is a file" in err


@pytest.mark.parametrize("command", [["list", "--source"], ["check"], ["run", "ESC-0001", "--source"]])
def test_a_folder_without_tables_says_what_a_source_is(rca, tmp_path, command):
    (tmp_path / "empty").mkdir()
    code, out, err = rca(*command, tmp_path / "empty")

    assert code == 1
    assert out == ""
    assert "escalations or requests" in err
    assert "Traceback" not in err


def test_a_file_that_cannot_be_read_is_named_with_the_reason(rca, few_tables, tmp_path):
    folder = write_source(tmp_path / "broken", few_tables)
    (folder / "requests.csv").write_bytes(b"request_id,received_at\n\xff\xfe,x\n")
    code, _, err = rca("check", folder)

    assert code == 1
    assert "requests.csv" in err
    assert "UTF-8" in err


@pytest.mark.parametrize(("error", "code"), [(RcaError, 1), (UsageError, 2)])
def test_an_error_of_ours_is_one_sentence_and_its_exit_code(rca, monkeypatch, small_folder, error, code):
    def fail(*_, **__):
        raise error("The thing, the place and the remedy.")

    monkeypatch.setattr("rca_lib.run.review.run_review", fail)

    assert rca("run", "ESC-0001", "--source", small_folder) == (code, "", "rca: The thing, the place and the remedy.\n")


def test_one_that_fails_is_named_and_does_not_stop_the_next(rca, monkeypatch, small_folder, tmp_path):
    from rca_lib.run.review import Review

    def made(escalation, *_, **__):
        if escalation == "ESC-0001":
            raise RcaError("A cell failed.")
        return Review(escalation, tmp_path / escalation, ("leadership.html",), "draft")

    monkeypatch.setattr("rca_lib.run.review.run_review", made)
    code, out, err = rca("run", "ESC-0001", "ESC-0002", "--source", small_folder)

    assert code == 1
    assert out.startswith("ESC-0002: leadership.html in ")
    assert err == "rca: ESC-0001: A cell failed.\n"


def test_rows_set_aside_are_told_and_counted_as_a_problem(rca, monkeypatch, small_folder, tmp_path):
    from rca_lib.run.review import Review

    monkeypatch.setattr(
        "rca_lib.run.review.run_review",
        lambda escalation, *_, **__: Review(escalation, tmp_path, ("leadership.html",), "draft", set_aside=7),
    )
    code, out, _ = rca("run", "ESC-0001", "--source", small_folder)

    assert code == 1
    assert "7 rows" in out
    assert f"rca check {small_folder}" in out


def test_a_demo_makes_the_data_once_and_says_what_to_open(rca, monkeypatch, tmp_path):
    from rca_lib.run.review import Review

    made = []

    def example(folder):
        made.append(folder)
        escalations = [{"escalation_id": "ESC-0042", "opened_at": "2025-10-01"}]
        write_source(folder, {"escalations": escalations}, "simulated = true\n")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rca_lib.data.example.make_example", example)
    monkeypatch.setattr(
        "rca_lib.run.review.run_review",
        lambda escalation, *_, out, **__: Review(
            escalation, out / escalation, ("leadership.html", "case.json"), "draft"
        ),
    )
    first, second = rca("demo"), rca("demo", "--out", "elsewhere")

    assert made == [Path("examples/lert")]
    assert first[0] == second[0] == 0
    assert first[1].splitlines() == [
        "Simulated data. Open these:",
        f"  {Path('reports/ESC-0042/leadership.html')}",
        f"  {Path('reports/ESC-0042/case.json')}",
        f"  {Path('reports/index.html')}",
    ]
    assert str(Path("elsewhere/index.html")) in second[1]


def test_progress_is_shown_on_a_terminal_and_nowhere_else(monkeypatch, capsys):
    from rca_lib.cli import _progress

    with _progress("ESC-0001", quiet=False) as piped:
        assert piped is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with _progress("ESC-0001", quiet=True) as quiet:
        assert quiet is None
    with _progress("ESC-0001", quiet=False) as bar:
        bar("running", 3, 12)
        bar("leadership html", 1, 6)

    assert capsys.readouterr().out == ""


def test_a_reader_that_goes_away_is_no_error_to_shout_about(monkeypatch, capsys):
    def gone(*_):
        raise BrokenPipeError

    monkeypatch.setattr("rca_lib.cli.app", gone)
    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 1
    assert capsys.readouterr().err == ""


def test_a_source_without_a_usable_escalation_says_so(rca, few_tables, tmp_path):
    folder = write_source(tmp_path / "none", {"requests": few_tables["requests"][:5]})
    code, out, _ = rca("list", "--source", folder, "--out", tmp_path)

    assert code == 0
    assert "no escalation" in out


def small_report(folder: Path) -> Path:
    """A report folder with a manifest and one file that it names, and no notebook."""
    (folder / "ESC-0003").mkdir(parents=True)
    (folder / "ESC-0003" / "case.json").write_text("{}", encoding="utf-8")
    manifest = {"escalation_id": "ESC-0003", "files": {"case.json": "0" * 64}}
    (folder / "ESC-0003" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder / "ESC-0003"


def test_verify_says_by_file_what_differs_and_what_to_do(rca, tmp_path):
    code, out, err = rca("verify", small_report(tmp_path))

    assert (code, err) == (1, "")
    assert out.startswith("ESC-0003: 2 problems; 1 file and 0 reviews checked")
    assert "case.json: case.json was changed after it was made" in out
    assert "case_review.ipynb: What was found cannot be read again" in out
    assert "Run it again" in out


def test_verify_prints_json_for_programs(rca, tmp_path):
    code, out, _ = rca("verify", small_report(tmp_path), "--json")
    (check,) = json.loads(out)

    assert code == 1
    assert (check["escalation_id"], check["ok"], check["files"], check["reviews"]) == ("ESC-0003", False, 1, [])
    assert [(each["file"], each["kind"]) for each in check["problems"]] == [
        ("case.json", "changed"),
        ("case_review.ipynb", "unreadable"),
    ]


def test_verify_of_what_is_no_report_is_wrong_usage(rca, tmp_path):
    code, out, err = rca("verify", tmp_path)

    assert (code, out) == (2, "")
    assert "holds no report" in err
