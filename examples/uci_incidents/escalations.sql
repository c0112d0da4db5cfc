-- An incident is escalated when it missed its service level with priority 1 or 2, or was reopened. It is detected at the
-- first row of the log that says so; when the service level ran out is not in the log.
WITH moments AS (
    SELECT
        incident,
        min(updated_at) FILTER (WHERE sla_missed) AS missed_at,
        min(updated_at) FILTER (WHERE reopen_count > 0) AS reopened_at
    FROM history
    GROUP BY incident
),

escalated AS (
    SELECT *, sla_missed AND priority IN ('1', '2') AS missed
    FROM history
    JOIN moments USING (incident)
    WHERE step = steps AND ((sla_missed AND priority IN ('1', '2')) OR reopen_count > 0)
)

SELECT
    'ESC-' || incident AS escalation_id,
    CASE WHEN missed THEN missed_at ELSE reopened_at END AS opened_at,
    CASE
        WHEN missed THEN 'Priority ' || priority || ' incident missed its service level'
        WHEN reopen_count = 1 THEN 'Incident was reopened'
        ELSE 'Incident was reopened ' || reopen_count || ' times'
    END AS title,
    concat_ws(
        ' ',
        'Opened ' || strftime(opened_at, '%Y-%m-%d %H:%M') || ', closed ' || strftime(closed_at, '%Y-%m-%d %H:%M') || '.',
        'Reassigned ' || reassignment_count || ' and reopened ' || reopen_count || ' time(s).',
        category || coalesce(', ' || subcategory, '') || coalesce(', ' || location, '') || '.'
    ) AS summary,
    CASE WHEN missed AND priority = '1' THEN 'S2' ELSE 'S3' END AS severity,
    CASE WHEN missed THEN 'sla_missed' ELSE 'reopened' END AS failure_mode,
    CASE WHEN NOT missed THEN reopened_at END AS occurred_at,
    CASE WHEN missed THEN missed_at ELSE reopened_at END AS detected_at,
    'the service desk' AS detected_by,
    'closed' AS status,
    closed_at
FROM escalated
ORDER BY escalation_id
