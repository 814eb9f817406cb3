-- Every figure of every cell, as told and as recomputed; where they differ. What is not told is 0.
CREATE TABLE cell_figures AS
SELECT
    day, kind, subject, district, figure,
    coalesce(said.number, 0) AS said, coalesce(cells.number, 0) AS recomputed
FROM said FULL JOIN cells USING (day, kind, subject, district, figure);

CREATE VIEW cell_differences AS
SELECT
    concat_ws(' ', day, kind, subject, 'in ' || district) AS place,
    figure,
    CAST(said AS VARCHAR) AS said,
    CAST(recomputed AS VARCHAR) AS recomputed
FROM cell_figures
WHERE cell_figures.said <> cell_figures.recomputed
ORDER BY day, kind, subject, district, figure;
