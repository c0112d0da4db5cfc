"""The ``rca`` command: parse, call the library, print. Heavy imports sit inside the commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from rca_lib.errors import RcaError, UsageError

__all__ = ["app", "main"]

EXAMPLE = Path("examples/lert")
FLAGSHIP = "ESC-0042"
REPORTS = Path("reports")

app = typer.Typer(
    name="rca",
    help="Case reviews of quality escalations: from a folder of tables to HTML, PDF and slides, for each reader.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SourceOption = Annotated[str, typer.Option("--source", "-s", help="The folder of tables.", metavar="DIR")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print machine-readable results.")]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="The folder for reports.", metavar="DIR")]
CasesOption = Annotated[
    str | None,
    typer.Option("--cases", help="The folder of case files; “cases” in the source by default.", metavar="DIR"),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Use nothing recorded after this day, such as 2025-03-31.", metavar="DATE")
]


@app.command()
def demo(out: OutOption = REPORTS) -> None:
    """Make the example data if they are not there, and the reviews of its flagship escalation."""
    from rca_lib.data.example import make_example

    if not (EXAMPLE / "source.toml").is_file():
        with _status("Making two years of example data"):
            make_example(EXAMPLE)
    review = _run([FLAGSHIP], str(EXAMPLE), [], [], out, None, "case_review")[0]
    typer.echo("Simulated data. Open these:")
    for name in review.files:
        typer.echo(f"  {review.folder / name}")
    typer.echo(f"  {out / 'index.html'}")


@app.command(name="list")
def list_(source: SourceOption = str(EXAMPLE), out: OutOption = REPORTS, as_json: JsonOption = False) -> None:
    """List the escalations of a source, and the state of their reviews."""
    from rca_lib.data.source import open_source
    from rca_lib.run.index import reports_in

    name = open_source(source).name
    states = {row.get("escalation_id"): row.get("state") for row in reports_in(out) if row.get("source") == name}
    rows = [
        {**row.as_json(), "review": states.get(row.escalation_id, "none")} for row in open_source(source).escalations()
    ]
    if as_json:
        _print_json(rows)
        return
    if not rows:
        typer.echo(f"{source} holds no escalation that can be used; rca check {source} says what was found.")
        return
    _print_table(
        ["Escalation", "Opened", "Severity", "Failure", "Status", "Review", "Title"],
        [
            [
                row["escalation_id"],
                row["opened_at"][:10],
                *(row[key] or "" for key in ("severity", "failure_mode", "status", "review", "title")),
            ]
            for row in rows
        ],
    )


@app.command()
def check(
    source: Annotated[str, typer.Argument(help="The folder of tables.", metavar="SOURCE")], as_json: JsonOption = False
) -> None:
    """Validate a source against the data contract, and its case files: every problem at once, each with a fix."""
    from dataclasses import replace

    from rca_lib.data.report import check as check_source
    from rca_lib.data.source import open_source
    from rca_lib.run.casefiles import case_file_problems

    opened = open_source(source)
    report = check_source(opened)
    report = replace(report, problems=(*case_file_problems(opened), *report.problems))
    if as_json:
        _print_json(report.as_json())
    else:
        for row in report.table_rows():
            _print_problem(row)
        typer.echo(report.summary)
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def new(
    escalation: Annotated[str, typer.Argument(help="The escalation's id.", metavar="ID")],
    source: SourceOption = str(EXAMPLE),
    cases: CasesOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin the case file of an escalation, or merge new evidence into it; say what stands before approval."""
    from rca_lib.data.source import open_source
    from rca_lib.run.casefiles import begin_case_file
    from rca_lib.run.review import check_escalation

    opened = open_source(source)
    check_escalation(opened, escalation, as_of=as_of)
    begun = begin_case_file(escalation, opened, cases=cases, as_of=as_of)
    if as_json:
        _print_json(begun.as_json())
        return
    typer.echo(f"{begun.path}: {_what_was_done(begun.made, begun.added)} It is {_STATE_WORDS[begun.state]}.")
    if begun.reasons:
        typer.echo("Before approval:")
    for reason in begun.reasons:
        typer.echo(f"  {reason.key or 'the case'}: {reason.text} {reason.fix}")
    if not begun.made:
        typer.echo(f"A signature for the judgement as it stands says: of: {begun.mark}")


_STATE_WORDS = {"draft": "a draft", "reviewed": "reviewed", "approved": "approved"}


def _what_was_done(made: bool, added: tuple[str, ...]) -> str:
    if made:
        return "made, with the evidence filled in and the judgement left open."
    if added:
        return f"{', '.join(added)} added; nothing that you wrote was changed."
    return "nothing new has come in; it was left as it is."


