-- A report stands where the contract has a request: it is what is counted, dated and compared.
SELECT
    'REPORT-' || report AS request_id,
    created_at AS received_at,
    kind_of_work AS process_type,
    coalesce(state, 'not on record') AS jurisdiction,
    coalesce(agency, 'not on record') AS agency_name,
    CASE len(activities) WHEN 0 THEN 'not on record' WHEN 1 THEN lower(activities[1]) ELSE 'several' END AS activity,
    CASE len(stages) WHEN 0 THEN 'not on record' WHEN 1 THEN lower(stages[1]) ELSE 'several' END AS stage,
    coalesce(management_level, 'not on record') AS management_level,
    CASE WHEN happened_at IS NULL THEN 'not on record' WHEN month(happened_at) BETWEEN 6 AND 9 THEN 'June to September' ELSE 'other months' END AS season,
    list_contains(factors, 'Communications') AS named_communications,
    list_contains(factors, 'Equipment') AS named_equipment,
    list_contains(factors, 'Environmental') AS named_environmental,
    list_contains(factors, 'Fire Behavior') AS named_fire_behavior,
    list_contains(factors, 'Human Factors') OR len(human) > 0 AS named_human_factors,
    list_contains(factors, 'Other') AS named_other
FROM reports
ORDER BY request_id
