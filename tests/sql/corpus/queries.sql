-- Queries that join, nest, group and name things in less usual ways.

-- session: names of columns
CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(10));
CREATE TABLE u (id INT PRIMARY KEY, t_id INT, a INT);
INSERT INTO t VALUES (1, 10, 'x'), (2, 20, 'y'), (3, 10, 'z');
INSERT INTO u VALUES (1, 1, 5), (2, 1, 6), (3, 2, 7);
SELECT t.id AS id FROM t JOIN u ON u.t_id = t.id ORDER BY id;
SELECT t.id FROM t JOIN u ON u.t_id = t.id ORDER BY id + 1;
SELECT t.a AS x, u.a AS y FROM t JOIN u ON u.t_id = t.id ORDER BY x, y DESC;
SELECT a AS b, b AS a FROM t ORDER BY a DESC;
SELECT a AS b FROM t GROUP BY b ORDER BY b;
SELECT a + 1 AS n FROM t ORDER BY n * -1, id;
SELECT T.id FROM t;
SELECT t.id FROM t AS T;
SELECT ID, A FROM t WHERE B = 'x';
SELECT queries_names_of_columns.t.id FROM t ORDER BY 1;
SELECT x.id FROM t x WHERE EXISTS (SELECT 1 FROM u WHERE t_id = x.id AND a > 5) ORDER BY x.id;
SELECT id, (SELECT COUNT(*) FROM u WHERE u.t_id = t.id) AS n FROM t HAVING n > 0 ORDER BY n DESC, id;
SELECT id, (SELECT u.a FROM u WHERE u.t_id = t.id ORDER BY u.a DESC LIMIT 1) AS last_a FROM t ORDER BY id;
SELECT id FROM t WHERE a = (SELECT MAX(a) FROM t AS t) ORDER BY id;
SELECT id FROM t WHERE 10 = a ORDER BY (SELECT -id);
SELECT t.*, 1 AS one, u.* FROM t, u WHERE t.id = u.t_id ORDER BY u.id;
-- mysql: rows [(2, 20)] (14.19.4 Detection of Functional Dependence)
SELECT id, a FROM t GROUP BY id HAVING a > 10;
SELECT b, COUNT(*) c FROM t GROUP BY b HAVING c >= 1 AND b <> 'y' ORDER BY c DESC, b;
SELECT 1 AS a FROM t HAVING a = 1 LIMIT 1;
SELECT COUNT(*) AS a FROM t HAVING a > 5;
SELECT DISTINCT a FROM t ORDER BY a DESC;
SELECT DISTINCT a, b FROM t ORDER BY b DESC, a;
SELECT DISTINCT LENGTH(b) AS l FROM t ORDER BY LENGTH(b);
SELECT MAX(a) m FROM t ORDER BY m;
SELECT b FROM t ORDER BY LENGTH(b), b DESC;
SELECT b AS `b ` FROM t WHERE id = 1;
SELECT a, a FROM t WHERE id = 1;
SELECT t.a, u.a, t.a FROM t, u WHERE t.id = u.id AND t.id = 1;

