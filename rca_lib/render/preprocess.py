"""The one preprocessor of our exporters: from an executed notebook to what one audience may see of it."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from traitlets import Bool, Unicode

from rca_lib.render.audience import load_audience
from rca_lib.render.findings import read_findings
from rca_lib.render.view import assemble

__all__ = ["AllowListPreprocessor"]


class AllowListPreprocessor(Preprocessor):  # type: ignore[misc]  # nbconvert carries no types
    """Puts the view of a review into ``resources["review"]``, unless the caller did, and hands on an empty notebook.

    Nothing that comes after it can print a cell, an output, a tag or the file's name, since none of them is handed on.
    """

    enabled = Bool(True).tag(config=True)
    audience = Unicode(help="name of an audience, or the path of a profile").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return an empty notebook, and resources that hold the review.

        Raises
        ------
        RenderError
            When the notebook holds no findings.
        UsageError
            When there is no such audience.
        """
        if resources.get("review") is None:
            audience = self.audience or getattr(self.parent, "audience", "")
            resources = {**resources, "review": assemble(read_findings(nb), load_audience(audience))}
        return new_notebook(), resources
