"""Opening sources: every format, types, digests, the list of escalations, and named outcomes."""

import io
import json
import sys
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rca_lib.data.contract import TABLES
from rca_lib.data.report import check, list_escalations
from rca_lib.data.source import open_source
from rca_lib.errors import SourceError, UsageError

REQUESTS = "request_id,received_at\nR1,2025-01-02 10:00\n"
DTYPES = {
    "id": "str",
    "text": "str",
    "enum": "str",
    "timestamp": "datetime64[us, UTC]",
    "integer": "Int64",
    "float": "float64",
    "boolean": "boolean",
}


def moments(source, column="received_at"):
    return [str(moment) for moment in source.tables["requests"][column]]


def test_every_column_of_the_contract_is_there_with_its_type(make_source, good):
    source = make_source(good)
    for name, table in source.tables.items():
        assert {column: str(kind) for column, kind in table.dtypes.items()} == {
            column.name: DTYPES[column.kind] for column in TABLES[name].columns
        }


def test_supplied_columns_are_those_of_the_files(make_source):
    source = make_source({"requests": REQUESTS.replace("received_at", "received_at,zone").replace("10:00", "10:00,A")})
    assert source.supplied == {"requests": {"request_id", "received_at"}}


def test_dimensions_are_kept_as_text(make_source):
    text = "request_id,received_at,zone,level\nR1,2025-01-02,A,007\nR2,2025-01-02,,12\n"
    source = make_source({"requests": text}, '[dimensions]\nrequests = ["zone", "level", "absent"]')
    assert source.tables["requests"]["level"].tolist() == ["007", "12"]
    assert source.tables["requests"]["zone"].isna().tolist() == [False, True]
    assert [problem.check for problem in source.problems] == ["absent_dimension"]


def test_an_empty_cell_takes_the_default_and_so_does_a_missing_column(make_source):
    events = "request_id,activity,ts,lifecycle\nR1,intake,2025-01-02 10:00,\n"
    links = "escalation_id,request_id\nE1,R1\n"
    tables = {"requests": REQUESTS, "events": events, "escalation_requests": links}
    source = make_source(tables | {"escalations": "escalation_id,opened_at\nE1,2025-01-02\n"})
    assert source.tables["events"]["lifecycle"].tolist() == ["complete"]
    assert source.tables["escalation_requests"]["role"].tolist() == ["index"]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2025-01-02", "2025-01-02 08:00:00+00:00"),
        ("2025-01-02 10:00", "2025-01-02 18:00:00+00:00"),
        ("2025/1/2 10:00:05.25", "2025-01-02 18:00:05.250000+00:00"),
        ("2025-01-02T10:00Z", "2025-01-02 10:00:00+00:00"),
        ("2025-01-02T10:00:00+01:00", "2025-01-02 09:00:00+00:00"),
        ("2025-01-02 10:00 +0100", "2025-01-02 09:00:00+00:00"),
        ("2025-07-02 10:00", "2025-07-02 17:00:00+00:00"),
        (" 2025-01-02 ", "2025-01-02 08:00:00+00:00"),
    ],
)
def test_moments_without_an_offset_are_read_in_the_source_s_time_zone(make_source, written, stored):
    source = make_source({"requests": f"request_id,received_at\nR1,{written}\n"}, 'timezone = "America/Los_Angeles"')
    assert moments(source) == [stored]


def test_no_moment_is_lost_to_mixed_precision(make_source):
    forms = ["2025-01-02", "2025-01-02 10:00", "2025-01-02 10:00:00", "2025-01-02 10:00:00.123", "2025-01-02T10:00:00Z"]
    rows = "".join(f"R{i},{forms[i % 5]}\n" for i in range(50))
    source = make_source({"requests": "request_id,received_at\n" + rows})
    assert source.tables["requests"]["received_at"].notna().all()
    assert {problem.check for problem in source.problems} == {"mixed_precision", "mixed_offset"}


