-- What each case adds to which figure, and for which unit: a row for each figure that is not 0.
CREATE TABLE tallies AS
WITH told AS (
    SELECT
        case_id,
        unit,
        1 AS cases,
        signals,
        appeals,
        CAST(invalid AS INT) AS invalid,
        CAST(excluded AND NOT invalid AS INT) AS excluded,
        CAST(exclusion_asked AS INT) AS exclusion_asked,
        CAST(assessed AS INT) AS assessed,
        CAST(assessed AND NOT closed AS INT) AS "open",
        CAST(assessed AND closed AS INT) AS closed,
        CAST(assessed AND overdue AS INT) AS overdue,
        CAST(assessed AND escalated AS INT) AS escalated,
        CAST(assessed AND reopened AS INT) AS reopened,
        CAST(assessed AND repeat AS INT) AS repeat,
        CAST(assessed AND hazard AS INT) AS hazards,
        CAST(assessed AND hazard AND closed AS INT) AS hazards_closed,
        CAST(assessed AND contacted IS NOT NULL AS INT) AS asked,
        CAST(assessed AND coalesce(contacted, false) AS INT) AS contacted,
        CAST((assessed AND solved IS NOT NULL) OR (unreached AND $unreached_unsolved) AS INT) AS asked_solved,
        CAST(assessed AND coalesce(solved, false) AS INT) AS solved,
        CAST((assessed AND satisfied IS NOT NULL) OR (unreached AND $unreached_unsolved) AS INT)
            AS asked_satisfied,
        CAST(assessed AND coalesce(satisfied, false) AS INT) AS satisfied,
        CAST(unreached AS INT) AS unreached
    FROM cases
),
of_the_lead AS (
    UNPIVOT told ON COLUMNS(* EXCLUDE (case_id, unit)) INTO NAME figure VALUE number
),
moved AS (
    SELECT case_id, seq, actor, unnest(about_others) AS move, generate_subscripts(about_others, 1) AS place
    FROM events
    WHERE about_others IS NOT NULL
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
SELECT case_id, unit, 'bin ' || CAST(ceil(ln(seconds) / ln(1.01 / 0.99)) AS INT), 1
FROM cases
WHERE seconds IS NOT NULL;
