-- Who is how good in each period: those with enough cases and a score; equals share a rank.
CREATE TABLE ranks AS
SELECT period, kind, subject, rank() OVER (PARTITION BY period, kind ORDER BY score DESC) AS rank
FROM rates
WHERE assessed >= $fewest_assessed AND score IS NOT NULL;
