-- Every rate, score and rank, as told and as recomputed; where they differ. What has no value is left out.
CREATE OR REPLACE TABLE rate_figures AS
WITH recomputed AS (
    UNPIVOT (SELECT COLUMNS(* EXCLUDE (period, kind, subject))::DOUBLE, period, kind, subject FROM rates)
    ON COLUMNS(* EXCLUDE (period, kind, subject)) INTO NAME figure VALUE number
    UNION ALL BY NAME
    SELECT period, kind, subject, 'place' AS figure, CAST(place AS DOUBLE) AS number FROM places
),
told AS (
    SELECT period, kind, subject, figure.key AS figure, figure.value AS number
    FROM (SELECT period, kind, subject, unnest(map_entries(figures)) AS figure FROM told_rates)
    WHERE figure.value IS NOT NULL
)
SELECT period, kind, subject, figure, told.number AS said, recomputed.number AS recomputed
FROM told FULL JOIN recomputed USING (period, kind, subject, figure);

CREATE OR REPLACE VIEW rate_differences AS
SELECT
    concat_ws(' ', period, kind, subject) AS place,
    figure,
    coalesce(CAST(said AS VARCHAR), 'nothing') AS said,
    coalesce(CAST(recomputed AS VARCHAR), 'nothing') AS recomputed
FROM rate_figures
WHERE
    rate_figures.said IS NULL
    OR rate_figures.recomputed IS NULL
    OR abs(rate_figures.said - rate_figures.recomputed)
        > abs(rate_figures.recomputed) * CASE WHEN figure IN ('median_s', 'p90_s') THEN 0.01 + 1e-9 ELSE 1e-9 END
ORDER BY period, kind, subject, figure;
