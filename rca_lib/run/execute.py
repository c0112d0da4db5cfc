"""Run a notebook through Papermill: the one module that knows Papermill."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rca_lib.errors import ExecutionError, UsageError
from rca_lib.run.parameters import check_parameters, declared_parameters

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["execute", "read_notebook"]

Progress = Callable[[int, int], None]


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook file, without outputs that someone may have left in it.

    Raises
    ------
    UsageError : when there is no such file, or it is not a notebook.
    """
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
    except OSError as error:
        raise UsageError(
            f"The notebook {path} cannot be read ({error.strerror}); give the path of an .ipynb file."
        ) from error
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, ValueError, AttributeError, TypeError) as error:
        raise UsageError(f"{path} is not a notebook; open and save it in JupyterLab, or give another file.") from error
    if not isinstance(notebook.get("cells"), list):
        raise UsageError(f"{path} is not a notebook; open and save it in JupyterLab, or give another file.")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def execute(
    path: Path,
    parameters: Mapping[str, Any],
    *,
    keep_failed: Path,
    progress: Progress | None = None,
    cwd: Path | None = None,
) -> NotebookNode:
    """Run a notebook with parameters and return it executed, cleaned of what would make two runs differ.

    Parameters
    ----------
    path : the notebook.
    parameters : values by name; every one is checked against the notebook's own declaration before a kernel starts.
    keep_failed : where to keep the notebook if a cell fails: it is the evidence.
    progress : called with (cells done, cells in all) after each cell.
    cwd : the folder that relative paths are read from; the current one by default.

    Raises
    ------
    UsageError : for an unknown or wrongly typed parameter.
    ExecutionError : when a cell fails; names the cell and the error, and where the notebook was kept.
    """
    source = read_notebook(path)
    checked = check_parameters(parameters, declared_parameters(source, path.name), path.name)

    import papermill
    from papermill.exceptions import PapermillExecutionError

    from rca_lib.run.kernels import ReviewKernelManager

    logging.getLogger("papermill").setLevel(logging.ERROR)
    total = sum(cell.cell_type == "code" for cell in source.cells) + 1
    done = 0

    def on_cell(**_: Any) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, total), total)

    keep_failed.parent.mkdir(parents=True, exist_ok=True)
    try:
        executed = papermill.execute_notebook(
            str(path),
            str(keep_failed),
            parameters=checked,
            kernel_name="python3",
            language="python",
            cwd=str(cwd) if cwd else None,
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=ReviewKernelManager,
            shutdown_kernel="immediate",
            on_cell_executed=on_cell,
        )
    except PapermillExecutionError as error:
        said = f"{error.ename}: {error.evalue}".strip().rstrip(".:")
        raise ExecutionError(
            f"{path.name}, the cell “{_first_line(error.source)}”: {said}. The notebook so far is kept as {keep_failed}."
        ) from error
    except RuntimeError as error:  # what nbclient raises when a kernel dies, or never answers
        kept = f" The notebook so far is kept as {keep_failed}." if keep_failed.exists() else ""
        raise ExecutionError(f"{path.name}: the kernel stopped ({error}); memory may have run out.{kept}") from error
    keep_failed.unlink(missing_ok=True)
    return _clean(executed)


def _first_line(source: str) -> str:
    return next((line.strip() for line in source.splitlines() if line.strip()), "")


def _clean(notebook: NotebookNode) -> NotebookNode:
    """Take out clock times, paths and run identities, so that the same input gives the same bytes."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position:02d}"
        tags = cell.metadata.get("tags", [])
        cell.metadata.clear()
        if tags:
            cell.metadata["tags"] = tags
        if cell.cell_type == "code":
            cell.outputs = [
                output for output in cell.outputs if output.output_type != "stream" or output.name != "stderr"
            ]
    return notebook
