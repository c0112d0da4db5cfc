-- Each factor that the reporter ticked is a code given to the whole narrative.
SELECT
    'NARRATIVE-' || report AS evidence_id,
    upper(replace(factor, ' ', '_')) AS code_id,
    'reporter' AS coder_id
FROM (
    SELECT report, unnest(list_concat(factors, human)) AS factor FROM reports
)
ORDER BY evidence_id, code_id
