-- The figures of each day by district, town, unit and category, as scores.daily should tell them.
CREATE TABLE cells AS
SELECT day, subject.kind AS kind, subject.name AS subject, district, figure, CAST(sum(number) AS BIGINT) AS number
FROM (
    SELECT
        cases.day,
        district,
        unnest([
            {'kind': 'district', 'name': district},
            {'kind': 'town', 'name': town},
            {'kind': 'unit', 'name': tallies.unit},
            {'kind': 'category', 'name': category}
        ]) AS subject,
        figure,
        number
    FROM tallies JOIN cases USING (case_id)
)
WHERE subject.name IS NOT NULL
GROUP BY ALL;
