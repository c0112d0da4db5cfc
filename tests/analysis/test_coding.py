"""Codings: who read what, how far readers agree, how often codes are met, and whether new ones still come."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.agreement import agreement, cohen_kappa, gwet_ac, krippendorff_alpha, ratings_of
from rca_lib.analysis.code_agreement import (
    ALL_CODES,
    COEFFICIENTS,
    ONE_CODER,
    benchmark,
    code_agreement,
    disagreements,
    extent_ratings,
)
from rca_lib.analysis.coding import code_counts, negative_cases, read_by, saturation, votes
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.quotations import coded_spans, quotations
from rca_lib.analysis.sentences import QUOTED_WORDS, sentence_spans

TEXT = "The flag was set by hand. Nobody saw it. It was late at night."
CODERS = ("K1", "K2", "K3")


@pytest.fixture
def book():
    return pd.DataFrame(
        {
            "code_id": ["TOOLS", "SCREEN", "RELEASE", "SHIFT"],
            "parent": [None, "TOOLS", "TOOLS", None],
            "level": ["tool", "tool", "product", "organisation"],
        }
    )


@pytest.fixture
def evidence():
    rows = [
        {
            "evidence_id": f"E{at:02}",
            "escalation_id": f"ESC-{at // 6}",
            "kind": ["interview", "log", None][at % 3],
            "source_role": ["specialist", "engineer"][at % 2],
            "reliability": "B",
            "collected_at": pd.Timestamp("2025-01-01", tz="UTC") + pd.Timedelta(days=(7 * at) % 12),
            "text": TEXT,
        }
        for at in range(12)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def codings(evidence):
    random = np.random.default_rng(7)
    rows = []
    for piece in evidence["evidence_id"]:
        for code in ("SCREEN", "RELEASE", "SHIFT"):
            true = random.random() < 0.4
            for coder in CODERS[:2]:
                if random.random() < (0.85 if true else 0.1):
                    start = int(random.integers(0, 40))
                    rows.append((piece, code, coder, start, start + int(random.integers(5, 30))))
    rows.append(("E00", "SCREEN", "K3", 0, 10))
    return pd.DataFrame(rows, columns=["evidence_id", "code_id", "coder_id", "span_start", "span_end"])


def shuffled(frame, seed=3):
    return frame.sample(frac=1, random_state=seed)


def relabelled(codings):
    return codings.assign(coder_id=codings["coder_id"].map({"K1": "zoe", "K2": "abe", "K3": "mia"}))


def table_of(codings, evidence, code):
    """The ratings of one code, made by hand: one row per piece, one column per coder."""
    read = set(read_by(codings, evidence).itertuples(index=False, name=None))
    given = set(codings.loc[codings["code_id"] == code, ["evidence_id", "coder_id"]].itertuples(index=False, name=None))
    return [
        [((piece, coder) in given) * 1 if (piece, coder) in read else None for coder in CODERS]
        for piece in sorted(evidence["evidence_id"])
    ]


def test_a_coder_of_half_an_escalation_has_read_all_of_it_and_one_of_less_only_what_they_coded():
    evidence = pd.DataFrame({"evidence_id": list("abcdx"), "escalation_id": ["E"] * 4 + ["F"]})
    codings = pd.DataFrame({"evidence_id": ["a", "b", "c"], "code_id": "X", "coder_id": ["half", "half", "less"]})

    read = read_by(codings, evidence)

    assert read.loc[read["coder_id"] == "half", "evidence_id"].tolist() == ["a", "b", "c", "d"]
    assert read.loc[read["coder_id"] == "less", "evidence_id"].tolist() == ["c"]


def test_agreement_on_a_code_is_what_the_coefficients_give_on_its_table(codings, evidence):
    rated = code_agreement(codings, evidence).set_index("code_id")

    for code in ("SCREEN", "RELEASE", "SHIFT"):
        ratings = ratings_of(table_of(codings, evidence, code))
        row = rated.loc[code]
        assert row["percent_agreement"] == agreement(ratings)["percent agreement"]
        assert row["ac1"] == gwet_ac(ratings)
        assert row["alpha"] == krippendorff_alpha(ratings)
        first, second = np.array([row[:2] for row in table_of(codings, evidence, code)], float).T
        cross = [[((first == a) & (second == b)).sum() for b in (0, 1)] for a in (0, 1)]
        assert row["kappa"] == cohen_kappa(cross)
        extent = extent_ratings(codings, evidence)[code]
        assert set(np.unique(extent.to_numpy()[extent.notna()])) <= {0, 1, 2}
        assert row["ac2"] == gwet_ac(ratings_of(extent), "quadratic")


def test_all_codes_together_rate_each_code_of_each_piece(codings, evidence):
    rated = code_agreement(codings, evidence).set_index("code_id")
    table = [row for code in sorted(set(codings["code_id"])) for row in table_of(codings, evidence, code)]

    assert rated.index[-1] == ALL_CODES
    assert rated.loc[ALL_CODES, "ac1"].value == pytest.approx(gwet_ac(ratings_of(table)).value)
    assert rated.loc[ALL_CODES, "ac1"].n == 36
    assert rated.loc[ALL_CODES, "coded"] == rated["coded"].iloc[:-1].sum()


def test_extent_counts_the_sentences_that_a_span_touches_and_a_missing_span_is_the_whole_text(evidence):
    codings = pd.DataFrame(
        {
            "evidence_id": ["E00", "E01", "E02", "E03"],
            "code_id": "SCREEN",
            "coder_id": "K1",
            "span_start": pd.array([3, 3, pd.NA, 900], "Int64"),
            "span_end": pd.array([9, 30, pd.NA, 950], "Int64"),
        }
    )

    extent = extent_ratings(codings, evidence)["SCREEN"]["K1"]

    assert extent[["E00", "E01", "E02", "E03", "E04"]].tolist() == [1, 2, 2, 2, 0]


def test_relabelling_the_coders_changes_no_figure(codings, evidence):
    mine, theirs = code_agreement(codings, evidence), code_agreement(relabelled(codings), evidence)

    for column in ("code_id", "pieces", "coded", *COEFFICIENTS):
        for one, other in zip(mine[column], theirs[column], strict=True):
            if isinstance(one, Estimate):
                assert (one.value, one.low, one.high) == pytest.approx(
                    (other.value, other.low, other.high), nan_ok=True
                )
            else:
                assert one == other
    assert saturation(codings, evidence) == saturation(relabelled(codings), evidence)
    pd.testing.assert_frame_equal(votes(codings, evidence), votes(relabelled(codings), evidence))
    pd.testing.assert_frame_equal(quotations(codings, evidence), quotations(relabelled(codings), evidence))


def test_the_pair_behind_kappa_does_not_hang_on_names_where_pairs_tie(evidence):
    rows = []
    for coder, every in (("K1", 2), ("K2", 3), ("K3", 4)):
        for at, piece in enumerate(evidence["evidence_id"]):
            rows.append((piece, "SCREEN" if at % every == 0 else "SHIFT", coder))
    codings = pd.DataFrame(rows, columns=["evidence_id", "code_id", "coder_id"])

    values = set()
    for names in (("a", "b", "c"), ("c", "a", "b"), ("b", "c", "a")):
        named = codings.assign(coder_id=codings["coder_id"].map(dict(zip(CODERS, names, strict=True))))
        values.add(round(code_agreement(named, evidence).set_index("code_id").loc["SCREEN", "kappa"].value, 12))

    assert len(values) == 1


def test_row_order_changes_nothing(codings, evidence, book):
    mixed = (shuffled(codings), shuffled(evidence, 5))

    for function in (code_agreement, disagreements, quotations, votes, read_by):
        pd.testing.assert_frame_equal(function(codings, evidence), function(*mixed))
    pd.testing.assert_frame_equal(code_counts(codings, evidence, book), code_counts(*mixed, shuffled(book)))
    pd.testing.assert_frame_equal(negative_cases(codings, evidence, "SHIFT"), negative_cases(*mixed, "SHIFT"))
    assert saturation(codings, evidence) == saturation(*mixed)


def test_with_one_coder_no_agreement_is_given_and_the_method_says_why(codings, evidence):
    rated = code_agreement(codings[codings["coder_id"] == "K1"], evidence)

    assert rated["pieces"].tolist() == [0] * len(rated)
    for name in COEFFICIENTS:
        assert all(math.isnan(each.value) and each.method == ONE_CODER for each in rated[name])
    assert "one coder" in ONE_CODER


def test_a_code_that_nobody_used_is_left_out(codings, evidence):
    rated = code_agreement(codings, evidence, ["SCREEN", "NEVER"])

    assert rated["code_id"].tolist() == ["SCREEN", ALL_CODES]
    assert code_agreement(codings.iloc[:0], evidence).empty


def test_a_planted_disagreement_is_found_with_who_differs_and_the_words(evidence):
    both = [(piece, "SHIFT", coder, 0, 25) for piece in evidence["evidence_id"] for coder in ("K1", "K2")]
    planted = [*both, ("E03", "SCREEN", "K2", 26, 40)]
    codings = pd.DataFrame(planted, columns=["evidence_id", "code_id", "coder_id", "span_start", "span_end"])

    found = disagreements(codings, evidence)

    assert found.to_dict("records") == [
        {
            "evidence_id": "E03",
            "code_id": "SCREEN",
            "coders_for": ("K2",),
            "coders_against": ("K1",),
            "phrase": "Nobody saw it.",
        }
    ]


def test_the_most_even_split_is_the_most_disputed():
    evidence = pd.DataFrame({"evidence_id": ["a", "b"], "escalation_id": "E", "text": TEXT})
    rows = [(piece, "ALL", coder) for piece in "ab" for coder in "klmn"]
    rows += [("a", "X", "k"), ("b", "X", "k"), ("b", "X", "l")]
    codings = pd.DataFrame(rows, columns=["evidence_id", "code_id", "coder_id"])

    assert disagreements(codings, evidence)["evidence_id"].tolist() == ["b", "a"]


@pytest.mark.parametrize("by", ["kind", "source_role", "reliability", "failure_mode"])
def test_counts_by_segment_sum_to_the_total_and_are_those_of_the_majority(codings, evidence, book, by):
    escalations = pd.DataFrame({"escalation_id": ["ESC-0", "ESC-1"], "failure_mode": ["LAT", "OVP"]})

    counts = code_counts(codings, evidence, book, by, escalations=escalations)

    sums = counts.groupby("code_id")["pieces"].sum()
    assert sums.to_dict() == counts.groupby("code_id")["total"].first().to_dict()
    given = votes(codings, evidence)
    majority = given[given["given"] * 2 >= given["readers"]]
    for code in ("SCREEN", "RELEASE", "SHIFT"):
        assert sums[code] == (majority["code_id"] == code).sum()
    assert sums["TOOLS"] == majority.loc[majority["code_id"] != "SHIFT", "evidence_id"].nunique()
    assert counts.groupby("segment")["read"].first().sum() == len(evidence)


def test_codes_stand_below_their_parent_with_their_level(codings, evidence, book):
    counts = code_counts(codings, evidence, book).drop_duplicates("code_id")

    assert counts["code_id"].tolist()[0] == "TOOLS"
    assert counts.set_index("code_id")["depth"].to_dict() == {"TOOLS": 0, "SCREEN": 1, "RELEASE": 1, "SHIFT": 0}
    assert counts.set_index("code_id")["level"]["RELEASE"] == "product"


def test_a_codebook_that_goes_in_a_circle_is_counted_all_the_same(codings, evidence):
    circle = pd.DataFrame({"code_id": ["SCREEN", "SHIFT"], "parent": ["SHIFT", "SCREEN"]})

    assert set(code_counts(codings, evidence, circle)["code_id"]) == {"SCREEN", "RELEASE", "SHIFT"}


def test_codes_are_not_counted_by_a_column_that_is_none_of_the_segments(codings, evidence):
    with pytest.raises(ValueError, match="coder_id"):
        code_counts(codings, evidence, by="coder_id")


def test_expected_saturation_is_the_average_over_all_orders(codings, evidence):
    some = evidence[evidence["escalation_id"] == "ESC-0"]
    held = {piece: set(codings.loc[codings["evidence_id"] == piece, "code_id"]) for piece in some["evidence_id"]}

    expected = saturation(codings, some).expected

    for k in range(1, 7):
        met = [len(set().union(*chosen)) for chosen in combinations(held.values(), k)]
        assert expected[k - 1] == pytest.approx(np.mean(met), abs=1e-4)


def test_expected_saturation_never_falls_and_ends_at_what_was_found(codings, evidence):
    found = saturation(codings, evidence)

    assert list(found.expected) == sorted(found.expected)
    assert found.expected[-1] == found.found[-1] == codings["code_id"].nunique()
    assert list(found.found) == sorted(found.found)


def test_the_last_new_code_is_where_the_found_line_last_rises(evidence):
    ordered = evidence.sort_values("collected_at")["evidence_id"].tolist()
    rows = [(piece, "SHIFT" if at != 4 else "SCREEN", "K1") for at, piece in enumerate(ordered)]
    found = saturation(pd.DataFrame(rows, columns=["evidence_id", "code_id", "coder_id"]), evidence)

    assert found.found == (1, 1, 1, 1, *[2] * 8)
    assert (found.last_new, found.quiet) == (5, 7)


def test_nothing_coded_saturates_at_nothing(codings, evidence):
    found = saturation(codings.iloc[:0], evidence)

    assert (found.found, found.expected, found.last_new) == ((), (), 0)


def test_negative_cases_were_read_given_the_code_by_nobody_and_are_of_the_same_escalations(codings, evidence):
    some = codings["evidence_id"].isin(["E00", "E02", "E03", "E05"])
    only_first = codings[(codings["code_id"] != "SCREEN") | some]

    found = negative_cases(only_first, evidence, "SCREEN")

    given = set(only_first.loc[only_first["code_id"] == "SCREEN", "evidence_id"])
    assert set(found["escalation_id"]) == {"ESC-0"}
    assert set(found["evidence_id"]) == {f"E{at:02}" for at in range(6)} - given >= {"E01", "E04"}
    assert all("SCREEN" not in codes for codes in found["coded_instead"])
    assert negative_cases(codings, evidence, "NEVER").empty


def test_a_quotation_is_short_whole_words_of_the_text_the_best_agreed_first():
    long = " ".join(f"word{at}" for at in range(60)) + "."
    evidence = pd.DataFrame({"evidence_id": ["a", "b"], "escalation_id": "E", "text": [long, "Short and plain."]})
    rows = [("a", "X", "k", 3, 400), ("b", "X", "k", 0, 5), ("b", "X", "m", 0, 16), ("a", "Y", "m", 0, 5)]
    codings = pd.DataFrame(rows, columns=["evidence_id", "code_id", "coder_id", "span_start", "span_end"])

    quoted = quotations(codings, evidence)

    assert quoted["evidence_id"].tolist() == ["b", "a", "a"]
    assert quoted["quotation"][0] == "Short …"
    words = quoted["quotation"][1].replace("…", "").split()
    assert len(words) == QUOTED_WORDS
    assert words == long.split()[:QUOTED_WORDS]
    assert quoted["quotation"][1].endswith("…")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "…",
        "!!! ???",
        "\n\n\n",
        "a" * 5000,
        "No end",
        "\u202ereversed\u202c text. ﷽",
        "1. 2. 3.",
        "<script>x</script>",
    ],
)
def test_any_text_can_be_coded_counted_and_quoted(text):
    evidence = pd.DataFrame({"evidence_id": ["a", "b"], "escalation_id": "E", "kind": "log", "text": [text, None]})
    rows = [("a", "X", "k", 0, 10**9), ("a", "X", "m", 5, 2), ("b", "X", "k", None, None), ("gone", "X", "k", 0, 1)]
    codings = pd.DataFrame(rows, columns=["evidence_id", "code_id", "coder_id", "span_start", "span_end"])

    spans = coded_spans(codings, evidence)

    assert (spans["start"] >= 0).all()
    assert (spans["end"] <= spans["evidence_id"].map({"a": len(text), "b": 0})).all()
    assert "gone" not in set(votes(codings, evidence)["evidence_id"])
    assert all(text[start:end].strip() for start, end in sentence_spans(text))
    assert len(code_agreement(codings, evidence)) == 2
    assert len(quotations(codings, evidence)) == (1 if text.strip() else 0)


def test_few_pieces_reach_a_lower_band_of_agreement_than_many():
    many, few = Estimate(0.85, 0.83, 0.87, 400), Estimate(0.85, 0.3, 1.0, 8)

    assert benchmark(many) == "almost perfect"
    assert benchmark(few) in ("moderate", "fair")
    assert benchmark(Estimate(1.0, 1.0, 1.0, 8)) == "almost perfect"
    assert benchmark(Estimate(math.nan, -1, 1, 0)) is None
