"""Take identifiers out of free text before it is quoted: those that are known, and what has the shape of one.

Identifiers known to the case are found in every form that folding can undo. Patterns are a careful first line and no proof: a
name that nobody listed stays. Dates, times, versions, percentages and ordinary counts stay too.
"""

from rca_lib.review.redaction.finder import covers, find_identifiers, redact
from rca_lib.review.redaction.marks import MARKS, Found

__all__ = ["MARKS", "Found", "covers", "find_identifiers", "redact"]
