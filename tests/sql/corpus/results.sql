# What result sets say of values whose texts are not the values' own: zeros in front, years, bits, members, bytes.

-- session: numbers with zeros in front
CREATE TABLE t (a INT(5) ZEROFILL, b SMALLINT ZEROFILL, c DECIMAL(6,2) ZEROFILL, d FLOAT ZEROFILL, e BIGINT ZEROFILL,
    f DOUBLE(8,3) ZEROFILL, g TINYINT ZEROFILL, h MEDIUMINT(3) ZEROFILL, i DECIMAL(4) ZEROFILL NOT NULL);
INSERT INTO t VALUES (42, 7, 1.5, 2.5, 99, 3.25, 5, 12345, 6), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0);
SELECT * FROM t ORDER BY i;
-- mysql: definitions [(20, 31), (20, 31), (28, 31), (48, 31), (80, 31), (32, 31), (12, 31), (12, 31), (16, 31)] (13.1.6 Numeric Type Attributes)
SELECT CONCAT(a), CONCAT(b), CONCAT(c), CONCAT(d), CONCAT(e), CONCAT(f), CONCAT(g), CONCAT(h), CONCAT(i) FROM t ORDER BY i;
SELECT LENGTH(a), LEFT(b, 3), UPPER(e), REPLACE(g, '0', 'o'), CAST(c AS CHAR), CONCAT_WS(',', b, i) FROM t ORDER BY i;
SELECT a LIKE '00%', a = '42', a = '00042', b + 0, a IN ('42'), COALESCE(b, 'none') FROM t ORDER BY i;
SELECT COUNT(a), SUM(b), MAX(i), MIN(c) FROM t;
SELECT x.a FROM (SELECT a FROM t WHERE a > 1) AS x;
SELECT a FROM t WHERE a = 42 UNION ALL SELECT a FROM t WHERE a < 1;
SELECT GROUP_CONCAT(i ORDER BY i) FROM t;

-- session: years of two digits are stored
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, y YEAR);
INSERT INTO t (y) VALUES (0), ('0'), ('00'), ('000'), ('0000'), ('00000'), (1), (69), (70), (99), ('1'), ('69'), ('70'), ('070'), ('0070'), (NULL);
-- ignore: warnings, info
INSERT INTO t (y) VALUES (70.5), ('70.5'), ('2000'), (1901), (2155), (' 5 '), (TRUE), (2e3);
INSERT INTO t (y) VALUES (100);
INSERT INTO t (y) VALUES (1900);
INSERT INTO t (y) VALUES (2156);
INSERT INTO t (y) VALUES (-1);
INSERT INTO t (y) VALUES ('');
INSERT INTO t (y) VALUES ('abc');
INSERT INTO t (y) VALUES ('2000-01-01');
SELECT id, y, CONCAT(y), y + 0 FROM t ORDER BY id;
SET sql_mode = '';
-- ignore: warnings
INSERT INTO t (y) VALUES (100), (2156), (''), ('abc'), (-1), ('5x');
SELECT id, y, CONCAT(y), y + 0 FROM t ORDER BY id DESC LIMIT 6;

-- session: years of dates
CREATE TABLE t (y YEAR, d DATE, m DATETIME);
-- mysql: affected 1 (13.2.4 The YEAR Type)
INSERT INTO t VALUES (DATE '2004-02-29', '2005-03-01', '2006-04-02 10:00:00');
-- mysql: rows [(2004,)] (13.2.4 The YEAR Type)
SELECT y FROM t;

-- session: years are compared with two digits
CREATE TABLE t (id INT PRIMARY KEY, y YEAR, n INT, KEY (y));
INSERT INTO t VALUES (1, 1970, 70), (2, 2069, 69), (3, 2000, 0), (4, 0, 0), (5, 2001, 1), (6, NULL, 70), (7, 1999, 99);
SELECT id FROM t WHERE y = 70 ORDER BY id;
SELECT id FROM t WHERE y = '70' ORDER BY id;
SELECT id FROM t WHERE 70 = y ORDER BY id;
SELECT id FROM t WHERE y <=> 70 ORDER BY id;
SELECT id FROM t WHERE y <> 70 ORDER BY id;
SELECT id FROM t WHERE y IN (1, '99', 2000) ORDER BY id;
SELECT id FROM t WHERE y IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 70) ORDER BY id;
SELECT id FROM t WHERE y NOT IN (1, 99) ORDER BY id;
SELECT id FROM t WHERE y BETWEEN 70 AND 99 ORDER BY id;
SELECT id FROM t WHERE y BETWEEN 70 AND 1 ORDER BY id;
SELECT id FROM t WHERE y < 70 ORDER BY id;
SELECT id FROM t WHERE y > 69 ORDER BY id;
SELECT id FROM t WHERE y = 0 ORDER BY id;
SELECT id FROM t WHERE y = '0' ORDER BY id;
SELECT id FROM t WHERE y = '0000' ORDER BY id;
SELECT id FROM t WHERE y = 100 ORDER BY id;
SELECT id FROM t WHERE y + 0 = 70 ORDER BY id;
SELECT id FROM t WHERE y = n ORDER BY id;
SELECT y = 70, y = '99', y > 1 FROM t ORDER BY id;
SELECT a.id, b.id FROM t a JOIN t b ON a.y = b.y AND a.y = 69 ORDER BY 1, 2;
SELECT MAX(y), MIN(y) FROM t;
UPDATE t SET n = 1 WHERE y = 70;
DELETE FROM t WHERE y = 99;
SELECT id, y, n FROM t ORDER BY id;

