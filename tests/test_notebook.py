"""What a notebook imports, without a kernel."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from rca_lib import open_case
from rca_lib.review.blocks import MIME


@pytest.fixture
def shell(monkeypatch):
    """A running IPython, as a kernel has one."""
    made = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: made)
    return made


def test_a_case_that_is_opened_in_a_notebook_shows_its_answers(shell, small_source):
    case = open_case("ESC-0005", source=small_source)
    bundle, _ = shell.display_formatter.format(case.core_message())

    assert set(bundle) >= {MIME, "text/html", "text/plain"}
    assert bundle[MIME]["claims"][0]["id"] == "core.happened"
    assert "Overproduction" in bundle["text/plain"]


def test_what_opens_a_case_explains_itself():
    assert ">>> case = open_case(" in open_case.__doc__