-- session: joins with parts
CREATE TABLE a (id INT PRIMARY KEY, x INT);
CREATE TABLE b (id INT PRIMARY KEY, a_id INT, x INT);
CREATE TABLE c (id INT PRIMARY KEY, b_id INT, y VARCHAR(5));
INSERT INTO a VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO b VALUES (1, 1, 1), (2, 1, 2), (3, 9, 3);
INSERT INTO c VALUES (1, 1, 'p'), (2, 2, 'q'), (3, 8, 'r');
SELECT a.id, b.id FROM a LEFT JOIN b ON b.a_id = a.id AND b.x > 1 ORDER BY a.id, b.id;
SELECT a.id, b.id, c.id FROM a LEFT JOIN b ON b.a_id = a.id RIGHT JOIN c ON c.b_id = b.id ORDER BY c.id;
SELECT a.id, b.id FROM a, b WHERE a.x = b.x ORDER BY a.id;
SELECT a.id, c.y FROM a, b JOIN c ON c.b_id = b.id WHERE b.a_id = a.id ORDER BY c.id;
SELECT a.id FROM a, b JOIN c ON c.b_id = a.id;
SELECT a.id, b.id FROM a CROSS JOIN b ON a.id = b.id ORDER BY a.id;
SELECT a.id, b.id, c.id FROM (a JOIN b ON b.a_id = a.id) LEFT JOIN c ON c.b_id = b.id ORDER BY b.id;
SELECT a.id, b.id FROM a JOIN (b JOIN c ON c.b_id = b.id) ON b.a_id = a.id ORDER BY b.id;
SELECT a.id, b.id, c.id FROM a LEFT JOIN b JOIN c ON c.b_id = b.id ON b.a_id = a.id ORDER BY a.id, b.id;
SELECT a.id, d.n FROM a LEFT JOIN (SELECT a_id, COUNT(*) n FROM b GROUP BY a_id) d ON d.a_id = a.id ORDER BY a.id;
SELECT * FROM a JOIN b USING (x) JOIN c ON c.id = b.id ORDER BY x;
SELECT x, a.id, b.id FROM a LEFT JOIN b USING (x) WHERE x > 1 ORDER BY x;
SELECT * FROM a NATURAL JOIN b;
SELECT * FROM a NATURAL JOIN (SELECT 1 AS x, 5 AS z) d;
SELECT COUNT(*) FROM a JOIN b JOIN c;
SELECT s.id, s2.id FROM a s JOIN a s2 ON s.x = s2.x - 1 ORDER BY s.id;
SELECT a.id FROM a LEFT JOIN b ON a.id = b.a_id WHERE b.id IS NULL ORDER BY 1;
SELECT a.id FROM a LEFT JOIN b;
SELECT (SELECT GROUP_CONCAT(c.y ORDER BY c.y) FROM b JOIN c ON c.b_id = b.id WHERE b.a_id = a.id) ys FROM a ORDER BY a.id;

-- session: grouped rows
CREATE TABLE p (id INT PRIMARY KEY, name VARCHAR(10), city VARCHAR(10));
CREATE TABLE o (id INT PRIMARY KEY, p_id INT NOT NULL, total DECIMAL(8,2), at DATE);
INSERT INTO p VALUES (1, 'Ann', 'Rome'), (2, 'Bob', 'Oslo'), (3, 'Cid', 'Rome'), (4, 'Dan', NULL);
INSERT INTO o VALUES (1, 1, 10.50, '2024-01-05'), (2, 1, 20.25, '2024-02-01'), (3, 2, 5, '2024-01-20'), (4, 3, 7.5, '2024-03-03');
-- mysql: rows [(1, 'Ann', '30.75'), (2, 'Bob', '5.00'), (3, 'Cid', '7.50')] (14.19.4 Detection of Functional Dependence)
SELECT p.id, p.name, SUM(o.total) FROM p JOIN o ON o.p_id = p.id GROUP BY p.id ORDER BY p.id;
-- mysql: rows [(1, 'Ann', 2), (3, 'Cid', 1), (4, 'Dan', 0)] (14.19.4 Detection of Functional Dependence)
SELECT p.id, p.name, COUNT(o.id) AS n FROM p LEFT JOIN o ON o.p_id = p.id GROUP BY p.id HAVING n = 0 OR SUM(o.total) > 7 ORDER BY n DESC, p.id;
-- mysql: rows [(1, 'Ann', 1), (2, 'Ann', 1), (3, 'Bob', 1), (4, 'Cid', 1)] (14.19.4 Detection of Functional Dependence)
SELECT o.id, p.name, COUNT(*) FROM o JOIN p ON p.id = o.p_id GROUP BY o.id ORDER BY o.id;
SELECT city, COUNT(*) AS n, GROUP_CONCAT(name ORDER BY name) FROM p GROUP BY city ORDER BY n DESC, city;
SELECT YEAR(at) AS y, MONTH(at) AS m, SUM(total) FROM o GROUP BY YEAR(at), MONTH(at) ORDER BY y, m;
SELECT MONTH(at) + 1 AS m, COUNT(*) FROM o GROUP BY MONTH(at) + 1 ORDER BY MONTH(at) + 1;
SELECT city IS NULL, COUNT(*) FROM p GROUP BY city IS NULL ORDER BY 1;
SELECT CASE WHEN total > 10 THEN 'big' ELSE 'small' END AS size, COUNT(*) FROM o GROUP BY size ORDER BY size;
SELECT COUNT(*), city FROM p GROUP BY 2 ORDER BY 2 DESC;
SELECT COUNT(*) FROM p GROUP BY 1;
SELECT city FROM p GROUP BY 7;
SELECT COUNT(DISTINCT city), COUNT(DISTINCT p_id) FROM p, o;
SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM o GROUP BY p_id) AS x;
SELECT p_id, MAX(total) - MIN(total) AS spread FROM o GROUP BY p_id HAVING COUNT(*) > 1;
SELECT city, SUM(total) FROM p JOIN o ON p.id = o.p_id GROUP BY city WITH ROLLUP;
SELECT COALESCE(city, 'all') AS c, SUM(total) AS s FROM p JOIN o ON p.id = o.p_id GROUP BY city WITH ROLLUP;
SELECT city, name, COUNT(*) FROM p WHERE city IS NOT NULL GROUP BY city, name WITH ROLLUP;
SELECT SUM(total) / COUNT(*) FROM o;
SELECT MIN(at), MAX(at) FROM o;
SELECT name FROM p WHERE id IN (SELECT p_id FROM o GROUP BY p_id HAVING SUM(total) > 10);
SELECT p.name, x.s FROM p JOIN (SELECT p_id, SUM(total) s FROM o GROUP BY p_id) x ON x.p_id = p.id WHERE x.s > 6 ORDER BY x.s;
SELECT city, COUNT(*) FROM p GROUP BY city ORDER BY COUNT(*) DESC, city LIMIT 1;
SELECT city FROM p GROUP BY city ORDER BY MAX(name) DESC;
SELECT total, COUNT(*) FROM o GROUP BY total ORDER BY total;
SELECT 'x' AS k, COUNT(*) FROM p GROUP BY k;
SELECT SUM(total) AS total FROM o GROUP BY p_id ORDER BY total;

