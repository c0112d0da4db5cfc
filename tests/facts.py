"""A case of which a test gives the facts; what follows from them is worked out as for any other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from rca_lib.review.case import Case


def case_of(*, small_cell: int = 10, **facts: Any) -> Any:
    """Return a case without a source whose facts are those given, such as ``outcome``, ``requests`` and ``onset``."""
    case = object.__new__(Case)
    config = SimpleNamespace(small_cell=small_cell)
    case.__dict__.update(
        {"tables": {}, "escalation": {}, "answers": {}, "source": SimpleNamespace(config=config), "rate_changes": ()}
        | facts
    )
    return case
