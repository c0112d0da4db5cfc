"""Check of the wording of a review: fair to people, exact about causes, and free of figures typed by hand."""

from __future__ import annotations

from rca_lib.review.language.causation import causal_sentence, check_causation
from rca_lib.review.language.check import check_language
from rca_lib.review.language.remark import Remark
from rca_lib.review.language.rules import RULES

__all__ = ["RULES", "Remark", "causal_sentence", "check_causation", "check_language"]
