-- What the reporter wrote. 570 ways of writing a position become the role that it stands for.
SELECT
    'NARRATIVE-' || report AS evidence_id,
    theme AS escalation_id,
    'document' AS kind,
    created_at AS collected_at,
    CASE
        WHEN position = '' THEN NULL
        WHEN regexp_matches(position, 'dispatch|center manager|\bcad\b|\beacc') THEN 'dispatcher'
        WHEN regexp_matches(position, 'safety|\bsof[12r]?\b') THEN 'safety officer'
        WHEN regexp_matches(position, 'heli|air |aviation|pilot|lead plane|tanker|jumper|ramp|\bascm\b|\batgs\b') THEN 'aviation'
        WHEN regexp_matches(position, '\bfmo|afmo|dfmo|fire management|fire chief|fire staff|duty officer|superintendent.*district|fuels') THEN 'fire management officer'
        WHEN regexp_matches(position, 'incident commander|\bic\b|\bict\d?|burn boss|\brxb') THEN 'incident commander'
        WHEN regexp_matches(position, 'division|strike team|task force|\bdivs\b|\bsten\b|\btfld\b|operations|\bosc|\bopbd\b') THEN 'line supervisor'
        WHEN regexp_matches(position, 'engine|\beng|\bfeo\b|tender|dozer') THEN 'engine crew'
        WHEN regexp_matches(position, 'crew|squad|hotshot|\bihc\b|\bcrwb\b|superintendent|\bffs?1\b|foreman|captain') THEN 'hand crew leader'
        WHEN regexp_matches(position, 'fire ?fighter|\bfft|\bff\b|sawyer|faller|crewmember|crew member|lookout') THEN 'firefighter'
        ELSE 'other role'
    END AS source_role,
    narrative AS text,
    'operational' AS sensitivity
FROM reports
ORDER BY evidence_id
