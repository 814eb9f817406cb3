-- Rates as the hub gives them.
CREATE OR REPLACE TABLE told_rates AS
SELECT * EXCLUDE ("by"), "by" AS kind
FROM read_json(
    $path,
    format = 'newline_delimited',
    columns = {period: 'VARCHAR', "by": 'VARCHAR', subject: 'VARCHAR', figures: 'MAP(VARCHAR, DOUBLE)'}
);