-- session: bits among texts and numbers
CREATE TABLE t (id INT PRIMARY KEY, b BIT(10), c BIT(64), o BIT(1));
INSERT INTO t VALUES (1, 5, 18446744073709551615, 1), (2, 0, 0, 0), (3, NULL, NULL, NULL), (4, 100, 65, b'1');
SELECT * FROM t ORDER BY id;
SELECT b + 0, c + 0, o + 0, -b, b * 2, b | 1, ~o FROM t ORDER BY id;
SELECT CONCAT(b), CONCAT(b, 'a'), LEFT(b, 1), REVERSE(b), UPPER(b), TRIM(b), LPAD(b, 3, 'x') FROM t ORDER BY id;
SELECT HEX(b), HEX(CONCAT(b)), BIN(b), OCT(b), LENGTH(b), CHAR_LENGTH(b), ASCII(b), CAST(b AS CHAR), HEX(CAST(b AS BINARY)) FROM t ORDER BY id;
SELECT COALESCE(b, 'x'), IFNULL(b, 'x'), IF(o, b, 'x'), CASE WHEN o THEN b ELSE 'x' END FROM t ORDER BY id;
SELECT b = 5, b > 4, b IN (5, 100), b = b'101', o = TRUE, o IS TRUE FROM t ORDER BY id;
SELECT SUM(b), AVG(b), COUNT(b), BIT_OR(b) FROM t;
SELECT id FROM t WHERE o ORDER BY id;
SELECT b FROM t WHERE id = 1 UNION ALL SELECT b FROM t WHERE id = 2;
SELECT x.b FROM (SELECT b FROM t WHERE id = 1) AS x;

-- session: members among texts and numbers
CREATE TABLE t (id INT PRIMARY KEY, e ENUM('x','yy','zzz'), s SET('a','b','c'), n ENUM('1','2') NOT NULL);
INSERT INTO t VALUES (1, 'yy', 'a,c', '2'), (2, NULL, '', '1'), (3, 'x', NULL, '1');
SELECT * FROM t ORDER BY id;
SELECT CONCAT(e, s), UPPER(e), LENGTH(s), COALESCE(e, s), IF(id > 1, e, s), COALESCE(e, 1), e = 2, s = 5, e = 'yy', e < 'z' FROM t ORDER BY id;
SELECT s & 1, e | 0 FROM t ORDER BY id;
SELECT GROUP_CONCAT(e ORDER BY id), COUNT(s) FROM t;
SELECT e FROM t WHERE id = 1 UNION ALL SELECT e FROM t WHERE id = 3;
SELECT e FROM t WHERE id = 1 UNION ALL SELECT s FROM t WHERE id = 1;
SELECT e FROM t WHERE id = 1 UNION ALL SELECT 1;
SELECT x.e, x.s, x.n FROM (SELECT e, s, n FROM t WHERE id = 1) AS x;
SELECT e, s FROM t ORDER BY e, s;
SELECT n FROM t WHERE n = 1 ORDER BY id;

-- session: bytes in functions of texts
CREATE TABLE t (b VARBINARY(5), c BINARY(3), d BLOB);
INSERT INTO t VALUES (x'61ff', x'fe', x'c3a9ff');
SELECT b, c, d, CONCAT(b), CONCAT(b, 'x'), CONCAT_WS('-', b, c), REPLACE(b, 'a', 'x'), QUOTE(b), MAKE_SET(3, b, c) FROM t;
SELECT LEFT(b, 1), RIGHT(b, 1), SUBSTRING(b, 2), REVERSE(b), LPAD(b, 4, 'x'), RPAD(b, 4, 'x'), REPEAT(b, 2), UPPER(b), LOWER(b) FROM t;
SELECT INSERT(b, 1, 1, x'7a7a'), TRIM(b), TRIM(x'ff' FROM b), LTRIM(b), RTRIM(b), SUBSTRING_INDEX(b, 'a', 1), ELT(1, b, 'x') FROM t;
SELECT LENGTH(d), CHAR_LENGTH(d), ORD(d), ASCII(d), LOCATE(x'ff', d), INSTR(d, x'a9'), FIND_IN_SET(b, 'x'), HEX(b), TO_BASE64(b) FROM t;
SELECT COALESCE(b, 'x'), IF(1, b, 'x'), IFNULL(NULL, b), NULLIF(b, 'x'), GREATEST(b, 'a') FROM t;
SELECT b = 'a', b LIKE 'a%', b < 'b', STRCMP(b, 'a'), b IN ('a', x'61ff') FROM t;
SELECT b FROM t UNION ALL SELECT 'text';
SELECT GROUP_CONCAT(b), LENGTH(GROUP_CONCAT(b)) FROM t;

