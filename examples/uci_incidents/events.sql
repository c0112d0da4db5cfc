-- One row per change of state, of group, or reopening. Rows of the log that change none of these are left out.
SELECT
    incident AS request_id,
    CASE
        WHEN reopen_count > coalesce(reopen_count_before, 0) THEN 'Reopened'
        WHEN state IS NULL THEN 'State not recorded'
        WHEN state_before IS DISTINCT FROM state THEN CASE state
            WHEN 'New' THEN 'Registered'
            WHEN 'Active' THEN 'In work'
            WHEN 'Awaiting User Info' THEN 'Waiting for the user'
            WHEN 'Awaiting Vendor' THEN 'Waiting for a vendor'
            WHEN 'Awaiting Problem' THEN 'Waiting for a problem record'
            WHEN 'Awaiting Evidence' THEN 'Waiting for evidence'
            ELSE state
        END
        ELSE 'Reassigned'
    END AS activity,
    updated_at AS ts,
    'complete' AS lifecycle,
    modification AS seq,
    updated_by AS actor_id,
    assignment_group AS queue_id
FROM history
WHERE step = 1
    OR state IS DISTINCT FROM state_before
    OR reopen_count > coalesce(reopen_count_before, 0)
    OR (group_before IS NOT NULL AND assignment_group IS NOT NULL AND assignment_group <> group_before)
ORDER BY request_id, seq, ts
