-- A thematic review: the reports of one year about one kind of work, opened when the year is over. Its failure mode is the
-- factor that its reports name most.
WITH named AS (
    SELECT theme, unnest(factors) AS factor FROM reports
    UNION ALL
    SELECT theme, 'Human Factors' FROM reports WHERE len(human) > 0 AND NOT list_contains(factors, 'Human Factors')
),

ranked AS (
    SELECT theme, factor, count(*) AS reports, row_number() OVER (PARTITION BY theme ORDER BY count(*) DESC, factor) AS place
    FROM named
    GROUP BY theme, factor
),

themes AS (
    SELECT theme, any_value(area) AS area, count(*) AS reports, min(created_at) AS first_at, max(created_at) AS last_at, year(min(created_at)) AS of_year
    FROM reports
    GROUP BY theme
)

SELECT
    themes.theme AS escalation_id,
    make_timestamp(of_year + 1, 1, 1, 0, 0, 0) AS opened_at,
    'Safety reports of ' || of_year || ': ' || CASE area
        WHEN 'OTHER-WORK' THEN 'work other than wildland fire'
        WHEN 'FIRE-CALIFORNIA' THEN 'wildland fire in California, Nevada and Hawaii'
        WHEN 'FIRE-NORTHWEST' THEN 'wildland fire in the Northwest and Alaska'
        WHEN 'FIRE-SOUTHWEST' THEN 'wildland fire in the Southwest'
        WHEN 'FIRE-ROCKIES' THEN 'wildland fire in the Rockies and Great Plains'
        ELSE 'wildland fire in the East, or in no state on record'
    END AS title,
    concat_ws(
        ' ',
        themes.reports || ' reports, received from ' || strftime(first_at, '%Y-%m-%d') || ' to ' || strftime(last_at, '%Y-%m-%d') || '.',
        'Named most: ' || lower(factor) || ', in ' || ranked.reports || '.'
    ) AS summary,
    replace(lower(factor), ' ', '_') AS failure_mode,
    'those who were there' AS detected_by
FROM themes
LEFT JOIN ranked ON ranked.theme = themes.theme AND ranked.place = 1
ORDER BY escalation_id
