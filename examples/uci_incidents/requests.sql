-- One row per incident, in its last recorded state; `first_group` is the group that it was first assigned to.
WITH first_groups AS (
    SELECT incident, arg_min(assignment_group, step) AS first_group
    FROM history
    WHERE assignment_group IS NOT NULL
    GROUP BY incident
)

SELECT
    incident AS request_id,
    opened_at AS received_at,
    category AS process_type,
    contact_type AS channel,
    closed_at,
    assignment_group AS team_id,
    location,
    subcategory,
    first_group,
    priority,
    impact,
    urgency AS urgency_level,
    sla_missed,
    reopen_count
FROM history
LEFT JOIN first_groups USING (incident)
WHERE step = steps
ORDER BY request_id