@pytest.mark.parametrize(
    "written", ["02/01/2025", "1.2.2025", "Jan 2 2025", "45658", "2025-13-01", "infinity", "n/a", "20250102"]
)
def test_other_forms_of_dates_are_reported_and_never_guessed(make_source, written):
    source = make_source({"requests": f"request_id,received_at\nR1,{written}\nR2,2025-01-02\n"})
    problem = next(problem for problem in source.problems if problem.check == "unreadable_value")
    assert problem.rows == ({"row": 1, "received_at": written},)
    assert "strptime" in problem.fix
    assert source.set_aside == {"requests": 1}


def test_parquet_keeps_its_types(tmp_path):
    frame = pd.DataFrame(
        {
            "request_id": [1.0, 2.0, None],
            "received_at": pd.to_datetime(["2025-01-02", "2025-01-03", "2025-01-04"]),
            "closed_at": pd.to_datetime(["2025-01-02", None, None], utc=True),
            "n_identifiers": [1.0, float("nan"), 2.0],
            "ndo": [True, False, None],
        }
    )
    frame.to_parquet(tmp_path / "requests.parquet")
    source = open_source(tmp_path)
    table = source.tables["requests"]
    assert table["request_id"].tolist() == ["1", "2"]
    assert table["n_identifiers"].tolist() == [1, pd.NA]
    assert [problem.check for problem in source.problems] == ["missing_value"]


def test_a_workbook_is_read_without_blank_rows_and_columns(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["request_id", "received_at", "n_identifiers", None],
        ["R1", pd.Timestamp("2025-01-02 10:00"), 2],
        [None] * 4,
    ):
        book.active.append(row)
    book.save(tmp_path / "requests.xlsx")
    source = open_source(tmp_path)
    assert moments(source) == ["2025-01-02 10:00:00+00:00"]
    assert source.tables["requests"]["n_identifiers"].tolist() == [2]
    assert source.problems == ()


def test_csv_with_semicolons_quotes_newlines_and_a_byte_order_mark(make_source):
    source = make_source({"requests": '\ufeffrequest_id;received_at;authority\nR1;2025-01-02;"a;\nb ""c"""\n'})
    assert source.tables["requests"]["authority"].tolist() == ['a;\nb "c"']


def test_queries_read_files_beside_them_other_queries_and_files_of_the_settings(make_source, tmp_path):
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.writestr("deep/log.csv", "id,kind,kind\n1,a,b\n2,?,d\n".encode("utf-16"))
    tables = {
        "beside.csv": "id,day\n1,02/01/2025\n2,03/01/2025\n",
        "cleaned.sql": "SELECT 'R' || id AS id, nullif(kind, '?') AS kind, kind_2, filename FROM log;",
        "requests.sql": "-- a comment\n"
        "SELECT c.id AS request_id, strptime(day, '%d/%m/%Y') AS received_at, kind AS process_type,"
        " kind_2 AS channel, c.filename AS authority FROM cleaned c JOIN read_csv('beside.csv', all_varchar = true) b "
        "ON c.id = 'R' || b.id ORDER BY 1",
        "escalations.sql": "SELECT 'E' || request_id AS escalation_id, received_at AS opened_at FROM requests",
    }
    toml = '[files.log]\npath = "*.zip"\nmember = "*.csv"\nencoding = "utf-16"\n'
    source = make_source(tables, toml)
    assert source.tables["requests"][["request_id", "process_type", "channel", "authority"]].fillna(
        ""
    ).values.tolist() == [
        ["R1", "a", "b", "log.csv"],
        ["R2", "", "d", "log.csv"],
    ]
    assert [one.escalation_id for one in source.escalations()] == ["ER1", "ER2"]
    assert source.problems == ()


