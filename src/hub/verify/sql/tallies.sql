-- What each case adds to which figure, and for which unit: a row for each figure that is not 0.
CREATE TABLE tallies AS
WITH told AS (
    SELECT
        case_id,
        newest.unit AS unit,
        1 AS cases,
        newest.signals AS signals,
        newest.appeals AS appeals,
        CAST(assessed AND newest.stage <> 'closed' AS INT) AS "open",
        CAST(assessed AND newest.stage = 'closed' AS INT) AS closed,
        CAST(newest.stage = 'invalid' AS INT) AS invalid,
        CAST(excluded AND newest.stage <> 'invalid' AS INT) AS excluded,
        CAST(exclusion_asked AS INT) AS exclusion_asked,
        CAST(assessed AS INT) AS assessed,
        CAST(assessed AND overdue AS INT) AS overdue,
        CAST(assessed AND newest.level > 0 AS INT) AS escalated,
        CAST(assessed AND reopened AS INT) AS reopened,
        CAST(assessed AND coalesce(list_contains(newest.tags, 'repeat'), false) AS INT) AS repeat,
        CAST(assessed AND newest.hazard IS NOT NULL AS INT) AS hazards,
        CAST(assessed AND newest.hazard IS NOT NULL AND newest.stage = 'closed' AS INT) AS hazards_closed,
        CAST(assessed AND cases.contacted IS NOT NULL AS INT) AS asked,
        CAST(assessed AND coalesce(cases.contacted, false) AS INT) AS contacted,
        CAST((assessed AND cases.solved IS NOT NULL) OR (unreached AND $unreached_unsolved) AS INT)
            AS asked_solved,
        CAST(assessed AND coalesce(cases.solved, false) AS INT) AS solved,
        CAST((assessed AND cases.satisfied IS NOT NULL) OR (unreached AND $unreached_unsolved) AS INT)
            AS asked_satisfied,
        CAST(assessed AND coalesce(cases.satisfied, false) AS INT) AS satisfied,
        CAST(unreached AS INT) AS unreached
    FROM cases
),
of_the_lead AS (
    UNPIVOT told ON COLUMNS(* EXCLUDE (case_id, unit)) INTO NAME figure VALUE number
),
moved AS (
    SELECT case_id, seq, actor, unnest(moves) AS move, generate_subscripts(moves, 1) AS place
    FROM events
    WHERE list_has_any(kinds, [
        'objected', 'handed_back', 'objection_upheld', 'objection_rejected', 'reported_in', 'absent'
    ])
),
disputed AS (
    SELECT
        *,
        last_value(CASE WHEN move.kind IN ('objected', 'handed_back') THEN actor END IGNORE NULLS) OVER (
            PARTITION BY case_id ORDER BY seq, place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS objector
    FROM moved
),
of_others AS (
    SELECT case_id, actor AS unit, 'objected' AS figure
    FROM disputed WHERE move.kind IN ('objected', 'handed_back')
    UNION ALL
    SELECT case_id, objector, 'upheld' FROM disputed WHERE move.kind = 'objection_upheld'
    UNION ALL
    SELECT case_id, objector, 'rejected' FROM disputed WHERE move.kind = 'objection_rejected'
    UNION ALL
    SELECT case_id, move.unit, 'summoned' FROM moved WHERE move.kind IN ('reported_in', 'absent')
    UNION ALL
    SELECT case_id, move.unit, 'arrived' FROM moved WHERE move.kind = 'reported_in'
    UNION ALL
    SELECT case_id, move.unit, 'arrived_late'
    FROM moved WHERE move.kind = 'reported_in' AND move.reason = 'arrived_late'
)
SELECT case_id, unit, figure, CAST(number AS BIGINT) AS number FROM of_the_lead WHERE number <> 0
UNION ALL
SELECT case_id, unit, figure, 1 FROM of_others SEMI JOIN (FROM cases WHERE assessed) USING (case_id)
UNION ALL
SELECT
    case_id,
    newest.unit,
    'bin ' || CAST(ceil(ln(seconds) / ln(1.01 / 0.99)) AS INT),
    1
FROM cases
WHERE seconds IS NOT NULL;
