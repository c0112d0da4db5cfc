"""Every check on a source, in the order in which they run.

What sets rows aside comes before what only warns, so that a warning is about rows that are used. Each check is a
function of the ground it stands on and says in its docstring why it is an error or a warning.
"""

from rca_lib.data.checks.assessing import (
    assessor_is_independent,
    failed_items_name_a_mode,
    failure_modes_are_known,
    rubric_in_force,
    rubric_is_known,
)
from rca_lib.data.checks.columns import check_columns
from rca_lib.data.checks.conduct import disclosure_after_withdrawal, notice_under_order
from rca_lib.data.checks.extract import (
    counts_add_up,
    export_limit,
    no_open_requests,
    sparse_ends,
    targets_are_given,
)
from rca_lib.data.checks.keys import duplicate_keys, duplicate_rows, orphans, padded_ids, parents_are_supplied
from rca_lib.data.checks.moments import (
    clock_skew,
    events_in_order,
    moments_in_order,
    pauses_balance,
    placeholder_dates,
)

__all__ = ["CHECKS", "check_columns"]

CHECKS = (
    placeholder_dates,
    duplicate_keys,
    duplicate_rows,
    moments_in_order,
    counts_add_up,
    targets_are_given,
    orphans,
    parents_are_supplied,
    padded_ids,
    events_in_order,
    pauses_balance,
    clock_skew,
    disclosure_after_withdrawal,
    notice_under_order,
    assessor_is_independent,
    failed_items_name_a_mode,
    failure_modes_are_known,
    rubric_is_known,
    rubric_in_force,
    export_limit,
    sparse_ends,
    no_open_requests,
)
