"""Rules of the house that hold for every file: who may import whom, what a module offers, what is never committed."""

import ast
import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rca_lib
from rca_lib.render.audience import load_audience
from rca_lib.run.execute import read_notebook
from rca_lib.run.parameters import declared_parameters

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "rca_lib"
ORDER = ("data", "analysis", "review", "render", "run", "cli")
"""A package imports only from those that stand before it, and from the modules beside the packages below."""

SHARED = {"errors", "resources"}
ABOVE = {"notebook": "render"}
"""Modules beside the packages: what everyone may use, and what stands as high as the package named."""

MODULES = sorted(
    found.name for found in pkgutil.walk_packages(rca_lib.__path__, "rca_lib.") if not found.name.endswith("__main__")
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
HEAVY = {
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "ibis",
    "duckdb",
    "pyarrow",
}


def tracked():
    """The files that git keeps; in a copy without git, every file that git would keep."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        kept = [path for path in ROOT.rglob("*") if path.is_file()]
        hidden = re.compile(r"/\.|__pycache__|/reports/|/examples/lert|\.egg-info")
        return [path for path in kept if not hidden.search(f"/{path.relative_to(ROOT)}")]
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def texts(*suffixes):
    for path in tracked():
        if not suffixes or path.suffix in suffixes:
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def imported(path):
    """The modules of ours that a file imports, apart from what only type checkers read."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for inner in block.body
        for node in ast.walk(inner)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("rca_lib"))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports by dots; write the whole name"
            if node.module and node.module.split(".")[0] == "rca_lib":
                yield from (
                    [f"rca_lib.{alias.name}" for alias in node.names] if node.module == "rca_lib" else [node.module]
                )


def place(part):
    return ORDER.index(ABOVE.get(part, part))


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: str(path.relative_to(LIBRARY)))
def test_a_package_imports_only_from_those_before_it(path):
    part = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
    for name in imported(path):
        other = [*name.split("."), ""][1]
        if part in SHARED | {"__init__"}:
            assert other in SHARED | {"__version__", "", "notebook"}, f"{path.name} imports {name}"
        elif other not in SHARED | {"", "__version__"}:
            assert place(other) <= place(part), f"{path.name} imports {name}"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_names_what_it_offers_in_order(name):
    module = importlib.import_module(name)
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    defined = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    # A command is offered by the application that it is registered with.
    commands = {node.name for node in defined if any("app.command" in ast.unparse(by) for by in node.decorator_list)}
    public = {node.name for node in defined if not node.name.startswith("_")} - commands
    declared = getattr(module, "__all__", None)

    if declared is None:
        assert public == set(), f"{name} has no __all__"
        return
    assert declared == sorted(declared, key=_order), f"__all__ of {name} is not sorted"
    assert len(set(declared)) == len(declared)
    assert [one for one in declared if not hasattr(module, one)] == []
    assert public - set(declared) == set(), f"{name} offers more than it names"