-- session: set operations in brackets
CREATE TABLE a (n INT, s VARCHAR(5));
INSERT INTO a VALUES (1, 'x'), (2, 'y'), (3, 'X');
(SELECT n FROM a WHERE n < 3) UNION (SELECT n FROM a WHERE n > 1) ORDER BY n DESC LIMIT 2;
(SELECT n FROM a ORDER BY n LIMIT 1) UNION ALL (SELECT n FROM a ORDER BY n DESC LIMIT 1);
SELECT n FROM a UNION ALL (SELECT n FROM a UNION SELECT 9) ORDER BY 1;
SELECT s FROM a UNION SELECT 'x' ORDER BY s;
SELECT s FROM a WHERE n < 3 UNION ALL SELECT 'Z' ORDER BY s, 1;
SELECT n FROM a UNION SELECT n FROM a INTERSECT SELECT 2 ORDER BY n;
(SELECT n FROM a EXCEPT SELECT 1) ORDER BY n DESC;
SELECT n, s FROM a UNION SELECT NULL, NULL ORDER BY n;
SELECT * FROM (SELECT n FROM a UNION ALL SELECT n FROM a) x WHERE n > 1 ORDER BY n;
SELECT n FROM a WHERE n IN (SELECT 1 UNION SELECT 3) ORDER BY n;
SELECT (SELECT 1 UNION SELECT 1);
SELECT (SELECT 1 UNION SELECT 2);
SELECT EXISTS (SELECT 1 UNION SELECT 2);
WITH x AS (SELECT 1 AS n UNION SELECT 2) SELECT n FROM x UNION ALL SELECT n + 10 FROM x ORDER BY n;
SELECT n AS a FROM a UNION SELECT n FROM a ORDER BY a LIMIT 1 OFFSET 1;
SELECT n FROM a UNION SELECT n FROM a ORDER BY s;
SELECT 1 AS x, 2.5 AS y, 'z' AS z UNION ALL SELECT 2, 3, 4 ORDER BY x;
SELECT DATE '2024-01-01' AS d UNION SELECT '2023-01-01' ORDER BY d;
SELECT 1 UNION SELECT 2 LIMIT 1;
SELECT n FROM a LIMIT 1 UNION SELECT 5;

