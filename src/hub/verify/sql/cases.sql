-- One row a case: what its newest event says of it, what ever happened to it, how long it took.
CREATE TABLE cases AS
WITH lives AS (
    SELECT
        case_id,
        arg_max(told, seq) AS newest,
        bool_or(list_contains(kinds, 'breached') AND by_resolve_clock) AS overdue,
        bool_or(list_contains(kinds, 'reopened')) AS reopened,
        bool_or(list_contains(kinds, 'exclusion_asked')) AS exclusion_asked,
        bool_or(list_contains(kinds, 'excluded')) AS excluded,
        bool_or(answers IS NOT NULL) AS called,
        bool_or(coalesce(answers.reached, false)) AS reached,
        arg_max(answers.contacted, seq) FILTER (answers.reached AND answers.contacted IS NOT NULL) AS contacted,
        arg_max(answers.solved, seq) FILTER (answers.reached AND answers.solved IS NOT NULL) AS solved,
        arg_max(answers.satisfied, seq) FILTER (answers.reached AND answers.satisfied IS NOT NULL) AS satisfied,
        arg_max(told_at, seq) FILTER (list_contains(kinds, 'resolved')) AS resolved_at,
        arg_max(told_at, seq) FILTER (list_contains(kinds, 'closed')) AS closed_at
    FROM events
    GROUP BY case_id
),
judged AS (
    SELECT *, newest.stage <> 'invalid' AND NOT excluded AS assessed
    FROM lives
    WHERE newest.stage <> 'joined'
)
SELECT
    *,
    CAST(timezone($timezone, timezone('UTC', newest.opened)) AS DATE) AS day,
    assessed AND newest.stage = 'closed' AND called AND NOT reached AS unreached,
    CASE
        WHEN assessed AND newest.stage = 'closed'
        THEN greatest(1.0, date_diff('millisecond', newest.opened, coalesce(resolved_at, closed_at)) / 1000.0)
    END AS seconds
FROM judged;
