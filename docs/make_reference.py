"""Write ``reference.md`` from the code: the command line, the verbs, the settings, the contract, profiles and records.

Run it from anywhere with the project's own Python: ``python docs/make_reference.py``. The same code gives the same page.
"""

from __future__ import annotations

import ast
import inspect
import re
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

from rca_lib import cli, errors, notebook
from rca_lib.data import config, contract, taxonomy
from rca_lib.render import audience, exporter, html, pdf, pptx, slides
from rca_lib.review import blocks, case, claims, facts, language, record, sections
from rca_lib.review.casefile import hierarchy
from rca_lib.review.casefile import model as judged

PAGE = Path(__file__).with_name("reference.md")

_WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    timedelta: "span",
    date: "date",
    datetime: "moment",
}
_NAMES = {
    "FileConfig": "`[files.NAME]`",
    "OutcomeConfig": "`[outcomes.NAME]`",
    "SectionChoice": "`[[sections]]`",
    "Any": "anything",
}
_UNDERLINED = re.compile(r"^(Parameters|Attributes|Raises|Returns|Examples)\n-+$", re.MULTILINE)
_ENTRY = re.compile(r"^(?P<names>[\w, ]+) : (?P<text>.*(?:\n    .*)*)", re.MULTILINE)


def reference() -> str:
    """Return the whole page."""
    parts = [
        "# Reference",
        "Made from the code by `make docs`; corrections belong in the docstrings.",
        _contents(),
        *_command_line(),
        *_notebook(),
        *_settings(),
        *_contract(),
        *_failure_modes(),
        *_case_files(),
        *_profiles(),
        *_exporters(),
        *_records(),
        *_errors(),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


_TITLES = (
    "Command line",
    "In a notebook",
    "source.toml",
    "Tables of the data contract",
    "Failure modes and severities",
    "Case files",
    "Audience profiles",
    "Exporters",
    "Claims, blocks and case.json",
    "Errors",
)


def _contents() -> str:
    return "\n".join(f"- [{title}](#{_anchor(title)})" for title in _TITLES)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _command_line() -> Iterator[str]:
    yield "## Command line"
    group: Any = typer.main.get_command(cli.app)
    yield str(group.help)
    yield "Exit codes: 0 done, 1 done with problems that were named, 2 wrong usage."
    for name, command in group.commands.items():
        places = [each for each in command.params if each.param_type_name == "argument"]
        usage = " ".join(str(each.metavar or each.name) for each in places)
        yield f"### rca {name}"
        yield f"    rca {name} [OPTIONS] {usage}".rstrip()
        yield inspect.cleandoc(command.help or "")
        yield _table(("Option", "What it does", "Default"), (_parameter(each) for each in command.params))


def _parameter(each: Any) -> tuple[str, str, str]:
    if each.param_type_name == "argument":
        return f"`{each.metavar or each.name}`", str(each.help or ""), "required" if each.required else ""
    metavar = "" if each.is_flag else f" {each.metavar or each.name.upper()}"
    default = "" if each.default in (None, False) or callable(each.default) else f"`{each.default}`"
    return f"`{'`, `'.join(each.opts)}`{f' `{metavar.strip()}`' if metavar else ''}", str(each.help or ""), default


def _notebook() -> Iterator[str]:
    yield "## In a notebook"
    yield f"    {_signature('open_case', notebook.open_case)}"
    yield from _prose(case.open_case.__doc__)
    yield (
        "A `Case` has these verbs. Each answers one question and returns `Blocks`, which show themselves in JupyterLab and "
        "hold the claims that they quote in `.claims`. In this order they are the notebook `case_review`."
    )
    for name, verb in vars(case.Case).items():
        if inspect.isfunction(verb) and not name.startswith("_") and _returns_blocks(verb):
            yield f"### case.{name}"
            yield f"    {_signature(f'case.{name}', verb)}"
            yield from _prose(verb.__doc__)
    yield "### What a case knows"
    yield _table(
        ("Name", "What it is"), [*_attributes(case.Case), *_properties(facts.CaseFacts), *_properties(case.Case)]
    )


def _returns_blocks(verb: Any) -> bool:
    return str(inspect.signature(verb).return_annotation) == "Blocks"


def _signature(name: str, function: Any) -> str:
    found = inspect.signature(function)
    kept = [each for each in found.parameters.values() if each.name != "self"]
    return name + re.sub(r"'([^']*)'(?= =|,|\)|$)", r"\1", _plain(found.replace(parameters=kept)))


def _plain(signature: inspect.Signature) -> str:
    parts = []
    for each in signature.parameters.values():
        shown = f"{each.name}: {each.annotation}"
        parts.append(shown if each.default is each.empty else f"{shown} = {_quoted(each.default)}")
    return f"({', '.join(parts)}) -> {signature.return_annotation}"


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _properties(cls: type) -> Iterator[tuple[str, str]]:
    for name, value in vars(cls).items():
        function = getattr(value, "fget", None) or getattr(value, "func", None)
        if function is not None and not name.startswith("_"):
            yield f"`{name}`", _first(function.__doc__)


def _settings() -> Iterator[str]:
    yield "## source.toml"
    yield "Every key is optional, and no other key is allowed. `${NAME}` in a text is taken from the environment."
    yield _model(config.SourceConfig)
    for title, model in (("[files.NAME]", config.FileConfig), ("[outcomes.NAME]", config.OutcomeConfig)):
        yield f"### {title}"
        yield _first(model.__doc__)
        yield _model(model)
    yield "An example with every key is in [Map your data](how-to/map-your-data.md#every-key)."


def _contract() -> Iterator[str]:
    yield "## Tables of the data contract"
    yield (
        "Only `escalations` or `requests` must be there. A column marked * is one that a table can't do without. "
        "Columns of other names are reported once and left out, unless `source.toml` names them under `dimensions`."
    )
    rows = list(contract.documentation_rows())
    for name, table in contract.TABLES.items():
        yield f"### {name}"
        key = f" Key: {', '.join(f'`{column}`' for column in table.key)}." if table.key else ""
        needs = [f" Each row needs {' or '.join(f'`{column}`' for column in names)}." for names in table.one_of]
        yield f"Each row is {table.about}.{key}{''.join(needs)}"
        yield _table(
            ("Column", "Holds", "Names a row of"),
            (
                (
                    f"`{row['column']}`{'*' if row['required'] else ''}",
                    row["rule"].removeprefix(f"{row['column']} is ") + _default(table.column(row["column"])),
                    f"`{row['names']}`" if row["names"] else "",
                )
                for row in rows
                if row["table"] == name
            ),
        )


def _default(column: contract.ColumnSpec) -> str:
    return f"; empty means {column.default}" if column.default else ""


def _failure_modes() -> Iterator[str]:
    yield "## Failure modes and severities"
    yield (
        "`escalations.failure_mode` is one of these codes, `reopened`, or the name of an outcome in `source.toml`. "
        "`assessment_items.failure_mode` is one of these codes."
    )
    yield _table(
        ("Code", "Failure", "Requests that …", "Stage"),
        ((f"`{mode.code}`", mode.label, mode.phrase, mode.stage) for mode in taxonomy.FAILURE_MODES.values()),
    )
    yield _table(("Severity", "Meaning"), ((f"`{code}`", text) for code, text in taxonomy.SEVERITIES.items()))
    yield "Steps of the workflow that a review knows by name, as `events.activity`; others are shown as they are written."
    guards = {step.activity: (step.control or "", ", ".join(step.guards)) for step in taxonomy.PIPELINE}
    yield _table(
        ("Activity", "Name in a review", "What it checks", "Failures that it guards against"),
        ((f"`{code}`", label, *guards.get(code, ("", ""))) for code, label in taxonomy.ACTIVITIES.items()),
    )


def _case_files() -> Iterator[str]:
    yield "## Case files"
    yield (
        "`cases/ID.yaml` in the source, or in the folder that `--cases` names; `rca new` writes it. How to fill it in: "
        "[Record your judgement](how-to/record-your-judgement.md). As a JSON Schema: [case_file.schema.json](case_file.schema.json). "
        "A key that is left empty counts as not given."
    )
    yield _model(judged.CaseFile)
    parts = {
        "hypotheses": (judged.Hypothesis, judged.About),
        "evidence": (judged.RatedEvidence,),
        "causes": (judged.Statement,),
        "chart": (judged.Node,),
        "factors": (judged.Factor,),
        "barriers": (judged.Barrier,),
        "actions": (judged.PlannedAction,),
        "the other parts": (
            judged.Scope,
            judged.Correction,
            judged.Learned,
            judged.Contained,
            judged.Consulted,
            judged.CodeDecision,
            judged.Reviewer,
            judged.SignOff,
        ),
    }
    for title, models in parts.items():
        yield f"### Case file: {title}"
        for each in models:
            yield f"**{each.__name__}**: {_first(each.__doc__)}"
            yield _model(each)
    yield "### How actions work"
    yield "The strength of an action follows from its `means` (action hierarchy, VA National Center for Patient Safety)."
    yield _table(
        ("Means", "Strength", "Because"),
        ((f"`{name}`", kind.strength, kind.reason) for name, kind in hierarchy.MEANS.items()),
    )
    yield "### Ratings of evidence"
    yield _table(("Rating", "Meaning"), ((f"`{name}`", words) for name, words in judged.RATINGS.items()))
    yield "### Rules of wording"
    yield _table(("Rule", "What it says"), ((f"`{name}`", words) for name, words in language.RULES.items()))


def _profiles() -> Iterator[str]:
    yield "## Audience profiles"
    yield f"Profiles that come with the suite: {', '.join(f'`{name}`' for name in audience.audiences())}."
    yield _model(audience.Audience)
    yield "### [[sections]]"
    yield _table(
        ("Key", "Holds", "Meaning"),
        (
            ("`id`*", "text", "a name for the section, used once"),
            ("`title`*", "text", "its heading"),
            (
                "`blocks`*",
                "list of text",
                "ids of blocks in reading order; `extent.*` names every block of the section extent; of `a.b|c.d` "
                "the first that is there is shown",
            ),
        ),
    )
    yield "### Kinds of statement"
    yield _sensitivities()
    yield "### Blocks that a profile can name"
    yield "A block is shown only where it is named, the reader may see its kind, and the data give rise to it."
    yield _table(("Block", "What it is", "Kind of statement"), _block_ids())
    yield "### Facts that a profile can name"
    yield _table(("Fact", "Label", "Kind of statement"), _facts())


def _sensitivities() -> str:
    """Return the table of sensitivities, from the text that stands under them in the source."""
    tree = ast.parse(inspect.getsource(claims))
    text = next(
        following.value.value
        for node, following in zip(tree.body, tree.body[1:], strict=False)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "Sensitivity"
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
    )
    found = re.findall(r"^(\w+)\n    (.*(?:\n    .*)*)", str(text), re.MULTILINE)
    return _table(("Kind", "What it covers"), ((f"`{name}`", _line(about)) for name, about in found))


def _block_ids() -> Iterator[tuple[str, str, str]]:
    """Give every block that a section can hold, in the order of the sections in the notebook."""
    for name in _SECTIONS:
        tree = _code_of(name)
        drafts = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "SectionDraft"]
        given = [*drafts[0].args[1:], *(each.value for each in drafts[0].keywords if each.arg == "sensitivity")]
        usual = _text(given[0]) if given else "general"
        seen: dict[str, tuple[str, str]] = {}
        calls = [
            node for each in (tree, *(_code_of(one) for one in _HELPERS.get(name, ()))) for node in _in_order(each)
        ]
        for node in calls:
            kind = _called(node)
            if kind == "not_assessed":
                seen.setdefault("not_assessed", ("prose", usual))
            elif (
                kind in ("prose", "table", "figure", "timeline")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                said = next((_text(each.value) for each in node.keywords if each.arg == "sensitivity"), usual)
                seen.setdefault(str(node.args[0].value), (kind, said))
        for block, (kind, said) in seen.items():
            yield f"`{name}.{block}`", kind, said


_SECTIONS = (
    "core",
    "happened",
    "dates",
    "extent",
    "changed",
    "why",
    "controls",
    "said",
    "ruled_out",
    "stated",
    "together",
    "learned",
    "actions",
    "limits",
    "audit",
    "method",
)
_HELPERS = {"said": ("quoted", "coders"), "extent": ("extent_chart",)}
"""Modules that add blocks to the section of another one."""


def _code_of(name: str) -> ast.Module:
    return ast.parse(inspect.getsource(__import__(f"{sections.__name__}.{name}", fromlist=["__name__"])))


def _facts() -> Iterator[tuple[str, str, str]]:
    from rca_lib.review.sections import core

    for node in _in_order(ast.parse(inspect.getsource(core))):
        if isinstance(node.func, ast.Name) and node.func.id == "add" and isinstance(node.args[0], ast.Constant):
            said = _text(node.args[3]) if len(node.args) > 3 else "general"
            yield f"`{node.args[0].value}`", _text(node.args[1]), said


def _in_order(tree: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _text(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)


def _exporters() -> Iterator[str]:
    yield "## Exporters"
    yield "Formats that `jupyter nbconvert --to` finds once the suite is installed. They take a notebook that has been run."
    yield _table(
        ("Name", "What it makes", "Option"),
        (
            ("`rca-html`", _first(html.HTMLReviewExporter.__doc__), "`--HTMLReviewExporter.audience=NAME`"),
            ("`rca-pdf`", _first(pdf.PDFReviewExporter.__doc__), "`--PDFReviewExporter.audience=NAME`"),
            ("`rca-slides`", _first(slides.SlidesReviewExporter.__doc__), "`--SlidesReviewExporter.audience=NAME`"),
            ("`rca-pptx`", _first(pptx.PPTXReviewExporter.__doc__), "`--PPTXReviewExporter.audience=NAME`"),
        ),
    )
    yield f"`NAME` is the name of an audience or the path of a profile; `{exporter.DEFAULT_AUDIENCE}` unless given."


def _records() -> Iterator[str]:
    yield "## Claims, blocks and case.json"
    for title, models in (
        ("Claim", (claims.Claim,)),
        ("Blocks", (blocks.Prose, blocks.Table, blocks.Figure, blocks.Timeline)),
        ("Parts of blocks", (blocks.Quote, blocks.Column, blocks.Entry)),
        ("case.json", (record.CaseRecord,)),
        (
            "Parts of case.json",
            (
                record.Extent,
                record.Cause,
                record.Action,
                record.Limit,
                record.NotAssessed,
                record.Stated,
                record.HypothesisRecord,
                record.Triangulated,
                record.Audited,
            ),
        ),
    ):
        yield f"### {title}"
        if title == "Blocks":
            yield "Every block has:"
            yield _model(blocks.Prose, keys=[name for name in blocks.Prose.model_fields if name in _common_keys()])
        for model in models:
            if len(models) > 1:
                yield f"**{model.__name__}**"
            yield from _prose(model.__doc__, without=("Attributes",))
            yield _model(
                model, keys=[name for name in model.model_fields if title != "Blocks" or name not in _common_keys()]
            )


def _common_keys() -> set[str]:
    return set.intersection(*(set(model.model_fields) for model in (blocks.Prose, blocks.Table, blocks.Figure))) - {
        "kind"
    }


def _errors() -> Iterator[str]:
    yield "## Errors"
    yield "Every error that the suite raises on purpose is a `RcaError`, in `rca_lib.errors`."
    found = [getattr(errors, name) for name in errors.__all__]
    yield _table(
        ("Error", "Exit code", "When"),
        ((f"`{each.__name__}`", str(each.exit_code), _first(each.__doc__)) for each in found),
    )


# Reading docstrings and models.


def _sections_of(doc: str | None) -> dict[str, str]:
    """Return a docstring's parts by heading; what comes first has the heading ""."""
    pieces = _UNDERLINED.split(inspect.cleandoc(doc or ""))
    return {
        "": pieces[0].strip(),
        **dict(zip(pieces[1::2], (piece.strip("\n") for piece in pieces[2::2]), strict=True)),
    }


def _prose(doc: str | None, without: tuple[str, ...] = ()) -> Iterator[str]:
    for heading, text in _sections_of(doc).items():
        if heading in without:
            continue
        body, examples = _split_examples(text)
        entries = list(_entries(body))
        if heading in ("Parameters", "Attributes") and entries:
            yield _table(("Name", "Meaning"), entries)
        elif heading == "Raises" and entries:
            yield "Raises:"
            yield "\n".join(f"- {name}: {about}" for name, about in entries)
        elif body and heading != "Examples":
            yield _code(body)
        if examples:
            yield "```python\n" + "\n".join(examples) + "\n```"


def _split_examples(text: str) -> tuple[str, list[str]]:
    lines = text.splitlines()
    shown = [line.removeprefix(">>> ").replace("  # doctest: +SKIP", "") for line in lines if line.startswith(">>> ")]
    return "\n".join(line for line in lines if not line.startswith(">>> ")).strip(), shown


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for found in _ENTRY.finditer(text):
        names = ", ".join(f"`{name.strip()}`" for name in found["names"].split(","))
        yield names, _code(_line(found["text"]))


def _attributes(cls: type) -> Iterator[tuple[str, str]]:
    yield from _entries(_sections_of(cls.__doc__).get("Attributes", ""))


def _model(model: type[BaseModel], keys: Iterable[str] | None = None) -> str:
    """Return the table of a model's fields, or of some of them; a column without a word in it is left out."""
    about: dict[str, str] = {}
    for names, text in _attributes(model):
        first, *others = names.split(", ")
        about[first.strip("`")] = text
        about |= {each.strip("`"): f"see {first}" for each in others}
    rows = [
        (
            f"`{name}`{'*' if field.is_required() else ''}",
            _holds(field.annotation),
            "" if field.is_required() else _shown(field.get_default(call_default_factory=True)),
            about.get(name) or _code(field.description or ""),
        )
        for name, field in model.model_fields.items()
        if keys is None or name in keys
    ]
    header = ("Key", "Holds", "Default", "Meaning")
    kept = [at for at in range(len(header)) if any(row[at] for row in rows)]
    return _table((header[at] for at in kept), ([row[at] for at in kept] for row in rows))


def _shown(value: Any) -> str:
    if value in (None, "", (), {}, []):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return ", ".join(f"`{each}`" for each in value) if isinstance(value, tuple) else f"`{value}`"


def _holds(annotation: Any) -> str:
    """Say in words what a field holds."""
    if annotation in _WORDS:
        return _WORDS[annotation]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _holds(inner[0])
    if origin is typing.Literal and inner == claims.SENSITIVITIES:
        return "[kind of statement](#kinds-of-statement)"
    if origin is typing.Literal:
        return " or ".join(f"`{each}`" for each in inner)
    if origin in (typing.Union, types.UnionType):
        kept = dict.fromkeys(_holds(each) for each in inner if each is not type(None))
        return " or ".join(kept)
    if origin is tuple and inner[-1] is Ellipsis:
        held = _holds(inner[0])
        return "list of lists" if held.startswith("list") else f"list of {held}"
    if origin is tuple:
        return f"pair of {_holds(inner[0])}"
    if origin is dict:
        if inner[1] is Any:
            return "table"
        return f"table of {_holds(inner[1])}" if typing.get_origin(inner[1]) is None else "table of tables"
    return _NAMES.get(getattr(annotation, "__name__", ""), getattr(annotation, "__name__", "anything"))


def _first(doc: str | None) -> str:
    return _code(_line(_sections_of(doc)[""].split("\n\n")[0]))


def _line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    return re.sub(r"``([^`]+)``", r"`\1`", text)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(header)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
