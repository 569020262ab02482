-- UPDATE and DELETE: limits, orders, several tables, and what they count.

-- session: update
CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT);
INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30), (4, 2, NULL);
UPDATE t SET v = v + 1;
UPDATE t SET v = v WHERE g = 1;
UPDATE t SET v = 0 WHERE id = 99;
UPDATE t SET g = 5, v = g * 100 WHERE id = 1;
SELECT * FROM t WHERE id = 1;
UPDATE t SET v = v + 1, g = v WHERE id = 2;
SELECT * FROM t WHERE id = 2;
UPDATE t SET v = 7 ORDER BY id DESC LIMIT 2;
SELECT * FROM t ORDER BY id;
UPDATE t SET id = id + 1;
UPDATE t SET id = id + 1 ORDER BY id DESC;
SELECT id FROM t ORDER BY id;
UPDATE t SET v = 1, v = 2 WHERE id = 2;
SELECT v FROM t WHERE id = 2;
UPDATE t SET nothing = 1;
UPDATE t SET v = nothing;
UPDATE t SET v = 1 WHERE nothing = 1;
UPDATE missing SET v = 1;
UPDATE t SET v = 'abc' WHERE id = 2;
UPDATE t AS x SET x.v = 5 WHERE x.id = 3;
UPDATE t SET v = IF(v IS NULL, 0, v), g = CASE WHEN id > 3 THEN 1 ELSE 2 END;
SELECT * FROM t ORDER BY id;
-- ignore: details
UPDATE t SET v = 3 LIMIT 1, 2;

-- session: update of several tables
CREATE TABLE a (id INT PRIMARY KEY, v INT);
CREATE TABLE b (id INT PRIMARY KEY, a_id INT, w INT);
INSERT INTO a VALUES (1, 10), (2, 20), (3, 30);
INSERT INTO b VALUES (1, 1, 100), (2, 1, 200), (3, 2, 300);
UPDATE a JOIN b ON b.a_id = a.id SET a.v = a.v + 1;
SELECT * FROM a ORDER BY id;
UPDATE a, b SET a.v = b.w WHERE b.a_id = a.id AND b.id = 3;
SELECT * FROM a ORDER BY id;
UPDATE a LEFT JOIN b ON b.a_id = a.id SET a.v = -1 WHERE b.id IS NULL;
SELECT * FROM a ORDER BY id;
UPDATE a JOIN b ON b.a_id = a.id SET a.v = 0, b.w = 1 WHERE b.id = 1;
SELECT * FROM b ORDER BY id;
UPDATE a JOIN (SELECT a_id, SUM(w) AS s FROM b GROUP BY a_id) x ON x.a_id = a.id SET a.v = x.s;
SELECT * FROM a ORDER BY id;
-- mysql: error 1221 HY000 (15.2.17 UPDATE Statement)
UPDATE a JOIN b ON b.a_id = a.id SET a.v = 1 ORDER BY a.id;
UPDATE a JOIN b ON b.a_id = a.id SET id = 1;

-- session: delete
CREATE TABLE t (id INT PRIMARY KEY, v INT);
INSERT INTO t VALUES (1, 10), (2, 20), (3, 30), (4, 40), (5, 50);
DELETE FROM t WHERE id = 1;
DELETE FROM t WHERE id = 1;
DELETE FROM t ORDER BY v DESC LIMIT 1;
SELECT id FROM t ORDER BY id;
DELETE FROM t WHERE v > 20 LIMIT 1;
SELECT COUNT(*) FROM t;
-- mysql: affected 0 (15.2.2 DELETE Statement)
DELETE FROM t AS x WHERE x.id = 99;
DELETE FROM t WHERE nothing = 1;
DELETE FROM missing;
DELETE FROM t;
DELETE FROM t;
SELECT COUNT(*) FROM t;

-- session: delete from several tables
CREATE TABLE a (id INT PRIMARY KEY);
CREATE TABLE b (id INT PRIMARY KEY, a_id INT);
INSERT INTO a VALUES (1), (2), (3), (4);
INSERT INTO b VALUES (1, 1), (2, 2), (3, 3), (4, NULL);
DELETE a FROM a JOIN b ON b.a_id = a.id WHERE b.id = 1;
SELECT * FROM a ORDER BY id;
DELETE a, b FROM a JOIN b ON b.a_id = a.id WHERE a.id = 2;
DELETE FROM b USING a JOIN b ON b.a_id = a.id WHERE a.id = 3;
SELECT * FROM a ORDER BY id;
SELECT * FROM b ORDER BY id;
DELETE a FROM a LEFT JOIN b ON b.a_id = a.id WHERE b.id IS NULL AND a.id = 4;
SELECT * FROM a ORDER BY id;
DELETE x FROM a AS x WHERE x.id = 3;
SELECT COUNT(*) FROM a;
DELETE c FROM a JOIN b ON a.id = b.a_id;
DELETE a FROM a JOIN b ON b.a_id = a.id LIMIT 1;
