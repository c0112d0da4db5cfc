-- One row per appeal in either sheet. Appeals that were received before the first log are only in the sheet of closed
-- ones, without the request that they appeal. Ids carry stray spaces. A decision date that is not a date is missing.
WITH logged AS (
    SELECT
        trim("Appeal Request ID") AS appeal,
        CAST("Appeal Received Date" AS TIMESTAMP) AS received_at,
        upper(trim("Original Request ID")) AS original,
        TRY_CAST("Original Request Complete Date" AS TIMESTAMP) AS decided_at
    FROM received
),

settled AS (
    SELECT
        trim("Appeal Request ID") AS appeal,
        CAST("Appeal Received Date" AS TIMESTAMP) AS received_at,
        CAST("Appeal Request Complete Date" AS TIMESTAMP) AS closed_at,
        trim(Disposition) AS disposition
    FROM closed
)

SELECT
    appeal,
    coalesce(logged.received_at, settled.received_at) AS received_at,
    settled.closed_at,
    settled.disposition,
    logged.original,
    logged.decided_at,
    logged.appeal IS NOT NULL AS in_received_log
FROM logged
FULL JOIN settled USING (appeal)
