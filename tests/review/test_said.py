"""What people said: counts, quotations, agreement and what speaks against, and who may see each."""

from types import SimpleNamespace

import pandas as pd
import pytest

from rca_lib.errors import UsageError
from rca_lib.render import figures
from rca_lib.review.claims import SENSITIVITIES
from rca_lib.review.sections.found import find
from rca_lib.review.sections.said import said
from rca_lib.review.sections.suggested import suggested_codes

BOOK = pd.DataFrame(
    {
        "code_id": ["TOOL", "TOOL_DEFAULT", "SHIFT_GAP"],
        "parent": [None, "TOOL", None],
        "definition": ["A tool shaped it.", "A default led away.", "Nobody was there."],
        "include": [None, None, None],
        "level": ["tool", "tool", "organisation"],
    }
)
SECRET = "The sealed order of Xanadu was kept."


def evidence_of(levels, escalation="ESC-1"):
    kinds = ["interview", "log", "email", "chat"]
    rows = [
        {
            "evidence_id": f"EV-{escalation[-1]}{at:02}",
            "escalation_id": escalation,
            "kind": kinds[at % 4],
            "collected_at": pd.Timestamp("2025-01-01", tz="UTC") + pd.Timedelta(days=at),
            "source_role": "specialist" if at % 3 else "counsel",
            "text": SECRET
            if level == "sealed"
            else f"The default was set, said piece {at}. Call ann@desk.example or SPC-77.",
            "sensitivity": level,
            "reliability": "B",
        }
        for at, level in enumerate(levels)
    ]
    return pd.DataFrame(rows)


def codings_of(evidence, coders=("CODER-9", "CODER-7")):
    rows = []
    for at, piece in enumerate(evidence["evidence_id"]):
        rows += [(piece, "TOOL_DEFAULT", coder, 0, 20) for coder in coders if at % 4 != 3]
        rows += [(piece, "SHIFT_GAP", coders[0], 0, 20)] * (at % 4 == 3)
    return pd.DataFrame(rows, columns=["evidence_id", "code_id", "coder_id", "span_start", "span_end"])


def case_of(evidence, codings, book=BOOK, everything=None):
    tables = {"codebook": book, "evidence": evidence if everything is None else everything, "codings": codings}
    mine = (
        None if codings is None or evidence is None else codings[codings["evidence_id"].isin(evidence["evidence_id"])]
    )
    return SimpleNamespace(
        id="ESC-1",
        evidence=evidence,
        codings=mine,
        tables={name: table for name, table in tables.items() if table is not None},
        source=SimpleNamespace(config=SimpleNamespace(small_cell=10)),
        identifiers=("SPC-77",),
        staff_names=(),
        case_file=None,
    )


@pytest.fixture
def evidence():
    return evidence_of(["general", "operational", "case", "operational", None, "unheard of", "general", "operational"])


@pytest.fixture
def case(evidence):
    return case_of(evidence, codings_of(evidence))


def claims(blocks):
    return {claim.id: claim for claim in blocks.claims}


def block(blocks, name):
    return next((each for each in blocks if each.id == name), None)


def shown(blocks, levels=SENSITIVITIES):
    """Every word that a reader of these levels could be shown."""
    payload = blocks.as_json()
    parts = [each for each in payload["blocks"] if each["sensitivity"] in levels]
    for part in parts:
        if part.get("row_sensitivity"):
            part["rows"] = [r for r, s in zip(part["rows"], part["row_sensitivity"], strict=True) if s in levels]
    return str(parts) + str([each for each in payload["claims"] if each["sensitivity"] in levels])


def test_the_summary_counts_pieces_kinds_roles_and_codes(case):
    told = claims(said(case))

    assert told["said.pieces"].text == (
        "8 pieces of evidence are on file: 2 chats, 2 e-mails, 2 interviews and 2 logs."
    )
    assert told["said.roles"].masked == "They come from these roles: counsel and specialist."
    assert told["said.codes"].text == "Met most, of 8 pieces read: “Tool default” in 6 and “Shift gap” in 2."
    assert told["said.read"].text == "2 readers coded the 8 pieces of evidence."


