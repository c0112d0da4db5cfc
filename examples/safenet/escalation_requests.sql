-- Every report of a theme is one that its review is about.
SELECT theme AS escalation_id, 'REPORT-' || report AS request_id, 'index' AS role
FROM reports
ORDER BY escalation_id, request_id
