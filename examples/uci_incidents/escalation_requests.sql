SELECT
    escalation_id,
    substr(escalation_id, 5) AS request_id,
    'index' AS role
FROM escalations
