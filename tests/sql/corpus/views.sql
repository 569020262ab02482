-- Views.

-- session: views
CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT);
INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30);
CREATE VIEW plain AS SELECT id, v FROM t WHERE g = 1;
SELECT * FROM plain ORDER BY id;
CREATE VIEW named (a, b) AS SELECT id, v * 2 FROM t;
SELECT a, b FROM named ORDER BY a;
CREATE VIEW totals AS SELECT g, SUM(v) AS s, COUNT(*) AS n FROM t GROUP BY g;
SELECT * FROM totals ORDER BY g;
CREATE VIEW plain AS SELECT 1 AS one;
CREATE OR REPLACE VIEW plain AS SELECT id, v, g FROM t WHERE g = 1;
SELECT * FROM plain ORDER BY id;
INSERT INTO plain (id, v, g) VALUES (4, 40, 1);
UPDATE plain SET v = 99 WHERE id = 1;
DELETE FROM plain WHERE id = 2;
SELECT * FROM t ORDER BY id;
UPDATE totals SET s = 1;
INSERT INTO totals VALUES (1, 2, 3);
DELETE FROM totals;
CREATE VIEW checked AS SELECT id, g FROM t WHERE g = 1 WITH CHECK OPTION;
INSERT INTO checked VALUES (5, 2);
INSERT INTO checked VALUES (5, 1);
CREATE VIEW over_view AS SELECT MAX(id) AS m FROM plain;
SELECT * FROM over_view;
SELECT p.id, n.b FROM plain p JOIN named n ON n.a = p.id ORDER BY p.id;
-- ignore: rows
DESCRIBE plain;
SHOW FULL TABLES WHERE Table_type = 'VIEW';
ALTER VIEW plain AS SELECT id FROM t;
SELECT * FROM plain ORDER BY id;
CREATE VIEW broken AS SELECT nothing FROM t;
CREATE VIEW broken AS SELECT * FROM missing;
CREATE VIEW broken (a) AS SELECT 1, 2;
CREATE VIEW twice AS SELECT id, id FROM t;
CREATE VIEW t AS SELECT 1;
CREATE TABLE plain (id INT);
DROP VIEW plain;
-- mysql: error 1051 42S02 (15.1.35 DROP VIEW Statement)
DROP VIEW plain;
-- mysql: warnings [('Note', 1051)] (15.1.35 DROP VIEW Statement)
DROP VIEW IF EXISTS plain;
-- mysql: error 1347 HY000 (Error reference: ER_WRONG_OBJECT)
DROP VIEW t;
-- mysql: error 1051 42S02 (15.1.32 DROP TABLE Statement)
DROP TABLE named;
DROP TABLE t;
SELECT * FROM named;
DROP VIEW named, totals;
-- ignore: rows
SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1;

-- session: changes through views in joins
CREATE TABLE t (id INT PRIMARY KEY, a INT, s VARCHAR(5));
CREATE TABLE u (id INT PRIMARY KEY, t_id INT, b INT);
INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c');
INSERT INTO u VALUES (1, 1, 5), (2, 1, 6), (3, 2, 7);
CREATE VIEW v AS SELECT id, a AS aa, s, a + 1 AS inc FROM t WHERE a > 15;
CREATE VIEW w AS SELECT id AS k, t_id, b FROM u;
CREATE VIEW ag AS SELECT a, COUNT(*) AS n FROM t GROUP BY a;
UPDATE v JOIN w ON w.t_id = v.id SET v.aa = v.aa + w.b, s = 'x';
SELECT * FROM t ORDER BY id;
UPDATE v, u SET v.aa = inc, u.b = 2 WHERE u.t_id = v.id;
SELECT * FROM t ORDER BY id;
SELECT * FROM u ORDER BY id;
UPDATE t JOIN v ON t.id = v.id SET v.s = 'z' WHERE v.aa IN (SELECT a FROM u JOIN ag ON 1);
UPDATE v AS x LEFT JOIN w ON w.t_id = x.id SET x.s = 'y' WHERE w.k IS NULL;
UPDATE w LEFT JOIN v ON w.t_id = v.id SET w.b = IFNULL(v.aa, -1);
SELECT * FROM t ORDER BY id;
SELECT * FROM u ORDER BY id;
UPDATE u JOIN v ON u.t_id = v.id SET v.inc = 5;
UPDATE u JOIN ag ON 1 SET ag.n = 1;
DELETE w FROM v LEFT JOIN w ON w.t_id = v.id WHERE v.aa > 0;
DELETE FROM v, w USING v JOIN w ON v.id > w.k;
SELECT * FROM t ORDER BY id;
SELECT * FROM u ORDER BY id;
DELETE ag FROM ag JOIN t;