def test_a_member_is_also_named_after_an_exclamation_mark_and_headers_are_renamed(make_source, tmp_path):
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.writestr("a.csv", "id,when\n1,2025-01-02\n")
        archive.writestr("b.csv", "id,when\n2,2025-01-03\n")
    toml = '[files.log]\npath = "log.zip!b.csv"\nrename = { when = "received_at", not_there = "x" }'
    source = make_source({"requests.sql": "SELECT id AS request_id, received_at FROM log"}, toml)
    assert source.tables["requests"]["request_id"].tolist() == ["2"]


def test_another_engine_is_named_by_url(make_source, tmp_path):
    import ibis

    path = tmp_path / "warehouse.duckdb"
    engine = ibis.duckdb.connect(path)
    engine.raw_sql("CREATE TABLE cases AS SELECT 'R1' AS id, TIMESTAMP '2025-01-02 10:00' AS received")
    engine.disconnect()
    source = make_source(
        {"requests.sql": "SELECT id AS request_id, received AS received_at FROM cases"}, f'url = "duckdb://{path}"'
    )
    assert moments(source) == ["2025-01-02 10:00:00+00:00"]
    assert len(source.digest) == 64


def test_escalations_are_listed_oldest_first_from_their_table_alone(make_source, good):
    source = make_source(good | {"requests.csv": "\x00broken"})
    assert [one.escalation_id for one in source.escalations()] == ["ESC-1", "ESC-2"]
    assert source.escalations()[0].as_json() == {
        "escalation_id": "ESC-1",
        "opened_at": "2025-03-07T10:00:00Z",
        "severity": "S1",
        "failure_mode": "OVP",
        "title": "Too much disclosed",
        "status": "open",
    }


@pytest.mark.parametrize(
    "cells", [{"severity": "S9"}, {"opened_at": "soon"}, {"escalation_id": ""}, {"closed_at": "1900-01-01"}]
)
def test_the_list_leaves_out_the_rows_that_the_tables_leave_out(make_source, changed, cells):
    source = make_source(changed("escalations", 1, **cells))
    listed = {one.escalation_id for one in source.escalations()}
    assert listed == {"ESC-1"} == set(source.tables["escalations"]["escalation_id"])


def test_the_latest_moment_is_one_that_was_recorded(make_source, good):
    assert str(make_source(good).latest_moment()) == "2025-09-02 08:00:00+00:00"


def test_a_source_without_moments_has_no_latest_one(make_source):
    assert make_source({"requests": "request_id,received_at\n"}).latest_moment() is None


def test_the_digest_follows_content_and_settings_and_no_path(make_source, good, tmp_path_factory):
    first = make_source(good).digest
    other = tmp_path_factory.mktemp("elsewhere")
    for name, text in good.items():
        (other / f"{name}.csv").write_text(text)
    assert open_source(other).digest == first
    (other / "README.md").write_text("A note.")
    assert open_source(other).digest == first
    (other / "source.toml").write_text("small_cell = 5")
    changed = open_source(other).digest
    (other / "staff.csv").write_text("actor_id\nP1\n")
    assert len({first, changed, open_source(other).digest}) == 3


OUTCOMES = """
[outcomes.rework]
where = "moves >= 10"
among = "closed_at IS NOT NULL"
known_at = "closed_at"
matures_after = "14d"
[outcomes.touched]
table = "events"
where = "activity = 'reopen'"
"""


def test_named_outcomes_are_worked_out_among_those_at_risk(make_source):
    source = make_source(
        {
            "requests": "request_id,received_at,closed_at,moves\nR1,2025-01-01,2025-01-05,9\nR2,2025-01-01,2025-01-06,10\n"
            "R3,2025-01-01,,11\nR4,2025-01-01,2025-01-07,\n",
            "events": "request_id,activity,ts\nR1,reopen,2025-01-02\nR1,intake,2025-01-02\nR2,intake,2025-01-02\n",
        },
        OUTCOMES,
    )
    assert source.outcomes["rework"].astype(str).values.tolist() == [
        ["R1", "False", "2025-01-05 00:00:00+00:00"],
        ["R2", "True", "2025-01-06 00:00:00+00:00"],
    ]
    assert dict(source.outcomes["touched"][["request_id", "failed"]].values) == {"R1": True, "R2": False}
    assert [problem.check for problem in source.problems] == ["outcome_unsettled"]


