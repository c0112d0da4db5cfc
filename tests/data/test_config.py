from datetime import timedelta

import pytest

from rca_lib.data.config import SourceConfig, load_config
from rca_lib.errors import SourceError


def read(tmp_path, text):
    (tmp_path / "source.toml").write_text(text, encoding="utf-8")
    return load_config(tmp_path)


def test_without_a_file_every_key_has_its_default(tmp_path):
    config = load_config(tmp_path)
    assert config == SourceConfig()
    assert (config.timezone, config.small_cell, config.working_days) == ("UTC", 10, None)


def test_every_key_of_the_contract_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("RCA_DATABASE_URL", "duckdb://")
    monkeypatch.setenv("DATA", "/data")
    config = read(
        tmp_path,
        """
        url = "${RCA_DATABASE_URL}"
        timezone = "America/Los_Angeles"
        working_days = "US-CA"
        small_cell = 5
        [files]
        received = { path = "${DATA}/*_AppealsLog.xlsx", sheet = "Received" }
        plain = "more.csv"
        [dimensions]
        requests = ["location", "category"]
        [outcomes]
        rework = { table = "requests", where = "reassignment_count >= 3", matures_after = "14d" }
        [enums.requests.process_type]
        "LE-SUBP" = "subpoena"
        """,
    )
    assert config.url == "duckdb://"
    assert config.files["received"].path == "/data/*_AppealsLog.xlsx"
    assert config.files["plain"].path == "more.csv"
    assert config.dimensions == {"requests": ("location", "category")}
    assert config.outcomes["rework"].matures_after == timedelta(days=14)
    assert config.enums["requests"]["process_type"] == {"LE-SUBP": "subpoena"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('timezon = "UTC"', ["timezon", "did you mean “timezone”?"]),
        ('[files.log]\npath = "a.csv"\nencodng = "utf-8"', ["files.log.encodng", "did you mean “encoding”?"]),
        ('[outcomes.late]\nwere = "x > 1"\nwhere = "x > 1"', ["outcomes.late.were", "did you mean “where”?"]),
        ('[outcomes.late]\ntable = "requests"', ["outcomes.late.where", "missing"]),
        ('[outcomes.late]\nwhere = "x"\nmatures_after = "two weeks"', ["matures_after", "14d"]),
        ('[outcomes.late]\nwhere = "x"\ntable = "staff"', ["staff", "request_id"]),
        ('timezone = "America/Los_Angles"', ["America/Los_Angeles"]),
        ('working_days = "XX"', ["XX", "US-CA"]),
        ('working_days = "US-XX"', ["XX"]),
        ("small_cell = -1", ["small_cell"]),
        ('[dimensions]\nrequest = ["a"]', ["request", "did you mean “requests”?"]),
        ('[enums.requests.outcome]\n"F" = "ful"', ["ful", "did you mean “full”?"]),
        ('[enums.requests.outcom]\n"F" = "full"', ["requests.outcom", "did you mean “outcome”?"]),
        ('[files]\nrequests = "a.csv"', ["requests", "another name"]),
        ('[files]\n"a b" = "a.csv"', ["a b", "plain name"]),
        ('[files.log]\npath = "a.csv"\nencoding = "utf-9"', ["utf-9"]),
        ("timezone = UTC", ["not valid TOML"]),
    ],
)
def test_a_mistake_is_named_with_file_key_and_remedy(tmp_path, text, said):
    with pytest.raises(SourceError) as caught:
        read(tmp_path, text)
    assert "source.toml" in str(caught.value)
    for part in said:
        assert part in str(caught.value)


def test_a_variable_that_is_not_set_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("RCA_NOWHERE", raising=False)
    with pytest.raises(SourceError, match=r"RCA_NOWHERE in “files.log.path”.*not set"):
        read(tmp_path, '[files.log]\npath = "${RCA_NOWHERE}/a.csv"')
