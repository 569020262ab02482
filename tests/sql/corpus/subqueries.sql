-- Subqueries, common table expressions, derived tables.

-- session: scalar, row and list
CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT);
CREATE TABLE u (id INT PRIMARY KEY, t_id INT, w INT);
INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30), (4, NULL, NULL);
INSERT INTO u VALUES (1, 1, 5), (2, 1, 25), (3, 3, NULL);
SELECT id, (SELECT MAX(w) FROM u WHERE u.t_id = t.id) AS m FROM t ORDER BY id;
SELECT (SELECT v FROM t WHERE id = 1) + 1;
SELECT (SELECT v FROM t WHERE id = 99);
SELECT (SELECT v FROM t);
SELECT (SELECT id, v FROM t WHERE id = 1);
SELECT id FROM t WHERE id IN (SELECT t_id FROM u) ORDER BY id;
SELECT id FROM t WHERE id NOT IN (SELECT t_id FROM u) ORDER BY id;
SELECT id FROM t WHERE v NOT IN (SELECT w FROM u) ORDER BY id;
SELECT id FROM t WHERE v IN (SELECT w, id FROM u);
SELECT id FROM t WHERE (id, v) IN (SELECT t_id, 10 FROM u) ORDER BY id;
SELECT id FROM t WHERE (g, v) = (1, 20);
SELECT id FROM t WHERE (id, v) = (SELECT 1, 10);
SELECT id FROM t WHERE EXISTS (SELECT * FROM u WHERE u.t_id = t.id) ORDER BY id;
SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id) ORDER BY id;
SELECT id FROM t WHERE v > ALL (SELECT w FROM u WHERE w IS NOT NULL) ORDER BY id;
SELECT id FROM t WHERE v > ANY (SELECT w FROM u) ORDER BY id;
SELECT id FROM t WHERE v = SOME (SELECT w * 2 FROM u) ORDER BY id;
SELECT id FROM t WHERE v <> ALL (SELECT w FROM u) ORDER BY id;
SELECT id FROM t WHERE v = (SELECT MAX(v) FROM t);
SELECT id FROM t ORDER BY (SELECT COUNT(*) FROM u WHERE u.t_id = t.id) DESC, id;
SELECT g, COUNT(*) FROM t GROUP BY g HAVING COUNT(*) > (SELECT 1) ORDER BY g;

-- session: derived tables
CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT);
INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30);
SELECT * FROM (SELECT g, SUM(v) AS s FROM t GROUP BY g) AS x ORDER BY g;
SELECT x.s * 2 AS double_s FROM (SELECT SUM(v) AS s FROM t) x;
-- mysql: error 1248 42000 (15.2.15.8 Derived Tables)
SELECT * FROM (SELECT g FROM t);
SELECT a.g, a.s, b.m FROM (SELECT g, SUM(v) s FROM t GROUP BY g) a JOIN (SELECT g, MAX(v) m FROM t GROUP BY g) b ON a.g = b.g ORDER BY a.g;
SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM t GROUP BY g) AS counts;
SELECT * FROM (SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, 'y') AS x ORDER BY a;
SELECT * FROM (SELECT v FROM t ORDER BY v DESC LIMIT 2) AS top ORDER BY v;
SELECT id FROM t WHERE v IN (SELECT v FROM t ORDER BY v LIMIT 1);
SELECT * FROM (SELECT id AS a, v AS a FROM t) AS x;

-- session: common table expressions
CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT);
INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30);
WITH x AS (SELECT g, SUM(v) AS s FROM t GROUP BY g) SELECT * FROM x ORDER BY g;
WITH x (a, b) AS (SELECT g, v FROM t) SELECT a, b FROM x ORDER BY b;
WITH x AS (SELECT 1 AS n), y AS (SELECT n + 1 AS n FROM x) SELECT x.n, y.n FROM x, y;
WITH x AS (SELECT * FROM t WHERE g = 1) SELECT a.id, b.id FROM x a JOIN x b ON a.id < b.id;
WITH x AS (SELECT 1) SELECT * FROM missing;
-- mysql: error 1353 HY000 (15.2.20 WITH)
WITH x (a) AS (SELECT 1, 2) SELECT * FROM x;
-- mysql: error 1066 42000 (15.2.20 WITH)
WITH x AS (SELECT 1 AS a), x AS (SELECT 2 AS a) SELECT * FROM x;
SELECT * FROM t WHERE id IN (WITH x AS (SELECT 2 AS n) SELECT n FROM x);

