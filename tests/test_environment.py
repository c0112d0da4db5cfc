"""One set of dependencies, said in pyproject.toml, in environment.yml and in the lock files."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-lab.lock")

ON_CONDA_FORGE = {
    "duckdb": "python-duckdb",
    "ibis-framework[duckdb]": "ibis-duckdb",
    "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "seaborn": "seaborn-base",
    "ruamel-yaml": "ruamel.yaml",
    "tzdata": "python-tzdata",
}
"""What conda-forge calls a package, where it is another name than on PyPI."""

FROM_PYPI = {"font-source-sans-pro", "font-source-serif-pro", "typst"}
"""Packages that the conda environment takes from PyPI."""

IMPORTED_AS = {
    "fontTools": "fonttools",
    "ibis": "ibis-framework",
    "IPython": "ipython",
    "pptx": "python-pptx",
    "ruamel": "ruamel-yaml",
    "sklearn": "scikit-learn",
}
"""Modules whose package has another name."""


def asked(*extras):
    """The requirements of the project as name and bounds; of the extras too, where they are named."""
    found = list(PROJECT["project"]["dependencies"])
    for extra in extras:
        found += PROJECT["project"]["optional-dependencies"][extra]
    requirements = [Requirement(text) for text in found]
    return {f"{one.name}[{','.join(one.extras)}]" if one.extras else one.name: one.specifier for one in requirements}


def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def conda(lines):
    return {one.name: one.specifier for one in map(Requirement, lines)}


def locked(name):
    """Every pinned version by package; a package may be pinned more than once, for different versions of Python."""
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([a-z0-9._-]+)==([^\s;]+)", line):
            found.setdefault(canonicalize_name(pin[1]), []).append(Version(pin[2]))
    return found


def test_conda_gets_the_same_packages_with_the_same_bounds():
    lines = environment()["dependencies"]
    own = conda(line for line in lines if isinstance(line, str))
    pip = next(line["pip"] for line in lines if isinstance(line, dict))
    wanted = asked("lab", "pptx", "dev")

    assert own.pop("python") == Requirement(f"python{PROJECT['project']['requires-python']}").specifier
    assert own.pop("pip") == Requirement("pip").specifier
    assert own == {ON_CONDA_FORGE.get(name, name): bounds for name, bounds in wanted.items() if name not in FROM_PYPI}
    assert pip[-1] == "--editable ."
    assert conda(pip[:-1]) == {name: wanted[name] for name in FROM_PYPI}


def test_conda_uses_conda_forge_alone():
    assert environment()["channels"] == ["conda-forge"]
    assert environment()["name"] == PROJECT["project"]["name"]


def test_the_names_for_conda_forge_are_all_in_use():
    assert set(ON_CONDA_FORGE) | FROM_PYPI <= set(asked("lab", "pptx", "dev"))


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_within_the_bounds(name):
    pins = locked(name)
    extras = ("dev", "pptx", "lab") if "lab" in name else ("dev", "pptx")
    for package, bounds in asked(*extras).items():
        versions = pins[canonicalize_name(package.partition("[")[0])]
        assert versions
        assert [str(version) for version in versions if version not in bounds] == [], package


def test_the_two_locks_pin_the_same_versions():
    plain, lab = map(locked, LOCKS)

    assert {name: lab[name] for name in plain} == plain


def test_jupyterlab_is_kept_out_of_the_scheduled_runtime():
    assert not {"jupyterlab", "ipywidgets", "notebook"} & set(locked("requirements.lock"))
    assert {"jupyterlab", "ipywidgets"} <= set(locked("requirements-lab.lock"))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_no_host_and_every_pin_has_a_hash(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())

    assert "://" not in text
    assert "index" not in text.lower()
    assert not re.search(r"^(-|#)", text, re.MULTILINE)
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_what_may_not_be_used_is_not_used():
    banned = {"scrapbook", "dagstermill", "irrcac", "krippendorff", "pm4py", "ploomber-engine"}

    assert not banned & set(locked("requirements-lab.lock"))


def test_every_package_that_the_library_imports_is_asked_for():
    """A package that only comes along with another one goes when that one does."""
    asked_for = {canonicalize_name(name.partition("[")[0]) for name in asked("pptx")}
    imported = set()
    for path in (ROOT / "rca_lib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(str(node.module).partition(".")[0])
    others = imported - set(sys.stdlib_module_names) - {"rca_lib"}

    assert {canonicalize_name(IMPORTED_AS.get(name, name)) for name in others} - asked_for == set()


def test_the_exporters_and_the_command_that_are_promised_exist():
    from importlib.metadata import entry_points

    ours = {
        entry.name: entry.load()
        for group in ("console_scripts", "nbconvert.exporters")
        for entry in entry_points(group=group)
        if entry.value.startswith("rca_lib.")
    }

    assert set(ours) == {"rca", "rca-html", "rca-pdf", "rca-pptx", "rca-slides"}
    assert all(map(callable, ours.values()))


def test_the_installed_package_holds_templates_and_notebooks():
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert included == {"templates": "rca_lib/templates", "notebooks": "rca_lib/notebooks"}
    assert all((ROOT / name).is_dir() for name in included)
