"""The documentation says what is there: links, options, examples and the reference are checked against the code."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import typer

import rca_lib
from rca_lib import cli
from rca_lib.data.config import load_config
from rca_lib.data.report import check
from rca_lib.data.source import open_source
from rca_lib.render.audience import load_audience

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
MODULES = sorted(module.name for module in pkgutil.walk_packages(rca_lib.__path__, "rca_lib."))

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def fences(path: Path, language: str) -> list[str]:
    return [body for word, body in FENCE.findall(path.read_text(encoding="utf-8")) if word == language]


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def options_of(command: str) -> set[str]:
    found = typer.main.get_command(cli.app).commands[command]  # type: ignore[attr-defined]
    return {"-h", "--help", *(option for each in found.params for option in each.opts)}


def make_reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_current():
    made = make_reference().reference()
    assert made == (ROOT / "docs" / "reference.md").read_text(encoding="utf-8"), "run `make docs`"


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_relative_links_resolve(path):
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_commands_and_options_exist(path):
    text = path.read_text(encoding="utf-8")
    known = set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
    for line in re.findall(r"(?:^    |^|`)(?:\.venv/bin/)?(rca [^`\n#]*)", text, re.MULTILINE):
        command, *words = line.split()[1:]
        if command.startswith("-"):
            assert command in ("--help", "-h"), line
            continue
        assert command in known, line
        for word in words:
            assert not re.match(r"--?[a-z]", word) or word in options_of(command), line


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_options_named_alone_exist(path):
    known = set.union(*(options_of(name) for name in ("demo", "list", "check", "new", "run", "verify"))) | {
        "--output",
        "--output-dir",
    }
    for option in re.findall(r"`(--?[a-z][a-z-]*)[ `]", path.read_text(encoding="utf-8")):
        assert option in known, option


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_make_targets_exist(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^    |`)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_python_and_toml_examples_are_well_formed(path):
    for code in fences(path, "python"):
        compile(code, path.name, "exec")
    for settings in fences(path, "toml"):
        tomllib.loads(settings)


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_pages_name_no_machine(path):
    assert not re.search(r"(?<![\w.~])/(?:home|root|tmp|work|Users)/", path.read_text(encoding="utf-8"))


def test_the_example_of_an_audience_loads(tmp_path):
    file = tmp_path / "counsel.toml"
    (profile,) = fences(ROOT / "docs" / "how-to" / "add-an-audience.md", "toml")
    file.write_text(profile, encoding="utf-8")
    assert len(profile.splitlines()) == 10
    shown = [pattern for section in load_audience(file).sections for pattern in section.blocks]
    known = dict(re.findall(r"^\| `(\w+\.\w+)` \| (\w+)", make_reference().reference(), re.MULTILINE))
    assert [pattern for pattern in shown if pattern != "limits.*" and pattern not in known] == []


def test_the_profiles_name_blocks_that_the_reference_lists():
    known = set(
        re.findall(r"^\| `(\w+\.\w+)` \| (?:prose|table|figure|timeline)", make_reference().reference(), re.MULTILINE)
    )
    named = {
        pattern
        for name in ("leadership", "specialists")
        for section in load_audience(name).sections
        for patterns in section.blocks
        for pattern in patterns.split("|")
    }
    assert named <= known


def test_the_settings_with_every_key_are_valid(tmp_path, monkeypatch):
    every = fences(ROOT / "docs" / "how-to" / "map-your-data.md", "toml")[-1]
    (tmp_path / "source.toml").write_text(every, encoding="utf-8")
    monkeypatch.setenv("DATA", "data")
    monkeypatch.setenv("RCA_PSEUDONYM_KEY", "secret")
    config = load_config(tmp_path)
    assert [name for name in type(config).model_fields if name not in config.model_fields_set] == []


def test_the_small_source_of_the_readme_is_sound(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, body in re.findall(r"cat > mine/(\S+) <<'END'\n(.*?)\nEND", text, re.DOTALL):
        (tmp_path / name).write_text(f"{body}\n", encoding="utf-8")
    report = check(tmp_path)
    assert (report.ok, report.warnings, sum(report.rows.values())) == (True, 0, 6)
    assert [row.escalation_id for row in open_source(tmp_path).escalations()] == ["E-1"]


def test_the_worked_example_of_a_mapping_is_sound(tmp_path):
    page = ROOT / "docs" / "how-to" / "map-your-data.md"
    rows = re.findall(r"^    ((?:Case no|C-00\d);.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "cases_2025.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "source.toml").write_text(fences(page, "toml")[0], encoding="utf-8")
    for name, query in zip(("requests", "escalations", "escalation_requests"), fences(page, "sql"), strict=True):
        (tmp_path / f"{name}.sql").write_text(query, encoding="utf-8")
    report = check(tmp_path)
    assert (report.ok, report.warnings, report.rows["requests"]) == (True, 0, 5)
    source = open_source(tmp_path)
    assert source.tables["requests"]["urgency"].tolist() == ["routine", "routine", "emergency", "routine", "expedited"]
    assert source.outcomes["returned"]["failed"].tolist() == [False, True, False, True]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert failed == 0