@app.command()
def run(
    escalations: Annotated[list[str], typer.Argument(help="One or more escalation ids.", metavar="ID...")],
    source: SourceOption = str(EXAMPLE),
    audience: Annotated[
        list[str] | None,
        typer.Option(
            "--audience",
            "-a",
            help="A profile, by name or path; may be given again. Every profile by default.",
            metavar="NAME",
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            help="html, pdf, slides, pptx, or json for the record alone; may be given again. Each profile's own by default.",
            metavar="FORMAT",
        ),
    ] = None,
    out: OutOption = REPORTS,
    as_of: AsOfOption = None,
    cases: CasesOption = None,
    notebook: Annotated[
        str, typer.Option("--notebook", "-n", help="A notebook, by name or path.", metavar="NAME")
    ] = "case_review",
    detail: Annotated[
        int,
        typer.Option(
            min=0,
            max=2,
            help="How closely harmful matter is told: 0 by codes, 1 in neutral words, 2 as the facts need, to audiences that "
            "may be told so; each review made at 2 is counted.",
        ),
    ] = 1,
    as_json: JsonOption = False,
) -> None:
    """Make the reviews of one or more escalations, end to end."""
    done = _run(
        escalations,
        source,
        audience or [],
        formats or [],
        out,
        as_of,
        notebook,
        cases=cases,
        detail=detail,
        quiet=as_json,
    )
    if as_json:
        _print_json([review.as_json() for review in done])
    else:
        for review in done:
            typer.echo(f"{review.escalation_id}: {', '.join(review.files)} in {review.folder}")
            if review.set_aside:
                typer.echo(
                    f"  {review.set_aside} row{'' if review.set_aside == 1 else 's'} of data broke a rule and "
                    f"{'was' if review.set_aside == 1 else 'were'} set aside; rca check {source} says which."
                )
    failed = len(escalations) - len(done)
    aside = any(review.set_aside for review in done)
    raise typer.Exit(1 if failed or aside else 0)


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(help="A report folder, or the folder of all reports.", metavar="PATH")],
    audience: Annotated[
        list[str] | None,
        typer.Option(
            "--audience",
            "-a",
            help="The path of a profile that does not come with the suite; may be given again.",
            metavar="FILE",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check published reports again: each file by its hash, and what the reviews say against what was found."""
    from rca_lib.run.verify import verify as verify_reports

    checks = verify_reports(path, profiles=audience or ())
    if as_json:
        _print_json([check.as_json() for check in checks])
    else:
        for check in checks:
            _print_folder_check(check)
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)


def _print_folder_check(check: Any) -> None:
    name = check.escalation_id or str(check.folder)
    files = f"{check.files} file{'' if check.files == 1 else 's'}"
    state = (
        f"{len(check.problems)} problem{'' if len(check.problems) == 1 else 's'}" if check.problems else "as published"
    )
    typer.echo(f"{name}: {state}; {files} and {len(check.reviews)} reviews checked in {check.folder}")
    for problem in check.problems:
        typer.echo(f"  {problem.file}: {problem.message}\n    {problem.fix}")
    for note in check.notes:
        typer.echo(f"  Note: {note}")


def _run(
    ids: list[str],
    source: str,
    audiences: list[str],
    formats: list[str],
    out: Path,
    as_of: str | None,
    notebook: str,
    *,
    cases: str | None = None,
    detail: int = 1,
    quiet: bool = False,
) -> list[Any]:
    """Run escalations one after another; one that fails is named and does not stop the next."""
    from rca_lib.data.source import open_source
    from rca_lib.run.review import check_escalation, run_review

    opened = open_source(source)
    for each in ids:
        check_escalation(opened, each, as_of=as_of)
    done = []
    for each in ids:
        with _progress(each, quiet=quiet) as progress:
            try:
                done.append(
                    run_review(
                        each,
                        opened,
                        audiences=audiences,
                        formats=formats,
                        out=out,
                        as_of=as_of,
                        notebook=notebook,
                        cases=cases,
                        detail=detail,
                        progress=progress,
                    )
                )
            except UsageError:
                raise
            except RcaError as error:
                if len(ids) == 1:
                    raise
                _complain(f"{each}: {error}")
    return done


@contextmanager
def _progress(label: str, *, quiet: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar over cells and then over reviews, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda what, at, of: bar.update(task, description=f"{label}: {what}", completed=at, total=of)


@contextmanager
def _status(text: str) -> Iterator[None]:
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=1, ensure_ascii=False, default=str))


def _print_table(header: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    # Piped output is for programs and pagers: never cut to the width of a terminal that is not there.
    # What a source says is printed as it is: brackets and colons in a title are no markup.
    Console(width=None if sys.stdout.isatty() else 200, markup=False, emoji=False, highlight=False).print(table)


def _print_problem(row: dict[str, str]) -> None:
    where = f"{row['table']}.{row['column']}" if row["column"] else row["table"]
    typer.secho(f"{row['severity']}  {where}, rows: {row['rows']}", bold=True)
    for label, key in (("found", "problem"), ("rule", "rule"), ("fix", "fix"), ("first", "first rows")):
        if row[key]:
            typer.echo(f"  {label:6} {row[key]}")
    typer.echo("")


def _complain(text: str) -> None:
    typer.echo(f"rca: {text}", err=True)


def main() -> None:
    """Run the command line: 0 done, 1 done with problems that were named, 2 wrong usage."""
    try:
        app()
    except RcaError as error:
        _complain(str(error))
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:
        raise SystemExit(1) from None
