-- One row per row of the log: `?` read as missing, day-first dates read as such, numbers taken out of labels
-- ("2 - Medium" and "2" are the same), and the state of the incident before the row beside the state after it.
WITH cleaned AS (
    SELECT
        'INC' || regexp_extract(number, '\d+') AS incident,
        CAST(sys_mod_count AS INTEGER) AS modification,
        CASE WHEN incident_state NOT IN ('?', '-100') THEN incident_state END AS state,
        lower(made_sla) = 'false' AS sla_missed,
        CAST(reassignment_count AS INTEGER) AS reassignment_count,
        CAST(reopen_count AS INTEGER) AS reopen_count,
        strptime(nullif(opened_at, '?'), '%d/%m/%Y %H:%M') AS opened_at,
        strptime(nullif(sys_updated_at, '?'), '%d/%m/%Y %H:%M') AS updated_at,
        strptime(nullif(closed_at, '?'), '%d/%m/%Y %H:%M') AS closed_at,
        nullif(contact_type, '?') AS contact_type,
        'Location ' || nullif(regexp_extract(location, '\d+'), '') AS location,
        'Category ' || nullif(regexp_extract(category, '\d+'), '') AS category,
        'Subcategory ' || nullif(regexp_extract(subcategory, '\d+'), '') AS subcategory,
        'Group ' || nullif(regexp_extract(assignment_group, '\d+'), '') AS assignment_group,
        'User ' || nullif(regexp_extract(sys_updated_by, '\d+'), '') AS updated_by,
        nullif(regexp_extract(impact, '\d+'), '') AS impact,
        nullif(regexp_extract(urgency, '\d+'), '') AS urgency,
        nullif(regexp_extract(priority, '\d+'), '') AS priority
    FROM log
)

SELECT
    *,
    lag(state) OVER history AS state_before,
    lag(assignment_group) OVER history AS group_before,
    lag(reopen_count) OVER history AS reopen_count_before,
    row_number() OVER history AS step,
    count(*) OVER (PARTITION BY incident) AS steps
FROM cleaned
WINDOW history AS (PARTITION BY incident ORDER BY modification, updated_at)
