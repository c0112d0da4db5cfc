-- The factors of the form, with human factors above those that it lists as such. The definitions are this mapping's own.
SELECT *
FROM (
    VALUES
        ('COMMUNICATIONS', NULL, 'Radio, briefing, dispatch or a message did not carry what was needed.', 'Radios, repeaters, frequencies, briefings, check-ins.', 'process'),
        ('EQUIPMENT', NULL, 'A vehicle, tool, garment or device shaped what happened.', 'Engines, trucks, pumps, brakes, shelters, saws, fuel.', 'tool'),
        ('ENVIRONMENTAL', NULL, 'Weather, terrain, smoke or a hazard on the ground shaped what happened.', 'Wind, snags, rocks, roads, heat, power lines.', 'external'),
        ('FIRE_BEHAVIOR', NULL, 'The fire moved or grew in a way that shaped what happened.', 'Spotting, runs, crowning, blow-ups, escape routes cut off.', 'external'),
        ('OTHER', NULL, 'Something that the form does not list.', NULL, NULL),
        ('HUMAN_FACTORS', NULL, 'How people decided, led, saw the situation or were rested.', NULL, 'sharp_end'),
        ('DECISION_MAKING', 'HUMAN_FACTORS', 'How a decision was made shaped what happened.', 'Plans, tactics, orders, turning an assignment down.', 'sharp_end'),
        ('LEADERSHIP', 'HUMAN_FACTORS', 'How people were led shaped what happened.', 'Supervisors, overhead, chain of command.', 'supervision'),
        ('SITUATIONAL_AWARENESS', 'HUMAN_FACTORS', 'What was going on was not known to all.', 'Lookouts, positions, what others were doing.', 'sharp_end'),
        ('RISK_ASSESSMENT', 'HUMAN_FACTORS', 'What could go wrong was weighed in a way that shaped what happened.', 'Hazards, mitigation, watch-out situations.', 'process'),
        ('PERFORMANCE', 'HUMAN_FACTORS', 'How a task was carried out shaped what happened.', 'Training, qualifications, experience.', 'sharp_end'),
        ('FATIGUE', 'HUMAN_FACTORS', 'People were tired.', 'Hours worked, sleep, work and rest, driving at night.', 'organisation')
) AS book (code_id, parent, definition, include, level)