-- session: recursion
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n ORDER BY i;
WITH RECURSIVE f (a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 20) SELECT a FROM f ORDER BY a, b;
CREATE TABLE tree (id INT PRIMARY KEY, parent INT, name VARCHAR(10));
INSERT INTO tree VALUES (1, NULL, 'root'), (2, 1, 'left'), (3, 1, 'right'), (4, 2, 'leaf'), (5, 4, 'tip');
WITH RECURSIVE path AS (
    SELECT id, CAST(name AS CHAR(100)) AS path, 0 AS depth FROM tree WHERE parent IS NULL
    UNION ALL
    SELECT t.id, CONCAT(p.path, '/', t.name), p.depth + 1 FROM tree t JOIN path p ON t.parent = p.id
)
SELECT id, path, depth FROM path ORDER BY id;
WITH RECURSIVE up AS (SELECT id, parent FROM tree WHERE id = 5 UNION SELECT t.id, t.parent FROM tree t JOIN up ON t.id = up.parent) SELECT id FROM up ORDER BY id;
WITH RECURSIVE days AS (SELECT DATE '2024-02-27' AS d UNION ALL SELECT d + INTERVAL 1 DAY FROM days WHERE d < '2024-03-01') SELECT d FROM days ORDER BY d;

-- session: changing with subqueries
CREATE TABLE t (id INT PRIMARY KEY, v INT);
CREATE TABLE u (id INT PRIMARY KEY, w INT);
INSERT INTO t VALUES (1, 10), (2, 20), (3, 30);
INSERT INTO u SELECT id, v * 2 FROM t WHERE id < 3;
UPDATE t SET v = (SELECT w FROM u WHERE u.id = t.id) WHERE id IN (SELECT id FROM u);
SELECT * FROM t ORDER BY id;
DELETE FROM t WHERE id NOT IN (SELECT id FROM u);
SELECT * FROM t ORDER BY id;
-- mysql: error 1093 HY000 (15.2.15.12 Restrictions on Subqueries)
DELETE FROM t WHERE id = 99 AND v = (SELECT MAX(v) FROM t);
-- mysql: error 1093 HY000 (15.2.15.12 Restrictions on Subqueries)
UPDATE t SET v = 0 WHERE id = 99 AND id = (SELECT MIN(id) FROM t);
UPDATE t SET v = 0 WHERE id = (SELECT m FROM (SELECT MIN(id) AS m FROM u) AS x);
SELECT * FROM u ORDER BY id;

-- session: rows
CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT, s VARCHAR(9));
INSERT INTO t VALUES (1, 1, 10, 'a'), (2, 1, 20, 'b'), (3, 2, 30, 'C'), (4, NULL, NULL, NULL);
SELECT (SELECT 1, 2) = (SELECT 1, 2), (SELECT 1, 2) <=> (SELECT 1, NULL), (SELECT 1, 2) <> (SELECT 1, 3);
SELECT (SELECT 1, 2) < (SELECT 1, 3), (1, 2) < (SELECT 1, 3), (1, 2) >= (SELECT 1, 2), (SELECT 1, 2) = (1, 2);
SELECT (1, (2, 3)) < (1, (2, 4)), ((1, 2)) = ((1, 2)), ROW(1, 2) = (1, 2), (1, 2) < (1, NULL), (1, 2) < (2, NULL);
SELECT (1, 2) = ANY (SELECT 1, 2), (1, 2) <> ALL (SELECT 1, 3), (SELECT 1, 2) IN (SELECT 1, 2), (1, 2) NOT IN (SELECT 1, NULL);
SELECT id FROM t WHERE (SELECT g, v) = (1, 20);
SELECT id FROM t WHERE (g, v) > (SELECT 1, 10) ORDER BY id;
SELECT id FROM t WHERE (SELECT MAX(g), MAX(v) FROM t) = (g, v);
SELECT id FROM t WHERE (g, v) = (SELECT g, v FROM t);
SELECT id FROM t WHERE (SELECT 1, 2 FROM t WHERE id > 9) = (1, 2);
SELECT id FROM t WHERE (SELECT 1, 2 FROM t WHERE id > 9) <=> (1, 2);
SELECT id FROM t WHERE (g, v) <> (SELECT 1, 20) ORDER BY id;
SELECT id FROM t WHERE (g, v) <=> (SELECT NULL, NULL);
SELECT id FROM t WHERE (id, s) NOT IN ((1, 'A'), (2, 'b'), (9, NULL)) ORDER BY id;
SELECT id FROM t WHERE (id, g, v) > (1, 1, 5) AND (id, g, v) < (3, 0, 0);
SELECT (1, 2) = (1, 2, 3);
SELECT (1, 2) IN (SELECT 1);
SELECT ROW(1, 2);
SELECT ROW(1);
-- mysql: rows [(1,)] (15.2.15.5 Row Subqueries)
SELECT (SELECT 1, 2) IN ((1, 2), (3, 4));
-- mysql: error 1241 21000 (15.2.15.5 Row Subqueries)
SELECT (1, 2) = 1;
-- mysql: error 1241 21000 (15.2.15.5 Row Subqueries)
SELECT (1, 2) <=> NULL;