def test_agreement_is_said_with_its_interval_and_the_band_that_it_surely_reaches(case):
    told = claims(said(case))["said.agreement"]

    assert told.unit == "AC1"
    assert told.ci[0] < told.value < told.ci[1]
    assert "agreement or better" in told.text


def test_a_low_kappa_beside_high_agreement_is_explained():
    evidence = evidence_of(["general"] * 12)
    codings = codings_of(evidence)
    rare = pd.DataFrame(
        [("EV-100", "TOOL", "CODER-9", 0, 5), ("EV-101", "TOOL", "CODER-7", 0, 5)], columns=codings.columns
    )

    told = claims(said(case_of(evidence, pd.concat([codings, rare]))))["said.paradox"]

    assert told.value < 0.4
    assert "kappa falls where a code is rare" in told.text


def test_the_table_of_codes_names_them_in_words_and_sums_by_segment(case):
    table = block(said(case), "said.codes")

    assert [row["code"] for row in table.rows] == ["Tool", "– Tool default", "Shift gap"]
    assert table.rows[1]["definition"] == "A default led away."
    assert table.sensitivity == "operational"
    for row in table.rows:
        assert sum(value for key, value in row.items() if key.startswith("segment_")) == row["total"]


def test_each_quotation_is_as_sensitive_as_its_evidence_and_an_unknown_one_is_for_the_case(case, evidence):
    table = block(said(case), "said.quotations")
    level = dict(zip(evidence["evidence_id"], evidence["sensitivity"], strict=True))

    assert len(table.rows) == len(table.row_sensitivity) > 2
    for row, sensitivity in zip(table.rows, table.row_sensitivity, strict=True):
        known = level[row["evidence"]]
        assert sensitivity == (known if known in SENSITIVITIES else "case")


def test_quotations_hold_no_identifier(case):
    whole = case_of(case.evidence, codings_of(case.evidence).assign(span_start=None, span_end=None))

    told = shown(said(whole))

    assert "[e-mail]" in told
    assert "[identifier]" in told
    assert "ann@" not in told
    assert "SPC-77" not in told


NAME = "Xanthippe Ferrowhistle"


def cut_case():
    """A case whose texts are cut, by codings and by length, in the middle of a name, an identifier and an address."""
    words = "The default " + "and so on " * 7
    lines = [
        f"The default of {NAME} was set by hand for all of them.",
        f"{words} and {NAME} of it, as {NAME} said, was told to nobody at all that day.",
        "The default went to jolanta.wiatrak@desk.example and the call to +44 20 7946 0958.",
        f"{'so ' * 24}REQ 2025 0042 was the default there, and nobody saw it.",
    ]
    evidence = evidence_of(["general"] * len(lines) + ["operational"] * 4)
    evidence.loc[: len(lines) - 1, "text"] = lines
    codings = codings_of(evidence)
    ends = {"EV-100": lines[0].index("whistle"), "EV-102": lines[2].index("trak@"), "EV-103": lines[3].index(" 0042")}
    starts = {"EV-102": 4, "EV-101": lines[1].index("hippe")}
    codings["span_start"] = codings["evidence_id"].map(starts).fillna(0).astype(int)
    codings["span_end"] = codings["evidence_id"].map(ends).fillna(200).astype(int)
    case = case_of(evidence, codings)
    case.identifiers = (NAME, "REQ-2025-0042")
    return case


def holds_none_of_it(told):
    pieces = (
        "xanth",
        "hippe",
        "ferro",
        "whistle",
        "jolanta",
        "wiatrak",
        "trak",
        "7946",
        "0958",
        "0042",
        "req 2025",
        "2025",
    )
    return [piece for piece in pieces if piece in told.casefold()] == []


def test_a_quotation_is_cut_out_of_a_text_that_is_redacted_already():
    told = shown(said(cut_case()))

    assert "The default of [identifier]" in told
    assert "[e-mail]" in told
    assert holds_none_of_it(told)


