-- User variables, system variables, and what functions tell about the session.

-- session: user variables
SET @a = 1, @b = 'text', @c = 1.5, @d = NULL, @e := 2;
SELECT @a, @b, @c, @d, @e;
SELECT @A, @`a`, @'a', @"a";
SELECT @a + 1, CONCAT(@b, '!'), @a = '1', @d IS NULL;
-- ignore: types
SELECT @never_set;
SELECT @x := 5;
SELECT @x, @x + 1;
SET @n = 0;
SELECT @n := @n + 1 FROM (SELECT 1 UNION ALL SELECT 2) AS two;
SET @a = @a + 10;
SELECT @a;
SET @s = (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE());
SELECT @s;
SET @a = 1, @f = @a + 1;
SELECT @f;
CREATE TABLE t (id INT PRIMARY KEY, v INT);
INSERT INTO t VALUES (@a, @f), (2, 20);
SELECT * FROM t WHERE id = @a;
UPDATE t SET v = (@v := v) + 1 WHERE id = 2;
SELECT @v;
SELECT @total := SUM(v) FROM t;
SELECT @total;
-- connection: b
-- ignore: types
SELECT @a;
-- connection: a
SET @nonsense;
SET @a = nonsense;

-- session: system variables
SELECT @@autocommit, @@session.autocommit, @@SESSION.sql_mode = @@sql_mode;
SET autocommit = 0;
SELECT @@autocommit;
SET SESSION autocommit = ON;
SELECT @@autocommit;
SET @@session.sql_mode = 'ANSI_QUOTES';
SELECT @@sql_mode;
SET sql_mode = DEFAULT;
SET sql_mode = 'NONSENSE';
SET nonsense = 1;
SELECT @@nonsense;
SET autocommit = 'maybe';
SET @@session.max_connections = 5;
SET @@global.autocommit = 1;
SELECT @@global.autocommit;
SET lc_time_names = 'de_DE';
SELECT DAYNAME('2024-02-29'), MONTHNAME('2024-03-01');
SET lc_time_names = DEFAULT;
-- mysql: rows [(1, 1, 1, 'utf8mb4', 'utf8mb4_0900_ai_ci', 1)] (12.4 Connection Character Sets and Collations)
SELECT @@max_allowed_packet > 0, @@version_comment IS NOT NULL, @@lower_case_table_names IN (0, 1, 2), @@character_set_client, @@collation_connection, @@wait_timeout > 0;
SET @old = @@foreign_key_checks, foreign_key_checks = 0;
SELECT @@foreign_key_checks, @old;
SET foreign_key_checks = @old;
SET div_precision_increment = 2;
SELECT 1 / 3;
SET sql_select_limit = 1;
SELECT 1 UNION SELECT 2 ORDER BY 1;
SET sql_select_limit = DEFAULT;
SHOW VARIABLES LIKE 'autocommit';
SHOW SESSION VARIABLES WHERE Variable_name = 'autocommit';
SHOW VARIABLES LIKE 'nothing_like_this';

-- session: what the session knows
SELECT DATABASE(), SCHEMA();
SELECT CONNECTION_ID() > 0, CONNECTION_ID() = CONNECTION_ID(), USER() LIKE '%@%', CURRENT_USER() LIKE '%@%', SESSION_USER() = USER(), VERSION() = @@version;
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v INT);
INSERT INTO t (v) VALUES (1), (2), (3);
SELECT LAST_INSERT_ID();
SELECT ROW_COUNT();
INSERT INTO t (v) VALUES (4);
SELECT ROW_COUNT(), LAST_INSERT_ID();
UPDATE t SET v = v + 1 WHERE v > 2;
SELECT ROW_COUNT();
UPDATE t SET v = v;
SELECT ROW_COUNT();
DELETE FROM t WHERE v = 1;
SELECT ROW_COUNT();
SELECT * FROM t ORDER BY id LIMIT 1;
SELECT ROW_COUNT();
CREATE TABLE u (id INT);
SELECT ROW_COUNT();
SELECT LAST_INSERT_ID(42);
SELECT LAST_INSERT_ID();
UPDATE t SET id = LAST_INSERT_ID(id + 100) WHERE v = 2;
SELECT LAST_INSERT_ID();
INSERT INTO t VALUES (500, 9);
SELECT LAST_INSERT_ID();
INSERT INTO u VALUES (7);
SELECT LAST_INSERT_ID();
INSERT INTO t VALUES (500, 1);
SELECT ROW_COUNT();
SELECT SQL_CALC_FOUND_ROWS id FROM t ORDER BY id LIMIT 1;
SELECT FOUND_ROWS();
SELECT id FROM t ORDER BY id LIMIT 2;
SELECT FOUND_ROWS();
-- connection: b
SELECT LAST_INSERT_ID();
-- connection: a
DO 1;
DO SLEEP(0), 1 + 1;
DO nonsense;
SELECT SLEEP(0), BENCHMARK(2, 1 + 1), GET_LOCK('corpus', 0), IS_FREE_LOCK('corpus'), IS_USED_LOCK('corpus') = CONNECTION_ID(), RELEASE_LOCK('corpus'), RELEASE_LOCK('corpus');
