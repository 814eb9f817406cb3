-- The events of cases as the file tells them: of each line only what scores are made of.
CREATE TABLE events AS
SELECT
    case_id,
    seq,
    CAST("at" AS TIMESTAMP) AS told_at,
    actor,
    moves,
    [move.kind FOR move IN moves] AS kinds,
    source = 'clock' AND split_part(source_id, '/', 1) = 'resolve' AS by_resolve_clock,
    answers,
    {
        'opened': CAST(opened AS TIMESTAMP),
        'stage': stage,
        'unit': lead_unit,
        'district': district,
        'town': town,
        'category': category,
        'signals': signals,
        'appeals': appeals,
        'level': level,
        'hazard': hazard,
        'tags': tags
    } AS told
FROM read_json(
    $path,
    format = 'newline_delimited',
    maximum_object_size = 67108864,
    columns = {
        case_id: 'VARCHAR',
        seq: 'BIGINT',
        "at": 'VARCHAR',
        source: 'VARCHAR',
        source_id: 'VARCHAR',
        actor: 'VARCHAR',
        moves: 'STRUCT(kind VARCHAR, reason VARCHAR, unit VARCHAR)[]',
        stage: 'VARCHAR',
        lead_unit: 'VARCHAR',
        district: 'VARCHAR',
        town: 'VARCHAR',
        category: 'VARCHAR',
        level: 'BIGINT',
        signals: 'BIGINT',
        appeals: 'BIGINT',
        answers: 'STRUCT(reached BOOLEAN, contacted BOOLEAN, solved BOOLEAN, satisfied BOOLEAN)',
        opened: 'VARCHAR',
        hazard: 'VARCHAR',
        tags: 'VARCHAR[]'
    }
);
