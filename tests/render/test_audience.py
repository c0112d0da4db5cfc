from __future__ import annotations

from pathlib import Path

import pytest

from rca_lib.errors import UsageError
from rca_lib.render.audience import audiences, load_audience

PROFILE = """
name = "board"
title = "For the board"
sensitivity = ["general"]
facts = ["severity"]
[[sections]]
id = "short"
title = "In short"
blocks = ["core.message", "extent.*"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "board.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_profile_that_comes_along_loads_under_its_own_name() -> None:
    assert audiences() == ("analyst", "leadership", "specialists")
    assert [load_audience(name).name for name in audiences()] == list(audiences())


def test_only_the_analyst_sees_code_and_single_cases_and_nobody_what_is_sealed() -> None:
    profiles = [load_audience(name) for name in audiences()]

    assert [profile.name for profile in profiles if profile.code] == ["analyst"]
    assert [profile.name for profile in profiles if profile.may_see("case")] == ["analyst"]
    assert not any(profile.may_see("sealed") for profile in profiles)


def test_leadership_gets_two_pages_and_one_chart() -> None:
    profile = load_audience("leadership")

    assert profile.max_pages == 2
    assert [block for section in profile.sections for block in section.blocks if "chart" in block] == ["extent.chart"]


def test_a_profile_of_the_users_own_is_read_from_its_path(tmp_path: Path) -> None:
    profile = load_audience(write(tmp_path, PROFILE))

    assert profile.name == "board"
    assert profile.small_cells == "withhold"


def test_a_changed_profile_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, PROFILE)
    load_audience(path)
    path.write_text(PROFILE.replace("For the board", "For the whole board"), encoding="utf-8")

    assert load_audience(str(path)).title == "For the whole board"


def test_an_unknown_audience_gets_the_nearest_one() -> None:
    with pytest.raises(
        UsageError, match=r"'leadershp' \(did you mean 'leadership'\?\); choose from analyst, leadership"
    ):
        load_audience("leadershp")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("sensitivity", "sensitivities"), r"board.toml has a mistake: .*sensitivity is missing; add it"),
        (
            ('"general"', '"generel"'),
            r"sensitivity\[1\] is 'generel' \(did you mean 'general'\?\); write 'general', 'op",
        ),
        (('title = "For', 'titel = "For'), r"titel is not a key of a profile \(did you mean 'title'\?\)"),
        (("blocks =", "block ="), r"sections\[1\].block is not a key of a profile \(did you mean 'blocks'\?\)"),
        (("core.message", "core message"), r"sections\[1\].blocks\[1\] is 'core message'; write the id of a block"),
        (('name = "board"', 'name = "The Board"'), r"name is 'The Board'; use lower-case letters"),
        (('name = "board"', "name = board"), r"board.toml is not valid TOML: .*line 2"),
        (('facts = ["severity"]', "max_pages = 0"), r"max_pages is 0: input should be greater than or equal to 1"),
    ],
)
def test_a_mistake_in_a_profile_is_named_with_file_key_and_remedy(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        load_audience(write(tmp_path, PROFILE.replace(*change)))


def test_two_sections_under_one_id_are_refused(tmp_path: Path) -> None:
    again = PROFILE + PROFILE[PROFILE.index("[[sections]]") :]

    with pytest.raises(UsageError, match="section id 'short' is used twice"):
        load_audience(write(tmp_path, again))


def test_a_profile_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone.toml cannot be read \(No such file or directory\)"):
        load_audience(tmp_path / "gone.toml")