@pytest.mark.parametrize("query", ["default", "nobody", f'"{NAME}"', "wiatrak"])
def test_a_match_is_cut_out_of_a_text_that_is_redacted_already(query):
    hits = block(find(cut_case(), query), "find.hits").rows

    assert hits
    assert holds_none_of_it(str([row["snippet"] for row in hits]))
    assert "[" in str(hits)


def test_coders_appear_by_letter_and_only_to_those_who_see_the_case(case):
    blocks = said(case)

    assert "CODER" not in shown(blocks)
    assert "coder A" in str(block(blocks, "said.disagreements").rows)
    assert "coder A" not in shown(blocks, ("general", "operational"))
    assert {block(blocks, f"said.{name}").sensitivity for name in ("agreement", "disagreements", "negative")} == {
        "case"
    }


def test_relabelled_coders_give_the_same_section(case, evidence):
    other = codings_of(evidence).replace({"CODER-9": "a", "CODER-7": "z"})

    assert said(case).as_json() == said(case_of(evidence, other)).as_json()


def test_row_order_changes_nothing(case, evidence):
    mixed = case_of(evidence.sample(frac=1, random_state=1), codings_of(evidence).sample(frac=1, random_state=2))

    assert said(case).as_json() == said(mixed).as_json()


def test_sealed_evidence_changes_nothing_and_is_nowhere_in_what_is_said(evidence):
    sealed = evidence_of(["sealed", " Sealed ", "sealed"], "ESC-2").assign(escalation_id="ESC-1")
    both = pd.concat([evidence, sealed.assign(text=SECRET)], ignore_index=True)
    coded = pd.concat([codings_of(evidence), codings_of(sealed)], ignore_index=True)
    with_sealed, without = said(case_of(both, coded)), said(case_of(evidence, codings_of(evidence)))

    assert with_sealed.as_json() == without.as_json()
    assert "Xanadu" not in str(with_sealed.as_json())


def test_sealed_evidence_alone_reads_like_none_at_all():
    sealed = evidence_of(["sealed"] * 3)

    assert said(case_of(sealed, codings_of(sealed))).as_json() == said(case_of(None, None)).as_json()


def test_saturation_is_drawn_and_said(case):
    blocks = said(case)
    drawn = block(blocks, "said.saturation")

    assert drawn.chart == "saturation"
    assert set(drawn.data) == {"found", "expected", "last_new"}
    assert drawn.data["last_new"] == 4
    assert claims(blocks)["said.saturation"].text == (
        "The last 4 pieces, of 8 in the order collected, brought no new code."
    )
    assert "saturation" in figures.CHARTS


def test_what_speaks_against_the_code_met_most_is_listed(case):
    blocks = said(case)

    assert claims(blocks)["said.negative"].value == 2
    assert [row["evidence"] for row in block(blocks, "said.negative").rows] == ["EV-103", "EV-107"]
    assert {row["instead"] for row in block(blocks, "said.negative").rows} == {"Shift gap"}


@pytest.mark.parametrize("coders", [("ONE",)])
def test_with_one_reader_agreement_is_said_to_be_unknown(evidence, coders):
    told = claims(said(case_of(evidence, codings_of(evidence, coders))))["said.agreement"]

    assert told.value is None
    assert "one coder" in told.method


def test_missing_tables_are_said_with_what_they_would_allow(evidence):
    nothing = said(case_of(None, None))
    uncoded = said(case_of(evidence, None))

    for blocks, words in ((nothing, "no evidence"), (uncoded, "not been coded")):
        assert words in claims(blocks)["said.not_assessed"].text
        assert blocks.record["not_assessed"][0]["would_allow"]
    assert "said.pieces" in claims(uncoded)
    assert "said.not_assessed" not in claims(said(case_of(evidence, codings_of(evidence), book=None)))


@pytest.mark.parametrize("by", ["source_role", "reliability", "kind"])
def test_codes_can_be_counted_by_other_segments(case, by):
    assert block(said(case, by=by), "said.codes")


def test_an_unknown_segment_is_refused_with_those_there_are(case):
    with pytest.raises(UsageError, match="source_role"):
        said(case, by="coder_id")