def _order(name):
    """Constants, then classes, then functions, each by the alphabet: the order that ruff keeps."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_offers_has_a_docstring(name):
    module = importlib.import_module(name)

    assert module.__doc__ or not getattr(module, "__all__", ()), name
    for one in getattr(module, "__all__", ()):
        value = getattr(module, one)
        if callable(value) and getattr(value, "__module__", "") == name and not isinstance(value, type(list[int])):
            assert value.__doc__, f"{name}.{one}"


def test_the_front_door_needs_nothing_heavy():
    code = f"import sys, rca_lib, rca_lib.errors, rca_lib.cli; print(sorted(set(sys.modules) & {HEAVY!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_front_door_offers_what_it_names():
    assert dir(rca_lib) == sorted(rca_lib.__all__) == ["__version__", "open_case"]
    assert rca_lib.open_case.__doc__
    with pytest.raises(AttributeError, match="no attribute 'shut_case'"):
        rca_lib.shut_case  # noqa: B018


def test_the_version_is_said_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["version"] == rca_lib.__version__


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_committed_without_what_a_run_left_in_it(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))

    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert set(cell["metadata"]) <= {"tags"}
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_declares_its_parameters_and_is_thin(path):
    notebook = read_notebook(path)

    assert {"escalation_id", "source", "as_of"} <= set(declared_parameters(notebook, path.name))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert len([line for line in cell.source.splitlines() if line.strip()]) <= 4, cell.source


def test_the_case_review_asks_every_verb_in_their_order():
    from rca_lib.review.case import Case

    source = "\n".join(cell.source for cell in read_notebook(ROOT / "notebooks" / "case_review.ipynb").cells)
    asked = re.findall(r"^case\.(\w+)\(\)$", source, re.MULTILINE)
    code = (LIBRARY / "review" / "case.py").read_text(encoding="utf-8")
    verbs = re.findall(r"def (\w+)\(self.*\) -> Blocks:", code)
    # A verb that needs to be told what to look for has no plain question.
    plain = [verb for verb in verbs if not re.search(rf"def {verb}\(self, \w+: \w+\)", code)]

    assert asked == plain
    assert set(verbs) - set(plain) == {"find"}
    assert all(">>> case." in getattr(Case, verb).__doc__ for verb in verbs)


@pytest.mark.parametrize("path", sorted((ROOT / "templates" / "audiences").glob("*.toml")), ids=lambda path: path.stem)
def test_a_profile_loads_and_is_named_after_its_file(path):
    profile = load_audience(path)

    assert profile.name == path.stem
    assert profile.reader
    assert "sealed" not in profile.sensitivity


def test_no_profile_but_the_analysts_shows_code_or_small_counts():
    for path in (ROOT / "templates" / "audiences").glob("*.toml"):
        profile = load_audience(path)
        if profile.name != "analyst":
            assert not profile.code
            assert profile.small_cells == "withhold"


# Put together here so that this file does not hold what it looks for.
UNFINISHED = re.compile("|".join(rf"\b{a}{b}\b" for a, b in (("TO", "DO"), ("FIX", "ME"), ("X", "XX"), ("HA", "CK"))))
MACHINE = re.compile(r"/(?:" + "home|root|Users" + r")/\w|" + "/wo" + "rk/|" + "/tm" + r"p/\w")
INDEXES = re.compile(
    "pypi"
    + r"\.org/simple|"
    + "files\\.python"
    + "hosted|"
    + "--(?:extra-)?index"
    + "-url(?! )|arti"
    + "factory|dev"
    + "pi\\b"
)


def test_nothing_is_left_unfinished():
    found = [f"{path.relative_to(ROOT)}: {hit[0]}" for path, text in texts() if (hit := UNFINISHED.search(text))]

    assert found == []


def test_no_file_holds_a_path_of_somebodys_machine():
    # The gate and its tests are about such paths.
    about_paths = {
        "rca_lib/render/gate/search.py",
        "tests/render/test_exporters.py",
        "tests/render/gate/test_gate.py",
        "tests/run/test_review.py",
    }
    found = [
        f"{name}: {hit[0]}"
        for path, text in texts()
        if (name := path.relative_to(ROOT).as_posix()) not in about_paths and (hit := MACHINE.search(text))
    ]

    assert found == []


def test_no_file_names_a_package_index():
    found = [f"{path.relative_to(ROOT)}: {hit[0]}" for path, text in texts() if (hit := INDEXES.search(text))]

    assert found == []


def test_nothing_that_a_run_makes_is_tracked():
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]

    assert [name for name in names if name.startswith("reports/")] == ["reports/README.md"]
    assert [name for name in names if re.match(r"examples/lert(_truth|/)", name)] == []
    assert [name for name in names if re.search(r"\.(ttf|otf|woff2?|pyc|parquet|xlsx|zip|pdf)$", name)] == []


def test_modules_and_functions_stay_small_enough_to_read():
    modules = {path: path.read_text(encoding="utf-8") for path in LIBRARY.rglob("*.py")}
    functions = {
        f"{path.name}, {node.name}": node.end_lineno - node.lineno
        for path, text in modules.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }

    assert [path.name for path, text in modules.items() if text.count("\n") > 500] == []
    assert [name for name, lines in functions.items() if lines > 80] == []
