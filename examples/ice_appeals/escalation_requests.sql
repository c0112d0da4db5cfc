-- The appeal itself, and as siblings the other appeals about the same original request.
SELECT 'ESC-' || appeal AS escalation_id, appeal AS request_id, 'index' AS role
FROM appeals
UNION ALL
SELECT 'ESC-' || mine.appeal, other.appeal, 'sibling'
FROM appeals AS mine
JOIN appeals AS other ON other.original = mine.original AND other.appeal <> mine.appeal
ORDER BY escalation_id, role, request_id
