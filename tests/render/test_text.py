from __future__ import annotations

import pytest

from rca_lib.render.text import clean, plain, shorten, shown


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("plain words", "plain words"),
        ("a\x00b\x07c\x7f", "abc"),
        ("tab\tand\r\nline\u2028end", "tab and line end"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        ("a\u2066b\u2069c\u200bd\ufeffe\u00adf", "abcdef"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("中文 עברית ok", "中文 עברית ok"),
    ],
)
def test_control_hidden_and_reordering_characters_go(text: str, becomes: str) -> None:
    assert plain(text) == becomes


def test_code_keeps_its_lines_and_its_indent() -> None:
    assert plain("if a:\r\n\tb()\u202e\n", lines=True) == "if a:\n    b()\n"


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("Größe – 5 % ≥ 3 “x”", "Größe – 5 % ≥ 3 “x”"),
        ("Жалоба № 5", "Жалоба № 5"),
        ("中", "[CJK character U+4E2D]"),
        ("地址不明", "[4 Chinese characters]"),
        ("مرحبا بالعالم", "[12 Arabic characters]"),
        ("今日は", "[3 Japanese characters]"),
        ("done 😀!", "done [grinning face]!"),
        ("ＡＢＣ ①", "ABC 1"),
        ("𝐛𝐨𝐥𝐝", "bold"),
        ("e\u0301", "é"),
        ("❤️", "[heavy black heart]"),
    ],
)
def test_what_no_font_has_is_written_readably(text: str, becomes: str) -> None:
    assert shown(plain(text)) == becomes


def test_references_in_a_drawing_are_looked_through_but_its_markup_stays() -> None:
    assert shown("<text>&#60; &#x4e2d;\u4e2d\u6587</text>") == "<text>&#60; [3 Chinese characters]</text>"


def test_a_long_title_is_cut_at_a_word() -> None:
    assert shorten("one two three", 20) == "one two three"
    assert shorten("one two three four five", 15) == "one two three…"
    assert len(shorten("x" * 400, 70)) == 70


def test_every_text_in_a_tree_is_cleaned_and_the_rest_is_left() -> None:
    assert clean({"a": ["x\x00", 3, None, ("y\u202e",)]}) == {"a": ["x", 3, None, ["y"]]}