-- session: windows
CREATE TABLE w (id INT PRIMARY KEY, g CHAR(1), v DECIMAL(6,2), d DATE);
INSERT INTO w VALUES (1, 'a', 1.5, '2024-01-01'), (2, 'a', 2.5, '2024-01-02'), (3, 'b', 4, '2024-01-03'), (4, 'b', NULL, '2024-01-04'), (5, 'a', 2.5, '2024-01-05');
SELECT id, RANK() OVER w AS r, ROW_NUMBER() OVER w AS n FROM w WINDOW w AS (PARTITION BY g ORDER BY v DESC, id) ORDER BY id;
SELECT id, SUM(v) OVER (w ORDER BY id) AS s FROM w WINDOW w AS (PARTITION BY g) ORDER BY id;
SELECT id, AVG(v) OVER (PARTITION BY g) AS a FROM w ORDER BY id;
SELECT id, MIN(v) OVER () AS lo, COUNT(v) OVER (ORDER BY id) AS c FROM w ORDER BY id;
-- mysql: rows [(1, '0.00', 3), (2, '1.50', 4), (3, '2.50', 5), (4, '4.00', None), (5, None, None)] (14.20.1 Window Function Descriptions)
SELECT id, LAG(v, 1, 0) OVER (ORDER BY id) AS l, LEAD(id, 2) OVER (ORDER BY id) AS m FROM w ORDER BY id;
SELECT id, SUM(v) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS s FROM w ORDER BY id;
SELECT id, SUM(v) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS s FROM w ORDER BY id;
SELECT id, SUM(id) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s FROM w ORDER BY id;
SELECT g, COUNT(*) AS n, SUM(COUNT(*)) OVER () AS total FROM w GROUP BY g ORDER BY g;
SELECT id, v - LAG(v) OVER (ORDER BY id) AS diff FROM w ORDER BY id;
SELECT id, ROUND(PERCENT_RANK() OVER (ORDER BY v), 3) AS p FROM w ORDER BY id;
SELECT DISTINCT g, COUNT(*) OVER (PARTITION BY g) AS n FROM w ORDER BY g;
SELECT id FROM w ORDER BY ROW_NUMBER() OVER (ORDER BY id DESC);
SELECT x.id FROM (SELECT id, DENSE_RANK() OVER (ORDER BY v DESC) AS r FROM w) x WHERE x.r = 1;
-- mysql: error 3579 HY000 (Error reference: ER_WINDOW_NO_SUCH_WINDOW)
SELECT id, SUM(v) OVER missing FROM w;
-- mysql: error 3594 HY000 (Error reference: ER_WINDOW_INVALID_WINDOW_FUNC_ALIAS_USE)
SELECT SUM(v) OVER (ORDER BY id) AS s FROM w HAVING s > 1;
SELECT id, FIRST_VALUE(d) OVER (PARTITION BY g ORDER BY d DESC) AS f FROM w ORDER BY id;
SELECT id, MAX(d) OVER (PARTITION BY g) AS m FROM w ORDER BY id;
SELECT id, NTILE(3) OVER (ORDER BY id) AS n FROM w ORDER BY id;
SELECT id, ROW_NUMBER() OVER (PARTITION BY g ORDER BY id) - 1 AS n FROM w ORDER BY g, n;