def test_an_outcome_of_a_table_that_is_not_there_is_a_warning(make_source):
    source = make_source({"requests": REQUESTS}, '[outcomes.touched]\ntable = "events"\nwhere = "true"')
    assert [problem.check for problem in source.problems] == ["outcome_without_table"]
    assert source.outcomes == {}


def test_an_outcome_that_names_no_column_is_explained(make_source):
    source = make_source({"requests": REQUESTS}, '[outcomes.rework]\nwhere = "movs >= 3"')
    with pytest.raises(SourceError, match=r"outcomes\.rework.*movs"):
        source.outcomes["rework"]


def test_a_failure_mode_may_be_a_named_outcome(make_source, changed):
    source = make_source(changed("escalations", 1, failure_mode="rework"), '[outcomes.rework]\nwhere = "true"')
    assert source.problems == ()


def test_a_check_gives_a_report_for_people_and_for_programs(make_source, changed):
    report = check(make_source(changed("requests", 1, urgency="rutine")))
    assert not report.ok
    assert report.errors == sum(problem.severity == "error" for problem in report.problems)
    assert f"{sum(report.set_aside.values())} set aside; {report.errors} errors" in report.summary
    first = report.table_rows()[0]
    assert first["rows"] == "1"
    assert first["first rows"] == "row 1, urgency rutine"
    record = json.loads(json.dumps(report.as_json()))
    assert record["errors"] == report.errors
    assert record["problems"][0]["fix"].startswith("Map the word to ours")


def test_every_problem_can_be_written_as_json(make_source, changed):
    source = make_source(changed("requests", 1, n_identifiers="-1", closed_at="1900-01-01", scope_from="1900-01-01"))
    assert len(source.problems) >= 3
    assert json.loads(json.dumps([problem.as_json() for problem in source.problems]))


def test_escalations_are_listed_for_the_command_line(make_source, good):
    assert [one.escalation_id for one in list_escalations(make_source(good).path)] == ["ESC-1", "ESC-2"]


def test_relative_paths_are_looked_for_in_the_folders_above(make_source, good, tmp_path, monkeypatch):
    make_source(good)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert open_source(tmp_path.name).path == tmp_path.resolve()


CELLS = st.sampled_from(
    [
        "",
        "R1",
        "R2",
        "2025-01-02",
        "2025-01-02 10:00",
        "02/01/2025",
        "true",
        "1",
        "-1",
        "full",
        "x",
        "é漢😀",
        "9999-12-31",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=12))
