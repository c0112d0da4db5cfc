"""The case file: a YAML file in which an analyst records judgement on one escalation.

::

    model        what a case file holds, as typed records, and its JSON Schema
    hierarchy    kinds of action and how strong they are
    reading      YAML to records; mistakes with line, key and fix
    links        what must hold between the parts
    writing      a new case file, and new evidence merged into one
    approval     what stands between a draft and its approval
"""

from __future__ import annotations

from rca_lib.review.casefile.mistakes import CaseFileError, Mistake
from rca_lib.review.casefile.model import CaseFile, case_file_schema
from rca_lib.review.casefile.reading import parse_case_file, read_case_file

__all__ = ["CaseFile", "CaseFileError", "Mistake", "case_file_schema", "parse_case_file", "read_case_file"]