def test_find_lists_redacted_matches_for_those_who_see_the_case(case):
    blocks = find(case, "call SPC-77")

    assert {each.sensitivity for each in blocks} == {"case"}
    assert len(block(blocks, "find.hits").rows) == 8
    assert "SPC-77" not in shown(blocks)
    assert "ann@" not in shown(blocks)


def test_find_leaves_sealed_evidence_out_and_refuses_an_empty_query(case):
    sealed = case_of(evidence_of(["sealed", "case"]), None)

    assert block(find(sealed, "Xanadu"), "find.hits") is None
    for each in (case, case_of(None, None)):
        with pytest.raises(UsageError):
            find(each, " ")


def suggesting(levels=("case",) * 4):
    many = [
        evidence_of(levels, f"ESC-{at}").assign(evidence_id=lambda f, at=at: f"E{at}-" + f["evidence_id"])
        for at in range(1, 8)
    ]
    everything = pd.concat(many, ignore_index=True)
    turned = everything.index % 4 == 3
    everything.loc[turned, "text"] = "Nobody was there at night."
    codings = codings_of(everything)
    mine = everything[everything["escalation_id"] == "ESC-1"].reset_index(drop=True)
    gone = (codings["evidence_id"] == mine["evidence_id"].iloc[0]) & (codings["code_id"] == "TOOL_DEFAULT")
    return case_of(mine, codings[~gone], everything=everything)


def test_suggestions_come_after_their_figures_and_leave_the_decision_to_a_person():
    blocks = suggested_codes(suggesting())
    names = [each.id for each in blocks]

    assert names == ["suggested.summary", "suggested.figures", "suggested.codes", "suggested.person"]
    assert {each.sensitivity for each in blocks} == {"case"}
    assert block(blocks, "suggested.codes").rows[0]["code"] == "Tool default"
    assert "A person accepts or refuses" in str(blocks[3].paragraphs)
    assert "ann@" not in shown(blocks)


def test_a_suggestion_quotes_a_text_that_is_redacted_already():
    case = suggesting()
    first = case.evidence["evidence_id"].iloc[0]
    for table in (case.evidence, case.tables["evidence"]):
        text = f"The default was set, {'so ' * 20} {NAME} of it was told on and on by piece 0."
        table.loc[table["evidence_id"] == first, "text"] = text
    case.identifiers = (NAME,)

    phrases = [row["phrase"] for row in block(suggested_codes(case), "suggested.codes").rows]

    assert any(phrase.endswith("[identifier] …") for phrase in phrases)
    assert holds_none_of_it(str(phrases))


def test_sealed_evidence_is_neither_learnt_from_nor_given_codes():
    case = suggesting()
    with_sealed = suggesting()
    sealed = evidence_of(["sealed"] * 6, "ESC-9").assign(escalation_id="ESC-1")
    with_sealed.evidence = pd.concat([case.evidence, sealed], ignore_index=True)
    with_sealed.tables["evidence"] = pd.concat([case.tables["evidence"], sealed], ignore_index=True)
    with_sealed.tables["codings"] = pd.concat([case.tables["codings"], codings_of(sealed)], ignore_index=True)

    assert suggested_codes(with_sealed).as_json() == suggested_codes(case).as_json()


def test_what_the_case_file_refused_is_not_suggested_again():
    case = suggesting()
    before = block(suggested_codes(case), "suggested.codes").rows
    first = case.evidence["evidence_id"].iloc[0]
    decision = SimpleNamespace(evidence=first, code="TOOL_DEFAULT", decision="refuse")
    case.case_file = SimpleNamespace(codings=(decision,))
    after = block(suggested_codes(case), "suggested.codes")

    assert (first, "Tool default") in [(row["evidence"], row["code"]) for row in before]
    assert (first, "Tool default") not in [(row["evidence"], row["code"]) for row in (after.rows if after else ())]


def test_too_few_codings_to_learn_from_are_said(case):
    told = claims(suggested_codes(case))["suggested.not_assessed"].text

    assert told.startswith("Not assessed: only 8 pieces")
