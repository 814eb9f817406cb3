-- The events of cases as the file tells them: of each line only what scores are made of.
CREATE TABLE events AS
WITH told AS (
    SELECT *, [move.kind FOR move IN moves] AS kinds
    FROM read_json(
        $path,
        format = 'newline_delimited',
        maximum_object_size = 4194304,
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
    )
)
SELECT
    case_id,
    seq,
    CAST("at" AS TIMESTAMP) AS told_at,
    CAST(opened AS TIMESTAMP) AS opened,
    stage,
    lead_unit AS unit,
    district,
    town,
    category,
    coalesce(signals, 0) AS signals,
    coalesce(appeals, 0) AS appeals,
    coalesce(level, 0) > 0 AS escalated,
    hazard IS NOT NULL AS hazard,
    coalesce(list_contains(tags, 'repeat'), false) AS repeat,
    answers,
    list_contains(kinds, 'breached') AND source = 'clock' AND split_part(source_id, '/', 1) = 'resolve'
        AS overdue,
    list_contains(kinds, 'reopened') AS reopened,
    list_contains(kinds, 'exclusion_asked') AS exclusion_asked,
    list_contains(kinds, 'excluded') AS excluded,
    list_contains(kinds, 'resolved') AS resolved,
    list_contains(kinds, 'closed') AS closed,
    actor,
    CASE
        WHEN list_has_any(kinds, [
            'objected', 'handed_back', 'objection_upheld', 'objection_rejected', 'reported_in', 'absent'
        ]) THEN moves
    END AS about_others
FROM told;
