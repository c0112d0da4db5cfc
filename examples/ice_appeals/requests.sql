-- One row per appeal. An appeal of the decision on an earlier appeal names that appeal in `reopened_from`.
SELECT
    appeal AS request_id,
    received_at,
    coalesce(nullif(regexp_extract(original, '[A-Z]+'), ''), 'not on record') AS process_type,
    closed_at,
    CASE
        WHEN closed_at IS NULL THEN 'open'
        WHEN disposition = 'Appeal Completely Reversed/Remanded' THEN 'full'
        WHEN disposition = 'Appeal Partially Affirmed & Partially Reversed/Remanded' THEN 'partial'
        WHEN disposition = 'Appeal Affirmed' THEN 'rejected'
        WHEN disposition = 'Appeal Other - Request Withdrawn' THEN 'withdrawn'
        WHEN disposition = 'Appeal Other - No Record' THEN 'no_data'
    END AS outcome,
    CASE WHEN original IN (SELECT appeal FROM appeals) AND original <> appeal THEN original END AS reopened_from,
    CASE
        WHEN decided_at IS NULL THEN 'no decision date on record'
        WHEN decided_at > received_at THEN 'before the decision'
        WHEN received_at <= decided_at + INTERVAL 30 DAY THEN 'within 30 days'
        WHEN received_at <= decided_at + INTERVAL 90 DAY THEN '31 to 90 days'
        ELSE 'after 90 days'
    END AS decision_timing,
    disposition
FROM appeals
ORDER BY request_id