-- session: doubles with digits that are fixed
CREATE TABLE t (d DOUBLE(8,3), f FLOAT(8,2), e DOUBLE);
INSERT INTO t VALUES (3.25, 2.5, 1), (-1, 100, 0.125);
SELECT * FROM t ORDER BY e;
SELECT CONCAT(d), CONCAT(f), CONCAT(e), CONCAT(d * 2), CONCAT(d + e), CAST(d AS CHAR) FROM t ORDER BY e;
SELECT d * 2, d + f, d + e, d - 1, d / 4, ABS(d), ROUND(d, 1), MAX(d), SUM(d), AVG(d) FROM t GROUP BY d, f, e ORDER BY e;

-- session: literals with a character set
SELECT _latin1'é' AS a, LENGTH(_latin1'é') AS b, _utf8mb4'é' AS c, HEX(_utf16'ab') AS d, _latin1 x'e9' AS e, LENGTH(_utf16 x'0041') AS f, _binary'é' AS g;
SELECT _utf8mb4 x'ff';
SELECT _utf8mb4 b'11111111';
SELECT _utf8mb3 x'f09f9880';
SELECT _utf8mb4 x'41c3' AS a;
SELECT _utf16 x'd800' AS a;
SELECT _utf16 x'41' AS a;
SELECT CHARSET(_latin1'a'), COLLATION(_latin1'a'), _latin1'abc' = 'abc';

-- session: moments change their types in another time zone
SET time_zone = '+02:00';
CREATE TABLE t (id INT PRIMARY KEY, a TIMESTAMP NULL, b DATETIME, c TIMESTAMP NULL, d TIMESTAMP NULL, e VARCHAR(30), f TIMESTAMP(3) NULL);
INSERT INTO t VALUES (1, '2024-01-01 12:00:00', '2024-01-01 12:00:00', '2024-01-01 12:00:00', '2024-01-01 03:30:00', '2024-05-05 05:05:05', '2024-01-01 12:00:00.25'), (2, NULL, NULL, NULL, NULL, NULL, NULL);
SET time_zone = '-05:00';
ALTER TABLE t MODIFY a DATETIME, MODIFY b TIMESTAMP NULL, MODIFY c TIMESTAMP(3) NULL, MODIFY d DATE, MODIFY e TIMESTAMP NULL, MODIFY f VARCHAR(30);
SELECT * FROM t ORDER BY id;
SET time_zone = '+00:00';
SELECT * FROM t ORDER BY id;

-- session: set operations of types
CREATE TABLE t (a TINYINT, b SMALLINT UNSIGNED, c INT, d BIGINT UNSIGNED, f FLOAT, g DOUBLE, h DECIMAL(5,2), i CHAR(3), j VARCHAR(3),
    k TEXT, l BLOB, o DATE, p TIME, q DATETIME(3), s YEAR);
-- mysql: types INT24 (14.5 Flow Control Functions)
SELECT a FROM t UNION SELECT b FROM t;
SELECT a FROM t UNION SELECT c FROM t UNION SELECT d FROM t;
SELECT b FROM t UNION SELECT d FROM t;
SELECT h FROM t UNION SELECT c FROM t;
SELECT h FROM t UNION SELECT g FROM t;
SELECT i FROM t UNION SELECT j FROM t;
-- mysql: definitions [(262140, 0)] (13.3.4 The BLOB and TEXT Types)
SELECT j FROM t UNION SELECT k FROM t;
SELECT i FROM t UNION SELECT 'longer';
SELECT k FROM t UNION SELECT l FROM t;
SELECT o FROM t UNION SELECT q FROM t;
SELECT p FROM t UNION SELECT q FROM t;
SELECT o FROM t UNION SELECT j FROM t;
SELECT a FROM t UNION SELECT NULL;
SELECT NULL UNION SELECT j FROM t;
SELECT a, j FROM t UNION SELECT j, a FROM t;
SELECT a FROM t INTERSECT SELECT c FROM t;
SELECT c FROM t EXCEPT SELECT a FROM t;
SELECT x.* FROM (SELECT a AS n, j FROM t UNION SELECT c, i FROM t) AS x;
