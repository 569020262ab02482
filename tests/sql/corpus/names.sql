-- Names: across databases, quoted, in other cases, reserved.

-- session: across databases
DROP DATABASE IF EXISTS names_other;
CREATE DATABASE names_other CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10));
CREATE TABLE names_other.t (id INT PRIMARY KEY, w VARCHAR(10));
INSERT INTO t VALUES (1, 'here');
INSERT INTO names_other.t VALUES (1, 'there');
SELECT * FROM names_across_databases.t;
SELECT a.v, b.w FROM t a JOIN names_other.t b ON a.id = b.id;
SELECT names_across_databases.t.v, names_other.t.w FROM t, names_other.t;
SELECT t.v FROM t JOIN names_other.t ON 1 = 1;
INSERT INTO names_other.t SELECT id + 10, v FROM t;
SELECT * FROM names_other.t ORDER BY id;
UPDATE t JOIN names_other.t AS o ON o.id = t.id SET t.v = o.w;
SELECT v FROM t;
SELECT names_other.t.w FROM names_other.t ORDER BY names_other.t.id LIMIT 1;
CREATE TABLE names_other.copy LIKE t;
CREATE TABLE copied AS SELECT * FROM names_other.t;
RENAME TABLE copied TO names_other.moved;
SELECT COUNT(*) FROM names_other.moved;
-- mysql: error 1049 42000 (Error reference: ER_BAD_DB_ERROR)
SELECT * FROM nowhere.t;
SELECT * FROM names_other.missing;
SHOW TABLES FROM names_other;
DROP TABLE names_other.t;
DROP DATABASE names_other;
-- mysql: error 1049 42000 (Error reference: ER_BAD_DB_ERROR)
SELECT * FROM names_other.t;

-- session: quotes and cases
CREATE TABLE `order` (`select` INT, `with space` INT, `ÄÖ` INT, `a``b` INT);
INSERT INTO `order` (`select`, `with space`, `ÄÖ`, `a``b`) VALUES (1, 2, 3, 4);
SELECT * FROM `order`;
SELECT `select`, `with space` + 1, `order`.`ÄÖ`, `a``b` FROM `order`;
SELECT SELECT FROM `order`;
SELECT * FROM order;
CREATE TABLE MixedCase (Id INT, camelCase INT);
INSERT INTO MixedCase (ID, CAMELCASE) VALUES (1, 2);
SELECT id, CamelCase FROM MixedCase;
SELECT Id AS ID FROM MixedCase WHERE iD = 1;
SELECT * FROM mixedcase;
SELECT M.Id FROM MixedCase AS M;
CREATE TABLE t (status INT, type INT, date DATE, value INT, name INT, user INT, password INT, position INT, count INT, year INT, text TEXT, time TIME, timestamp TIMESTAMP NULL);
INSERT INTO t (status, type, date, value, name, count, year) VALUES (1, 2, '2024-01-01', 3, 4, 5, 6);
SELECT status, type, date, value, name, count, year FROM t;
CREATE TABLE u (key INT);
CREATE TABLE u (index INT);
-- mysql: error 1064 42000 (11.3 Keywords and Reserved Words)
CREATE TABLE u (rank INT);
-- mysql: error 1064 42000 (11.3 Keywords and Reserved Words)
CREATE TABLE w (system INT);
-- mysql: error 1059 42000 (Error reference: ER_TOO_LONG_IDENT)
CREATE TABLE `name that is far longer than the sixty-four characters that a name may have` (id INT);
CREATE TABLE `ends with space ` (id INT);
CREATE TABLE `` (id INT);
CREATE TABLE 1a (id INT);
CREATE TABLE `1` (`1` INT);
SELECT `1`, 1 FROM `1`;
/*! CREATE TABLE conditional (id INT) */;
SHOW TABLES LIKE 'conditional';
/*!99999 CREATE TABLE never (id INT) */ SELECT 1;
