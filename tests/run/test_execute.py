import tempfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rca_lib.errors import ExecutionError, UsageError
from rca_lib.run.execute import execute, read_notebook

kernel = pytest.mark.kernel


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook of code cells, one parameter first."""

    def write(*cells, parameters="n: int = 1"):
        made = [new_code_cell(parameters, metadata={"tags": ["parameters"]}), *map(new_code_cell, cells)]
        path = tmp_path / "small.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell("# Small"), *made]), path)
        return path

    return write


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A folder of its own for temporary files, so that what is left there is seen."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def children():
    psutil = pytest.importorskip("psutil")
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def outputs(executed):
    return ["".join(output.get("text", "") for output in cell.get("outputs", ())) for cell in executed.cells]


def test_a_notebook_is_read_without_the_outputs_that_someone_left(tmp_path):
    cell = new_code_cell("1", execution_count=7, outputs=[new_output("stream", text="secret")])
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "left.ipynb")
    read = read_notebook(tmp_path / "left.ipynb")

    assert read.cells[0].outputs == []
    assert read.cells[0].execution_count is None


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"cells": 3}', '{"a": 1}'])
def test_a_file_that_is_no_notebook_is_named(tmp_path, content):
    (tmp_path / "odd.ipynb").write_text(content)

    with pytest.raises(UsageError, match=r"odd\.ipynb is not a notebook"):
        read_notebook(tmp_path / "odd.ipynb")


def test_a_notebook_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere\.ipynb cannot be read"):
        read_notebook(tmp_path / "nowhere.ipynb")


def test_a_wrong_parameter_stops_before_a_kernel_starts(notebook, tmp_path, monkeypatch):
    monkeypatch.setattr("papermill.execute_notebook", pytest.fail)

    with pytest.raises(UsageError, match="did you mean “n”"):
        execute(notebook("n"), {"nn": 2}, keep_failed=tmp_path / "out" / "failed.ipynb")
    assert not (tmp_path / "out").exists()


@kernel
def test_a_run_gives_the_notebook_back_clean_and_leaves_nothing_behind(notebook, tmp_path, workshop, monkeypatch):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("n = 'from a start-up file'\nprint('hello from a start-up file')")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    path = notebook(
        "print(n)",
        "import os, sys; print(os.getcwd()); print('a warning'.upper(), file=sys.stderr); print(sys.executable)",
        "print([os.environ[name] for name in ('OMP_NUM_THREADS', 'PYTHONHASHSEED')])",
    )
    before, seen, source = children(), [], path.read_bytes()
    executed = execute(
        path, {"n": 2}, keep_failed=tmp_path / "failed.ipynb", progress=lambda *at: seen.append(at), cwd=tmp_path
    )

    assert outputs(executed)[-3].strip() == "2"
    assert outputs(executed)[-2].splitlines()[0] == str(tmp_path)
    assert outputs(executed)[-1].strip() == "['1', '0']"
    assert "A WARNING" not in nbformat.writes(executed)
    assert "start-up" not in nbformat.writes(executed)
    assert seen[-1][0] == seen[-1][1] == 5
    assert [at for at, _ in seen] == sorted(at for at, _ in seen)
    assert "papermill" not in executed.metadata
    assert [cell.id for cell in executed.cells] == [f"cell-{number:02}" for number in range(len(executed.cells))]
    assert {key for cell in executed.cells for key in cell.metadata} == {"tags"}
    assert path.read_bytes() == source
    assert not (tmp_path / "failed.ipynb").exists()
    assert children() == before
    assert list(workshop.iterdir()) == []


@kernel
def test_a_cell_that_fails_is_named_and_the_notebook_is_kept(notebook, tmp_path, workshop):
    path = notebook("print('so far')", "1 / 0  # here", "print('never')")
    with pytest.raises(ExecutionError) as failed:
        execute(path, {}, keep_failed=tmp_path / "reports" / "failed.ipynb")
    kept = nbformat.read(tmp_path / "reports" / "failed.ipynb", as_version=4)
    said = str(failed.value)

    assert said.startswith("small.ipynb, the cell “1 / 0  # here”: ZeroDivisionError: division by zero. ")
    assert said.endswith(f"The notebook so far is kept as {tmp_path / 'reports' / 'failed.ipynb'}.")
    assert "so far" in "".join(outputs(kept))
    assert "never" not in "".join(outputs(kept))
    assert children() == []
    assert list(workshop.iterdir()) == []


@kernel
def test_a_kernel_that_dies_is_an_error_of_ours(notebook, tmp_path, workshop):
    with pytest.raises(ExecutionError, match=r"small\.ipynb.*kernel"):
        execute(notebook("import os; os._exit(3)"), {}, keep_failed=tmp_path / "failed.ipynb")

    assert children() == []
    assert list(workshop.iterdir()) == []


@kernel
def test_a_long_path_for_temporary_files_is_no_hindrance(notebook, tmp_path, monkeypatch):
    """A socket's path may have about a hundred characters; a scheduler's folder may have more."""
    folder = tmp_path / ("long-" * 12) / ("longer-" * 12)
    folder.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    executed = execute(notebook("print(n)"), {"n": 3}, keep_failed=tmp_path / "failed.ipynb")

    assert outputs(executed)[-1].strip() == "3"
