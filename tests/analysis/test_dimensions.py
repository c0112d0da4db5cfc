from types import SimpleNamespace

import pandas as pd
import pytest

from rca_lib.analysis.dimensions import dimension_columns, dimensions, pool_rare, segment_frame


@pytest.fixture
def requests(table):
    rows = [
        (
            f"r{i}",
            "2025-03-01",
            "warrant" if i % 2 else "subpoena",
            "en",
            f"s{i % 4}",
            f"room {i}",
            None,
            "portal" if i % 3 else None,
        )
        for i in range(12)
    ]
    return table("request_id received_at process_type language specialist_id location authority channel", *rows)


def test_columns_with_one_value_or_none_are_left_out_with_the_reason(requests):
    found = dimensions({"requests": requests})
    assert found.columns == ("process_type", "channel")
    assert found.left_out == {"language": "it has the same value for every request", "authority": "it was not supplied"}
    assert set(found.frame["channel"]) == {"portal", "not recorded"}
    assert dimension_columns({"requests": requests}) == ["process_type", "channel"]


def test_declared_columns_are_dimensions_but_never_people(requests):
    config = SimpleNamespace(dimensions={"requests": ("location", "specialist_id")})
    found = dimensions({"requests": requests}, config)
    assert "location" in found.columns
    assert found.left_out["specialist_id"] == "it names single cases or people"
    assert dimension_columns({"requests": requests}, config) == ["process_type", "channel", "location"]


def test_too_many_values_are_left_out_unless_a_few_of_them_make_up_most(table):
    config = SimpleNamespace(dimensions={"requests": ("location", "ward")})
    rows = [(f"r{i}", "2025-03-01", f"room {i}", f"ward {i}" if i < 300 else f"ward {i % 7}") for i in range(5000)]
    requests = table("request_id received_at location ward", *rows)
    found = dimensions({"requests": requests}, config)
    assert found.columns == ("ward",)
    assert found.frame["ward"].nunique() == 8
    assert found.left_out["location"] == "it has 5,000 values, too many or too rare to compare"


def test_site_and_tenure_come_from_the_staff_table(requests, table):
    staff = table(
        "actor_id site tenure_start",
        ("s0", "Dublin", "2025-02-01"),
        ("s1", "Austin", "2024-06-01"),
        ("s2", "Dublin", "2023-06-01"),
        ("s3", "Austin", "2020-06-01"),
    )
    tables = {"requests": requests, "staff": staff}
    found = dimensions(tables)
    assert found.columns == ("process_type", "channel", "site", "tenure")
    assert found.frame["tenure"].tolist()[:4] == ["0-3 months", "3-12 months", "1-2 years", "2+ years"]
    assert found.frame["site"].tolist()[:4] == ["Dublin", "Austin", "Dublin", "Austin"]
    assert segment_frame(tables)["tenure"].tolist() == found.frame["tenure"].tolist()
    nobody = dimensions({"requests": requests.assign(specialist_id=pd.NA), "staff": staff})
    assert nobody.left_out["site"] == "it was not supplied"


def test_no_requests_have_no_dimensions(requests):
    for tables in ({}, {"requests": requests[:0]}):
        assert dimensions(tables).columns == ()
        assert dimension_columns(tables) == []


def test_rare_values_are_pooled_and_weights_count():
    values = pd.Series(["a"] * 5 + ["b"] * 3 + ["c", None])
    assert pool_rare(values, min_n=3).value_counts().to_dict() == {"a": 5, "b": 3, "other": 2}
    weights = pd.Series([1] * 8 + [9, 1])
    assert pool_rare(values, min_n=5, weights=weights).value_counts().to_dict() == {"a": 5, "other": 4, "c": 1}
    assert pool_rare(pd.Series([True, False, True]), min_n=2).tolist() == ["yes", "other", "yes"]
