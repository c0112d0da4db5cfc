"""Root-cause analysis of quality escalations in legal-request response.

In a notebook, start here::

    from rca_lib import open_case
    case = open_case("ESC-0042", source="examples/lert")
    case.timeline()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rca_lib.notebook import open_case

__all__ = ["__version__", "open_case"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The command line imports this package too and must not pay for pandas.
    if name == "open_case":
        from rca_lib.notebook import open_case

        return open_case
    raise AttributeError(f"module 'rca_lib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