-- session: common tables
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS x FROM a) SELECT a.x, b.x FROM a JOIN b ON b.x = a.x + 1;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT SUM(i), COUNT(*) FROM n;
WITH RECURSIVE n AS (SELECT 1 AS i, 1 AS f UNION ALL SELECT i + 1, f * (i + 1) FROM n WHERE i < 6) SELECT * FROM n ORDER BY i;
CREATE TABLE e (id INT PRIMARY KEY, boss INT, name VARCHAR(10));
INSERT INTO e VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 1, 'c'), (4, 2, 'd'), (5, 4, 'e');
WITH RECURSIVE r AS (SELECT id, name, 0 AS level FROM e WHERE boss IS NULL UNION ALL SELECT e.id, e.name, r.level + 1 FROM r JOIN e ON e.boss = r.id) SELECT level, COUNT(*) FROM r GROUP BY level ORDER BY level;
WITH RECURSIVE r AS (SELECT id, boss FROM e WHERE id = 5 UNION ALL SELECT e.id, e.boss FROM e, r WHERE e.id = r.boss) SELECT GROUP_CONCAT(id ORDER BY id) FROM r;
WITH RECURSIVE loop_ AS (SELECT 1 AS a UNION SELECT 3 - a FROM loop_) SELECT a FROM loop_ ORDER BY a;
WITH x AS (SELECT id FROM e WHERE id > 3) SELECT name FROM e WHERE id IN (SELECT id FROM x) ORDER BY name;
WITH x AS (SELECT id FROM e) SELECT (SELECT COUNT(*) FROM x) AS n, (SELECT MAX(id) FROM x) AS m;
-- ignore: types
SELECT * FROM (WITH y AS (SELECT 2 AS k) SELECT k FROM y) AS z;
WITH x AS (SELECT 1 AS a) SELECT * FROM x AS p JOIN x AS q USING (a);
WITH e AS (SELECT 7 AS id) SELECT id FROM e;
WITH x AS (SELECT 1) SELECT `1` FROM x;
WITH x AS (SELECT COUNT(*) FROM e) SELECT `COUNT(*)` FROM x;
WITH RECURSIVE x AS (SELECT 1 AS a) SELECT a FROM x;

-- session: queries in expressions
CREATE TABLE t (id INT PRIMARY KEY, v INT, s VARCHAR(10));
INSERT INTO t VALUES (1, 10, 'One'), (2, NULL, 'two'), (3, 30, NULL), (4, 10, 'ONE');
SELECT id FROM t WHERE v >= ALL (SELECT v FROM t WHERE v IS NOT NULL);
SELECT id FROM t WHERE v > ALL (SELECT v FROM t WHERE id > 99) ORDER BY id;
SELECT id FROM t WHERE v <> ANY (SELECT v FROM t) ORDER BY id;
SELECT 1 > ALL (SELECT NULL), 1 > ANY (SELECT 0 UNION SELECT NULL), 5 = ALL (SELECT 5), 5 <> ANY (SELECT 5);
SELECT NOT EXISTS (SELECT 1 FROM t WHERE id = 99), EXISTS (SELECT NULL);
SELECT (SELECT v FROM t WHERE id = 2) IS NULL, IFNULL((SELECT v FROM t WHERE id = 99), -1);
SELECT id FROM t WHERE s IN (SELECT s FROM t WHERE id = 1) ORDER BY id;
SELECT id FROM t WHERE (v, s) = (10, 'one') ORDER BY id;
SELECT id FROM t WHERE (v, s) <> (10, 'one') ORDER BY id;
SELECT id FROM t WHERE (v, id) > (10, 1) ORDER BY id;
SELECT id FROM t WHERE (v, id) IN ((10, 4), (30, 3)) ORDER BY id;
SELECT id FROM t WHERE (v, id) NOT IN (SELECT v, id FROM t WHERE id = 1) ORDER BY id;
SELECT ROW(1, 2) = ROW(1, 2), ROW(1, NULL) = ROW(1, 2), ROW(1, NULL) = ROW(2, 2), ROW(1, NULL) <=> ROW(1, NULL);
SELECT (1, 2) = (1, 2, 3);
SELECT (SELECT MAX(v) FROM t) - (SELECT MIN(v) FROM t) AS d;
SELECT CASE (SELECT COUNT(*) FROM t) WHEN 4 THEN 'four' ELSE 'other' END AS n;
SELECT id, v = (SELECT MAX(v) FROM t) AS is_max FROM t ORDER BY id;
SELECT id FROM t o WHERE 1 = (SELECT COUNT(*) FROM t i WHERE i.v = o.v) ORDER BY id;
SELECT (SELECT (SELECT o.id FROM t LIMIT 1) FROM t LIMIT 1) AS x FROM t o ORDER BY x;
SELECT 1 IN (1, NULL), 2 IN (1, NULL), NULL IN (1), 1 NOT IN (2, NULL);
SELECT id FROM t WHERE v = ANY (SELECT v FROM t t2 WHERE t2.id <> t.id) ORDER BY id;
SELECT COUNT(*) FROM t WHERE EXISTS (SELECT * FROM t t2 WHERE t2.v = t.v AND t2.id <> t.id);
