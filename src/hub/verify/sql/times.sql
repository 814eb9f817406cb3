-- Handling times without a sketch: of all times in order, those at half and at nine tenths of the way.
CREATE TABLE times AS
WITH took AS (
    SELECT day, seconds, unnest([
        {'kind': 'city', 'name': 'city'},
        {'kind': 'district', 'name': district},
        {'kind': 'town', 'name': town},
        {'kind': 'unit', 'name': unit},
        {'kind': 'category', 'name': category}
    ]) AS subject
    FROM cases
    WHERE seconds IS NOT NULL
),
in_order AS (
    SELECT period, subject.kind AS kind, subject.name AS subject, list(seconds ORDER BY seconds) AS seconds
    FROM took JOIN periods USING (day)
    WHERE subject.name IS NOT NULL
    GROUP BY ALL
)
SELECT
    period,
    kind,
    subject,
    seconds[1 + CAST(floor(0.5 * (len(seconds) - 1)) AS INT)] AS median_s,
    seconds[1 + CAST(floor(0.9 * (len(seconds) - 1)) AS INT)] AS p90_s
FROM in_order;
