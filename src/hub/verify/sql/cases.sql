-- One row a case: what its newest event says of it, what ever happened to it, how long it took.
CREATE TABLE cases AS
WITH lives AS (
    SELECT
        case_id,
        max(seq) AS seq,
        bool_or(overdue) AS overdue,
        bool_or(reopened) AS reopened,
        bool_or(exclusion_asked) AS exclusion_asked,
        bool_or(excluded) AS excluded,
        bool_or(answers IS NOT NULL) AS called,
        bool_or(coalesce(answers.reached, false)) AS reached,
        arg_max(answers.contacted, seq) FILTER (answers.reached AND answers.contacted IS NOT NULL) AS contacted,
        arg_max(answers.solved, seq) FILTER (answers.reached AND answers.solved IS NOT NULL) AS solved,
        arg_max(answers.satisfied, seq) FILTER (answers.reached AND answers.satisfied IS NOT NULL) AS satisfied,
        arg_max(told_at, seq) FILTER (resolved) AS resolved_at,
        arg_max(told_at, seq) FILTER (closed) AS closed_at
    FROM events
    GROUP BY case_id
),
judged AS (
    SELECT
        lives.*,
        newest.* EXCLUDE (
            case_id, seq, told_at, answers, overdue, reopened, exclusion_asked, excluded, resolved, closed,
            actor, about_others
        ),
        stage = 'closed' AS closed,
        stage = 'invalid' AS invalid,
        stage <> 'invalid' AND NOT lives.excluded AS assessed
    FROM lives JOIN events AS newest USING (case_id, seq)
    WHERE stage <> 'joined'
)
SELECT
    *,
    CAST(timezone($timezone, timezone('UTC', opened)) AS DATE) AS day,
    assessed AND closed AND called AND NOT reached AS unreached,
    CASE
        WHEN assessed AND closed
        THEN greatest(1.0, date_diff('millisecond', opened, coalesce(resolved_at, closed_at)) / 1000.0)
    END AS seconds
FROM judged;