@pytest.mark.slow
def test_every_row_is_either_valid_or_set_aside(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    header = "request_id,received_at,outcome,ndo,n,closed_at,reopened_from"
    (folder / "requests.csv").write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    source = open_source(folder)
    assert len(source.tables["requests"]) + source.set_aside.get("requests", 0) == len(rows)
    assert source.tables["requests"]["request_id"].is_unique
    assert all(problem.count > 0 and problem.rule and problem.fix for problem in source.problems)


def test_a_source_is_a_folder(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    for path in (tmp_path / "nowhere", tmp_path / "notes.txt"):
        with pytest.raises(UsageError, match="a source is a folder"):
            open_source(path)


def test_an_empty_folder_is_told_what_a_source_is(tmp_path):
    with pytest.raises(SourceError, match=r"neither escalations nor requests; a source is a folder"):
        open_source(tmp_path)


def test_two_files_for_one_table_are_refused(make_source):
    with pytest.raises(SourceError, match=r"requests\.csv and requests\.sql"):
        make_source({"requests": REQUESTS, "requests.sql": "SELECT 1"})


def test_a_misnamed_file_is_warned_about(make_source):
    source = make_source({"requests": REQUESTS, "request.csv": REQUESTS, "helper.sql": "SELECT 1"})
    assert [(problem.check, problem.table) for problem in source.problems] == [
        ("unknown_file", "helper"),
        ("unknown_file", "request"),
    ]
    assert "did you mean “requests”?" in source.problems[1].fix


def test_a_header_without_rows_is_an_empty_table(make_source):
    source = make_source({"requests": "request_id,received_at\n"})
    assert len(source.tables["requests"]) == 0
    assert source.problems == ()


def parquet():
    data = io.BytesIO()
    pd.DataFrame({"request_id": ["R1"], "received_at": ["2025-01-02"]}).to_parquet(data)
    return data.getvalue()


def workbook():
    data = io.BytesIO()
    openpyxl.Workbook().save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("requests.csv", b"", "is empty"),
        ("requests.csv", b"\xef\xbb\xbf\n", "is empty"),
        ("requests.csv", bytes(range(256)) * 20, "binary data"),
        (
            "requests.csv",
            "request_id,received_at\nR1,2025-01-02\nRé,2025-01-02\n".encode("latin-1"),
            "line 3 is not UTF-8",
        ),
        ("requests.csv", b"request_id,received_at\nR1\n", "as many cells as the header"),
        ("requests.csv", REQUESTS.encode("utf-16"), "binary data"),
        ("requests.parquet", parquet()[:-40], "not a whole Parquet file"),
        ("requests.parquet", b"PAR1" + b"x" * 40 + b"PAR1", "requests.parquet can't be read"),
        ("requests.parquet", b"request_id", "not a whole Parquet file"),
        ("requests.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 100, "password"),
        ("requests.xlsx", workbook()[:-200], "not a whole Excel workbook"),
        ("requests.xlsx", workbook(), "empty"),
        ("requests.sql", b"", "is empty"),
        ("requests.sql", b"SELEC 1", "query"),
        ("requests.sql", b"SELECT * FROM nowhere", "nowhere"),
        ("requests.sql", b"SELECT strptime('x', '%d') AS received_at", "query"),
        ("requests.sql", b"SELECT '\xff'", "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path, name, data, why):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=name) as caught:
        open_source(tmp_path).tables  # noqa: B018
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings_of_file", "data", "why"),
    [
        ('path = "log.zip"', b"PK junk", "not a whole zip file"),
        ('path = "nothing*.csv"', b"", "No file matches"),
        ('path = "log.zip"\nmember = "*.tsv"', None, "holds no member"),
        ('path = "log.zip!a.csv"\nencoding = "ascii"', None, "not ascii"),
    ],
)
def test_a_file_of_the_settings_that_cannot_be_read_is_named(make_source, tmp_path, settings_of_file, data, why):
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.writestr("a.csv", "id\né\n")
    if data is not None:
        (tmp_path / "log.zip").write_bytes(data)
    source = make_source({"requests.sql": "SELECT id AS request_id FROM log"}, f"[files.log]\n{settings_of_file}")
    with pytest.raises(SourceError, match=why):
        source.tables  # noqa: B018


def test_an_engine_that_cannot_be_reached_does_not_tell_its_password(make_source):
    source = make_source({"requests.sql": "SELECT 1"}, 'url = "nosuchengine://me:hunter2@host/db"')
    with pytest.raises(SourceError, match="can't be reached") as caught:
        source.tables  # noqa: B018
    assert "hunter2" not in str(caught.value)


def test_reading_a_csv_of_wide_characters_keeps_them(make_source):
    source = make_source({"requests": "request_id,received_at,authority\nR1,2025-01-02,警察庁 شرطة 😀\n"})
    assert source.tables["requests"]["authority"].tolist() == ["警察庁 شرطة 😀"]


def test_listing_loads_nothing_that_only_the_checks_need(make_source, good):
    import subprocess

    path = make_source(good).path
    code = (
        "import sys; from rca_lib.data.source import open_source; "
        f"assert len(open_source({str(path)!r}).escalations()) == 2; "
        "assert not {'pandera', 'holidays', 'openpyxl'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
