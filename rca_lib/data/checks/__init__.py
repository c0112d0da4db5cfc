"""Every check on a source, in the order in which they run: what sets rows aside comes before what only warns."""

from rca_lib.data.checks.columns import check_columns
from rca_lib.data.checks.keys import duplicate_keys, orphans

__all__ = ["CHECKS", "check_columns"]

CHECKS = (duplicate_keys, orphans)
