-- The dates of an appeal. Where the decision that it appeals came only after it, that date is a step of it too.
WITH steps AS (
    SELECT appeal, 'Appeal received' AS activity, received_at AS ts, 1 AS rank
    FROM appeals
    UNION ALL
    SELECT appeal, 'Decision after the appeal', decided_at, 2
    FROM appeals
    WHERE decided_at > received_at
    UNION ALL
    SELECT appeal, 'Appeal decided', closed_at, 3
    FROM appeals
    WHERE closed_at IS NOT NULL
)

SELECT
    appeal AS request_id,
    activity,
    ts,
    row_number() OVER (PARTITION BY appeal ORDER BY ts, rank) AS seq
FROM steps
ORDER BY request_id, seq
