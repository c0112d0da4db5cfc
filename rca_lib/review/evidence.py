"""Which evidence a review may speak of: what is sealed is for counsel, and is neither weighed, counted nor quoted here."""

from __future__ import annotations

import pandas as pd

from rca_lib.review.claims import SENSITIVITIES

__all__ = ["evidence_sensitivity", "without_sealed"]


def evidence_sensitivity(evidence: pd.DataFrame) -> pd.Series:
    """What a reader must be allowed to see of each piece; one that names no known sensitivity counts as ``case``.

    Examples
    --------
    >>> evidence_sensitivity(pd.DataFrame({"sensitivity": ["general", " Sealed", "secret", None]})).tolist()
    ['general', 'sealed', 'case', 'case']
    """
    if "sensitivity" not in evidence:
        return pd.Series("case", index=evidence.index, dtype=object)
    named = evidence["sensitivity"].map(lambda value: value.strip().casefold() if isinstance(value, str) else "case")
    return named.astype(object).where(named.isin(SENSITIVITIES), "case")


def without_sealed(evidence: pd.DataFrame) -> pd.DataFrame:
    """Give the pieces that are not sealed."""
    return evidence[evidence_sensitivity(evidence) != "sealed"].reset_index(drop=True)
