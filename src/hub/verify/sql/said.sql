-- The cells that the hub told, figure by figure; what it told as 0 is as good as not told.
CREATE TABLE said AS
WITH told AS (
    SELECT * EXCLUDE ("by"), "by" AS kind FROM read_json(
        $path,
        format = 'newline_delimited',
        columns = {
            "day": 'DATE',
            "by": 'VARCHAR',
            subject: 'VARCHAR',
            district: 'VARCHAR',
            counts: 'MAP(VARCHAR, BIGINT)',
            handling: 'STRUCT("index" INT, "count" BIGINT)[]'
        }
    )
),
figures AS (
    SELECT day, kind, subject, district, unnest(map_entries(counts)) AS figure FROM told
    UNION ALL
    SELECT day, kind, subject, district, {'key': 'bin ' || bin."index", 'value': bin."count"}
    FROM (SELECT day, kind, subject, district, unnest(handling) AS bin FROM told)
)
SELECT day, kind, subject, district, figure.key AS figure, CAST(sum(figure.value) AS BIGINT) AS number
FROM figures
WHERE figure.value <> 0
GROUP BY ALL;
