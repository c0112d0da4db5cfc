from __future__ import annotations

from pathlib import Path

import pytest

from rca_lib import resources
from rca_lib.errors import RcaError


def test_a_checkout_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert (resources.templates() / "html" / "review.html.j2").is_file()
    assert resources.notebooks().is_dir()


def test_an_installed_package_brings_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rca_lib" / "templates").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "rca_lib")

    assert resources.templates() == tmp_path / "rca_lib" / "templates"
    with pytest.raises(RcaError, match="folder 'notebooks' is missing from this installation"):
        resources.notebooks()
