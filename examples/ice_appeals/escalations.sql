-- Every appeal is an escalation of the decision that it appeals.
SELECT
    'ESC-' || appeal AS escalation_id,
    received_at AS opened_at,
    'Appeal of a decision on a request for records' AS title,
    concat_ws(
        ' ',
        'Received ' || strftime(received_at, '%Y-%m-%d') || '.',
        CASE
            WHEN decided_at > received_at THEN 'The decision on record is of ' || strftime(decided_at, '%Y-%m-%d') || ', after the appeal.'
            ELSE 'The decision was of ' || strftime(decided_at, '%Y-%m-%d') || '.'
        END,
        coalesce('Closed ' || strftime(closed_at, '%Y-%m-%d') || ': ' || disposition || '.', 'Not closed in the logs.')
    ) AS summary,
    'reversed' AS failure_mode,
    decided_at AS occurred_at,
    received_at AS detected_at,
    'the requester' AS detected_by,
    CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END AS status,
    closed_at
FROM appeals
ORDER BY escalation_id
