"""What our nbconvert exporters share: the audience, and the view of the review that they print."""

from __future__ import annotations

from typing import Any, ClassVar

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from traitlets import Bool, List, Unicode

from rca_lib.render.preprocess import AllowListPreprocessor

__all__ = ["DEFAULT_AUDIENCE", "ReviewExporter"]

DEFAULT_AUDIENCE = "leadership"
"""The audience of a call that names none: the one that sees least."""


class ReviewExporter(Exporter):  # type: ignore[misc]  # nbconvert carries no types
    """Base of the exporters that turn an executed notebook into a review for one audience.

    The audience is set by ``audience=`` or, on the command line, by ``--<Exporter>.audience=``. Title and metadata come
    from the record of the case, never from the name of the file.
    """

    audience = Unicode(DEFAULT_AUDIENCE, help="name of an audience, or the path of a profile").tag(config=True)
    optimistic_validation = Bool(True).tag(config=True)
    # The stock preprocessors have no place here: they work on cells, and no cell gets past ours.
    default_preprocessors = List([AllowListPreprocessor]).tag(config=True)

    suffix: ClassVar[str]
    renderer: ClassVar[Any]  # a function from the view of a review to its file

    def _file_extension_default(self) -> str:
        return self.suffix

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the review of an executed notebook, and the resources that nbconvert passes along.

        Raises
        ------
        RenderError
            When the notebook holds no findings, or the review breaks a standard.
        """
        _, made = super().from_notebook_node(nb, resources, **kw)
        return type(self).renderer(made.pop("review")), made
