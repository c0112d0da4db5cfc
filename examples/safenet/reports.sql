-- One row per report, with the theme that reviews it: a year, and wildland fire by area or other work. Each file ends with a
-- row of blanks; dates are month first, with a time; lists end in a semicolon.
WITH filled AS (
    SELECT
        trim(safenet_id) AS report,
        strptime(trim(created), '%m/%d/%Y %H:%M') AS created_at,
        try_strptime(trim(event_start), '%m/%d/%Y %H:%M') AS happened_at,
        nullif(trim(state), '') AS state,
        nullif(trim(agency), '') AS agency,
        lower(trim(coalesce(position, ''))) AS position,
        nullif(trim(management_level), '') AS management_level,
        list_filter(list_transform(string_split(coalesce(incident_types, ''), ';'), x -> trim(x)), x -> x <> '') AS types,
        list_filter(list_transform(string_split(coalesce(activities, ''), ';'), x -> trim(x)), x -> x <> '') AS activities,
        list_filter(list_transform(string_split(coalesce(stages, ''), ';'), x -> trim(x)), x -> x <> '') AS stages,
        list_filter(list_transform(string_split(coalesce(contributing_factors, ''), ';'), x -> trim(x)), x -> x <> '') AS factors,
        list_filter(list_transform(string_split(coalesce(human_factors, ''), ';'), x -> trim(x)), x -> x <> '') AS human,
        nullif(trim(narrative), '') AS narrative
    FROM raw
    WHERE trim(coalesce(safenet_id, '')) <> ''
),

placed AS (
    SELECT
        *,
        CASE
            WHEN len(types) = 0 THEN 'not on record'
            WHEN len(types) > 1 THEN 'several'
            WHEN types[1] IN ('Prescribed/Fuels Treatment', 'Fuel Treatment') THEN 'fuel treatment'
            WHEN types[1] IN ('All Risk', 'All Hazard') THEN 'all risk'
            ELSE lower(types[1])
        END AS kind_of_work,
        CASE
            WHEN NOT list_contains(types, 'Wildland') THEN 'OTHER-WORK'
            WHEN state IN ('CA', 'HI', 'NV') THEN 'FIRE-CALIFORNIA'
            WHEN state IN ('AK', 'OR', 'WA') THEN 'FIRE-NORTHWEST'
            WHEN state IN ('AZ', 'NM', 'OK', 'TX') THEN 'FIRE-SOUTHWEST'
            WHEN state IN ('CO', 'ID', 'KS', 'MT', 'ND', 'NE', 'SD', 'UT', 'WY') THEN 'FIRE-ROCKIES'
            ELSE 'FIRE-EAST'
        END AS area
    FROM filled
)

SELECT *, 'THEME-' || year(created_at) || '-' || area AS theme
FROM placed
