import datetime as dt
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from rca_lib.errors import UsageError
from rca_lib.run.execute import read_notebook
from rca_lib.run.parameters import Parameter, check_parameters, declared_parameters, nearest

REVIEW = Path(__file__).parents[2] / "notebooks" / "case_review.ipynb"


def declared(source):
    return declared_parameters(
        new_notebook(cells=[new_code_cell(source, metadata={"tags": ["parameters"]})]), "mine.ipynb"
    )


def test_the_case_review_declares_an_escalation_a_source_a_moment_and_case_files():
    found = declared_parameters(read_notebook(REVIEW), "case_review.ipynb")

    assert {name: each.types for name, each in found.items()} == {
        "escalation_id": ("str",),
        "source": ("str",),
        "as_of": ("str", "None"),
        "cases": ("str", "None"),
    }


def test_annotations_that_papermill_does_not_read_are_kept():
    assert declared("a: str | None = None\nb: list = [1, 2]\nc: str = 'a#b = c'\nd: float = -0.5") == {
        "a": Parameter("a", ("str", "None"), None),
        "b": Parameter("b", ("list",), [1, 2]),
        "c": Parameter("c", ("str",), "a#b = c"),
        "d": Parameter("d", ("float",), -0.5),
    }


@pytest.mark.parametrize(
    "source",
    [
        "a = 1",
        "a: int",
        "a: int = f()",
        "a: pathlib.Path = 'x'",
        "import os",
        "a: Literal['x'] = 'x'",
        "x.a: int = 1",
        "a: 1 = 1",
    ],
)
def test_a_line_that_declares_nothing_is_quoted(source):
    with pytest.raises(UsageError, match=r"mine\.ipynb, parameters cell.*name: type = literal"):
        declared(source)


def test_a_parameters_cell_that_is_not_python_is_named():
    with pytest.raises(UsageError, match=r"mine\.ipynb, parameters cell"):
        declared("a: int = = 1")


@pytest.mark.parametrize("count", [0, 2])
def test_there_is_one_parameters_cell(count):
    cells = [new_code_cell("a: int = 1", metadata={"tags": ["parameters"]}) for _ in range(count)]

    with pytest.raises(UsageError, match=f"{count} cells tagged"):
        declared_parameters(new_notebook(cells=cells), "mine.ipynb")


DECLARED = declared(
    "escalation_id: str = 'x'\nas_of: str | None = None\nn: int = 1\nshare: float = 0.5\nlate: bool = True\ntags: list = []"
)


def test_values_of_their_declared_types_pass():
    given = {"escalation_id": "E", "as_of": None, "n": 3, "share": 1, "late": False, "tags": ["a"]}

    assert check_parameters(given, DECLARED, "mine") == given


def test_a_date_goes_in_as_iso_text():
    given = {"as_of": dt.date(2025, 3, 31)}

    assert check_parameters(given, DECLARED, "mine") == {"as_of": "2025-03-31"}


def test_an_unknown_name_is_met_with_the_nearest_and_with_all():
    with pytest.raises(
        UsageError, match=r"no parameter “escalation”; did you mean “escalation_id”\? It takes: escalation_id, as_of"
    ):
        check_parameters({"escalation": "E"}, DECLARED, "mine")


def test_an_unknown_name_in_a_notebook_without_parameters_is_named():
    with pytest.raises(UsageError, match="takes: nothing"):
        check_parameters({"n": 1}, {}, "mine")


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("n", "3", "give int"),
        ("n", 3.0, "give int"),
        ("n", True, "give int"),
        ("share", False, "give float"),
        ("late", 1, "give bool"),
        ("as_of", 20250331, "give str or nothing"),
        ("escalation_id", None, "give str"),
        ("tags", ("a",), "give list"),
        ("escalation_id", Path("x"), "give str"),
    ],
)
def test_a_value_of_another_type_is_refused(name, value, wanted):
    with pytest.raises(UsageError, match=rf"parameter “{name}”.*{wanted}"):
        check_parameters({name: value}, DECLARED, "mine")


def test_one_wrong_value_among_right_ones_refuses_all():
    with pytest.raises(UsageError, match="“n”"):
        check_parameters({"escalation_id": "E", "n": "many", "as_of": None}, DECLARED, "mine")


def test_the_nearest_come_in_order_of_likeness():
    assert nearest("ESC-024", ["X", "ESC-0007", "ESC-0024"], 2) == ["ESC-0024", "ESC-0007"]
    assert nearest("ESC-024", [], 3) == []
