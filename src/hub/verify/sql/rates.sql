-- Rates of each week and month, of the city, districts, towns, units and categories.
CREATE TABLE rates AS
WITH daily AS (
    SELECT day, kind, subject, figure, number FROM cells
    UNION ALL
    SELECT day, 'city', 'city', figure, number FROM cells WHERE kind = 'district'
),
sums AS (
    SELECT period, kind, subject, figure, sum(number) AS number
    FROM daily JOIN periods USING (day)
    GROUP BY ALL
),
counts AS (
    PIVOT sums
    ON figure IN (
        'appeals', 'assessed', 'asked', 'contacted', 'asked_solved', 'solved', 'asked_satisfied', 'satisfied',
        'overdue', 'repeat', 'reopened', 'upheld', 'rejected', 'summoned', 'arrived', 'arrived_late',
        'hazards', 'hazards_closed'
    )
    USING coalesce(sum(number), 0)
    GROUP BY period, kind, subject
),
shares AS (
    SELECT
        period,
        kind,
        subject,
        assessed,
        contacted / nullif(asked, 0) AS response,
        solved / nullif(asked_solved, 0) AS resolution,
        satisfied / nullif(asked_satisfied, 0) AS satisfaction,
        overdue / nullif(assessed, 0) AS overdue,
        repeat / nullif(assessed, 0) AS repeat,
        reopened / nullif(assessed, 0) AS reopening,
        upheld / nullif(upheld + rejected, 0) AS overturn,
        (arrived - arrived_late) / nullif(summoned, 0) AS arrival,
        hazards_closed / nullif(hazards, 0) AS hazard_closure,
        appeals * 10000 / nullif(residents, 0) AS per_10k
    FROM counts LEFT JOIN residents USING (kind, subject)
)
SELECT
    shares.*,
    median_s,
    p90_s,
    100 * ($w_response * response + $w_resolution * resolution + $w_satisfaction * satisfaction)
        / ($w_response + $w_resolution + $w_satisfaction) AS score
FROM shares LEFT JOIN times USING (period, kind, subject);
