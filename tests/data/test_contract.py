"""The contract in code is the contract as written: the page's table, retyped."""

import re

from rca_lib.data.contract import KINDS, TABLES, documentation_rows

PAGE = """
requests | request_id*, received_at*, process_type, authority, agency_id, jurisdiction, legal_entity, channel, urgency {routine, expedited, emergency}, due_at, closed_at, outcome {full, partial, rejected, withdrawn, no_data, open}, ndo, ndo_expires_at, data_categories, scope_from, scope_to, n_identifiers, language, sensitivity {none, graphic, csam_adjacent, self_harm, terror}, team_id, specialist_id, policy_version, tool_version, template_version, reopened_from, n
events | request_id*, activity*, ts*, lifecycle {start, complete, pause, resume}, seq, actor_id, actor_role, queue_id, system_id, tool_version, policy_version
staff | actor_id*, role, team_id, site, tenure_start, trained_on
assessments | assessment_id*, request_id*, assessed_at*, assessor_id, rubric_version, sample_arm {random, targeted, calibration, escalation}, inclusion_prob, quality_score, critical_fail, status {final, disputed, overturned}
assessment_items | assessment_id*, item_id*, result* {pass, fail, na, not_assessable}, failure_mode, error_class {false_positive, false_negative, wrong_selection, technical}, comment
rubric_items | rubric_version*, item_id*, severity* {critical, major, minor}, pillar, weight, description
calibration_ratings | unit_id*, rater_id*, item_id*, rating*, gold
disputes | dispute_id*, assessment_id*, item_id, raised_at, resolved_at, outcome {upheld, overturned, partial}
escalations | escalation_id*, opened_at*, title, summary, severity {S1, S2, S3, S4}, failure_mode, occurred_at, detected_at, detected_by, designated_rca, harm {none, potential, actual}, privilege {none, acp, work_product}, status, closed_at
escalation_requests | escalation_id*, request_id*, role {index, sibling, control}
changes | change_id*, effective_from*, kind* {policy, workflow, rubric, tool, template, routing, staffing, vendor, legal, product}, component, description, effective_to, segment, owner_team
evidence | evidence_id*, escalation_id*, kind* {interview, chat, ticket, log, email, document, screenshot_ref, metric}, collected_at, source_role, text, locator, sha256, sensitivity, reliability {A, B, C, D, E, F}, credibility {1, 2, 3, 4, 5, 6}
codings | evidence_id*, code_id*, coder_id*, span_start, span_end
codebook | code_id*, parent, definition, include, exclude, level {sharp_end, supervision, process, policy, tool, product, organisation, external}
actions | action_id*, escalation_id, cause_id, description*, domain {policy, process, system, product}, strength {stronger, intermediate, weaker}, owner_role, due_at, status, done_at, metric, baseline, target
sla_policies | process_type*, urgency {routine, expedited, emergency}, target_hours, target_working_days, effective_from, effective_to
feedback | feedback_id*, to_role, kind {reinforce, correct, system_fix_notice}, given_at, acknowledged_at, escalation_id, assessment_id, outcome
"""  # noqa: E501


def written():
    tables = {}
    for line in PAGE.strip().splitlines():
        name, _, columns = line.partition(" | ")
        found = re.findall(r"(\w+)(\*?)(?: \{([^}]*)\})?(?:, |$)", columns)
        tables[name] = [
            (column, bool(star), tuple(words.split(", ")) if words else ()) for column, star, words in found
        ]
    return tables


def test_tables_columns_and_words_are_those_of_the_page():
    declared = {
        name: [(column.name, column.required, column.values) for column in table.columns]
        for name, table in TABLES.items()
    }
    assert declared == written()


def test_defaults_are_those_of_the_page():
    defaults = {(t.name, c.name): c.default for t in TABLES.values() for c in t.columns if c.default}
    assert defaults == {("events", "lifecycle"): "complete", ("escalation_requests", "role"): "index"}


def test_keys_and_references_name_columns_that_exist():
    for table in TABLES.values():
        assert set(table.key) <= set(table.column_names)
        for column in table.columns:
            assert column.kind in KINDS
            if column.reference:
                assert column.reference.column in TABLES[column.reference.table].column_names


def test_every_column_is_documented_with_its_rule():
    rows = list(documentation_rows())
    assert len(rows) == sum(len(table.columns) for table in TABLES.values())
    assert all(row["rule"].startswith(row["column"]) for row in rows)
