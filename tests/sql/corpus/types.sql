-- Every column type: what goes in, what comes out, and what is out of range, in the strict mode and out of it.

-- session: integer ranges
CREATE TABLE t (
    a TINYINT, b TINYINT UNSIGNED, c SMALLINT, d SMALLINT UNSIGNED, e MEDIUMINT, f MEDIUMINT UNSIGNED,
    g INT, h INT UNSIGNED, i BIGINT, j BIGINT UNSIGNED
);
INSERT INTO t VALUES (-128, 0, -32768, 0, -8388608, 0, -2147483648, 0, -9223372036854775808, 0);
INSERT INTO t VALUES (127, 255, 32767, 65535, 8388607, 16777215, 2147483647, 4294967295, 9223372036854775807, 18446744073709551615);
SELECT * FROM t ORDER BY a;
INSERT INTO t (a) VALUES (128);
INSERT INTO t (a) VALUES (-129);
INSERT INTO t (b) VALUES (-1);
INSERT INTO t (b) VALUES (256);
INSERT INTO t (c) VALUES (32768);
INSERT INTO t (e) VALUES (8388608);
INSERT INTO t (g) VALUES (2147483648);
INSERT INTO t (h) VALUES (-1);
INSERT INTO t (i) VALUES (9223372036854775808);
INSERT INTO t (j) VALUES (-1);
INSERT INTO t (j) VALUES (18446744073709551616);
UPDATE t SET b = 300 WHERE a = 127;
INSERT INTO t (a, g) VALUES (1, '12');
INSERT INTO t (a, g) VALUES (2, 12.5);
INSERT INTO t (a, g) VALUES (3, -12.5);
INSERT INTO t (a, g) VALUES (4, 1e3);
-- ignore: warnings
INSERT INTO t (a, g) VALUES (5, ' 7 ');
INSERT INTO t (a, g) VALUES (6, TRUE), (7, FALSE), (8, 0x10), (9, b'101');
SELECT a, g FROM t WHERE a BETWEEN 1 AND 9 ORDER BY a;
SELECT COUNT(*) FROM t;

-- session: integer ranges outside the strict mode
SET sql_mode = '';
CREATE TABLE t (id INT PRIMARY KEY, a TINYINT, b TINYINT UNSIGNED, c INT UNSIGNED, d BIGINT);
INSERT INTO t VALUES (1, 128, 256, -1, 9223372036854775808);
SHOW WARNINGS;
INSERT INTO t VALUES (2, -129, -1, 4294967296, -9223372036854775809);
INSERT INTO t VALUES (3, '12abc', 'abc', '', ' 5');
SHOW WARNINGS;
SELECT * FROM t ORDER BY id;
INSERT INTO t (id, a) VALUES (4, NULL);
UPDATE t SET a = 1000 WHERE id = 1;
SELECT a FROM t WHERE id = 1;

-- session: text where a number belongs
CREATE TABLE t (id INT PRIMARY KEY, n INT, d DECIMAL(5,2), f DOUBLE);
INSERT INTO t (id, n) VALUES (1, 'abc');
INSERT INTO t (id, n) VALUES (1, '12abc');
INSERT INTO t (id, n) VALUES (1, '');
-- ignore: error
INSERT INTO t (id, d) VALUES (1, '1.2.3');
INSERT INTO t (id, d) VALUES (1, 'x');
-- mysql: error 1265 01000 (Error reference: WARN_DATA_TRUNCATED)
INSERT INTO t (id, f) VALUES (1, 'x');
INSERT INTO t (id, f) VALUES (1, '1.5e2');
INSERT INTO t (id, n) VALUES (2, '1e2');
INSERT INTO t (id, n) VALUES (3, '1.6');
SELECT * FROM t ORDER BY id;

-- session: decimals
CREATE TABLE t (id INT PRIMARY KEY, a DECIMAL(5,2), b DECIMAL(10), c DECIMAL(65,30), d NUMERIC(6,3), e DECIMAL(4,4));
INSERT INTO t VALUES (1, 123.45, 12, 1.5, 1.25, 0.1234);
INSERT INTO t VALUES (2, 1.005, 1.5, 1e-30, -999.999, 0.99994);
INSERT INTO t VALUES (3, -999.99, 9999999999, 12345678901234567890123456789012345.123456789, 0, 0);
SELECT * FROM t ORDER BY id;
INSERT INTO t (id, a) VALUES (4, 1000);
INSERT INTO t (id, a) VALUES (4, 999.995);
INSERT INTO t (id, e) VALUES (4, 1);
SELECT a + 1, a * 2, a / 3, a * 1.5, -a FROM t WHERE id = 1;
SELECT SUM(a), AVG(a), MIN(a), MAX(a) FROM t;
SELECT id FROM t WHERE a = 123.450 ORDER BY id;
SELECT id, a FROM t ORDER BY a;

-- session: floats and doubles
CREATE TABLE t (id INT PRIMARY KEY, f FLOAT, d DOUBLE, r REAL);
INSERT INTO t VALUES (1, 1.5, 0.1, 2.25), (2, 1e10, 1e300, -1e-10), (3, 3.14159, 3.141592653589793, 0);
SELECT * FROM t ORDER BY id;
SELECT d + 0.2, d * 3, d / 3 FROM t WHERE id = 1;
INSERT INTO t (id, f) VALUES (4, 1e39);
INSERT INTO t (id, d) VALUES (4, '1e400');
SELECT id FROM t WHERE d = 0.1;
SELECT id FROM t WHERE f = 1.5;
SELECT 1e308 * 10;
SELECT AVG(f), SUM(d) FROM t WHERE id IN (1, 3);

-- session: text lengths
CREATE TABLE t (id INT PRIMARY KEY, c CHAR(3), v VARCHAR(5), x TINYTEXT, y TEXT);
INSERT INTO t VALUES (1, 'abc', 'abcde', 'tiny', 'text');
INSERT INTO t VALUES (2, 'a', 'ab', '', '');
INSERT INTO t VALUES (3, 'é', 'ééééé', 'ü', '日本語 😀');
INSERT INTO t (id, c) VALUES (4, 'abcd');
INSERT INTO t (id, v) VALUES (4, 'abcdef');
INSERT INTO t (id, c) VALUES (4, 'a  ');
INSERT INTO t (id, v) VALUES (5, 'abcde   ');
INSERT INTO t (id, x) VALUES (6, REPEAT('x', 256));
SELECT id, c, v, x, y, CHAR_LENGTH(c), CHAR_LENGTH(v), LENGTH(y) FROM t ORDER BY id;
UPDATE t SET v = 'too long' WHERE id = 1;
SELECT id FROM t WHERE c = 'a' ORDER BY id;
SELECT id FROM t WHERE c = 'a   ' ORDER BY id;
SELECT CONCAT('[', c, ']'), CONCAT('[', v, ']') FROM t WHERE id IN (4, 5) ORDER BY id;

-- session: text lengths outside the strict mode
SET sql_mode = '';
CREATE TABLE t (id INT PRIMARY KEY, c CHAR(3), v VARCHAR(5), x TINYTEXT);
INSERT INTO t VALUES (1, 'abcd', 'abcdef', REPEAT('x', 300));
SHOW WARNINGS;
SELECT id, c, v, LENGTH(x) FROM t;
INSERT INTO t (id, v) VALUES (2, 123456);
SELECT v FROM t WHERE id = 2;

-- session: binary strings
CREATE TABLE t (id INT PRIMARY KEY, b BINARY(4), v VARBINARY(4), x BLOB);
INSERT INTO t VALUES (1, 'ab', 'ab', 'ab');
INSERT INTO t VALUES (2, x'00ff', x'00ff', x'deadbeef00');
SELECT * FROM t ORDER BY id;
SELECT id, HEX(b), HEX(v), HEX(x), LENGTH(b), LENGTH(v) FROM t ORDER BY id;
INSERT INTO t (id, b) VALUES (3, 'abcde');
INSERT INTO t (id, v) VALUES (3, 'abcde');
SELECT id FROM t WHERE b = 'ab' ORDER BY id;
SELECT id FROM t WHERE v = 'ab' ORDER BY id;
SELECT id FROM t WHERE v = 'AB' ORDER BY id;
SELECT id FROM t WHERE x = x'deadbeef00';

-- session: dates and times
CREATE TABLE t (id INT PRIMARY KEY, d DATE, t TIME, dt DATETIME, ts TIMESTAMP NULL, y YEAR);
INSERT INTO t VALUES (1, '2024-02-29', '12:34:56', '2024-02-29 12:34:56', '2024-02-29 12:34:56', 2024);
INSERT INTO t VALUES (2, '1000-01-01', '-838:59:59', '1000-01-01 00:00:00', '1970-01-01 00:00:01', 1901);
INSERT INTO t VALUES (3, '9999-12-31', '838:59:59', '9999-12-31 23:59:59', '2038-01-19 03:14:07', 2155);
INSERT INTO t VALUES (4, 20240115, 123456, 20240115123456, '20240115123456', '2024');
INSERT INTO t (id, d, y) VALUES (5, '24-1-5', 99);
INSERT INTO t (id, d, y) VALUES (6, '2024/01/05', 69), (7, '70-01-01', '70');
INSERT INTO t (id, t) VALUES (8, '1:2'), (9, '12'), (10, '1 2:03:04');
SELECT * FROM t ORDER BY id;
INSERT INTO t (id, d) VALUES (20, '2023-02-29');
INSERT INTO t (id, d) VALUES (20, 'tomorrow');
INSERT INTO t (id, d) VALUES (20, '2024-13-01');
INSERT INTO t (id, d) VALUES (20, '0000-00-00');
INSERT INTO t (id, d) VALUES (20, '2024-00-10');
INSERT INTO t (id, dt) VALUES (20, '2024-01-01 25:00:00');
INSERT INTO t (id, t) VALUES (20, '839:00:00');
INSERT INTO t (id, t) VALUES (20, '12:60:00');
INSERT INTO t (id, y) VALUES (20, 1900);
INSERT INTO t (id, ts) VALUES (20, '1969-12-31 23:59:59');
SELECT d + 0, t + 0, dt + 0 FROM t WHERE id = 1;
SELECT id FROM t WHERE d = '2024-02-29';
SELECT id FROM t WHERE dt > '2024-01-20' ORDER BY id;
SELECT id FROM t WHERE d BETWEEN '2024-01-01' AND '2024-12-31' ORDER BY id;
SELECT MIN(d), MAX(d), MIN(t), MAX(dt) FROM t;

-- session: dates outside the strict mode
SET sql_mode = '';
CREATE TABLE t (id INT PRIMARY KEY, d DATE, t TIME, dt DATETIME);
INSERT INTO t VALUES (1, '2023-02-29', '839:00:00', 'nonsense');
SHOW WARNINGS;
INSERT INTO t VALUES (2, '0000-00-00', '12:61:00', '2024-02-30 10:00:00');
INSERT INTO t VALUES (3, '2024-00-10', '00:00:01', '0000-00-00 00:00:00');
SELECT * FROM t ORDER BY id;
SELECT id FROM t WHERE d = 0 ORDER BY id;

-- session: fractions of a second
CREATE TABLE t (id INT PRIMARY KEY, a DATETIME(3), b DATETIME(6), c TIME(2), d TIMESTAMP(1) NULL, e DATETIME);
INSERT INTO t VALUES (1, '2024-01-01 10:00:00.1234', '2024-01-01 10:00:00.123456', '10:00:00.126', '2024-01-01 10:00:00.19', '2024-01-01 10:00:00.6');
-- mysql: rows [(1, '2024-01-01 10:00:00.123000', '2024-01-01 10:00:00.123456', '10:00:00.130000', '2024-01-01 10:00:00.200000', '2024-01-01 10:00:01')] (13.2.6 Fractional Seconds in Time Values)
SELECT * FROM t;
-- mysql: rows [('2024-01-01 10:00:01', '2024-01-01 23:59:59')] (13.2.6 Fractional Seconds in Time Values)
SELECT CAST('2024-01-01 10:00:00.5' AS DATETIME), CAST('2024-01-01 23:59:58.999' AS DATETIME);
SELECT a = '2024-01-01 10:00:00.123', b > a FROM t;
SELECT MICROSECOND(b), MICROSECOND(a) FROM t;

-- session: enumerations and sets
CREATE TABLE t (id INT PRIMARY KEY, e ENUM('small', 'medium', 'large'), s SET('a', 'b', 'c'));
INSERT INTO t VALUES (1, 'small', 'a,c'), (2, 'LARGE', 'c,a,a'), (3, 2, 3), (4, NULL, '');
-- mysql: definitions [(11, 0), (24, 0), (20, 0), (23, 31), (23, 31)] (13.3.6 The ENUM Type)
-- mysql: types LONG STRING STRING DOUBLE DOUBLE (13.3.6 The ENUM Type)
-- mysql: rows [(1, 'small', 'a,c', 1.0, 5.0), (2, 'large', 'a,c', 3.0, 5.0), (3, 'medium', 'a,b', 2.0, 3.0), (4, None, '', None, 0.0)] (13.3.6 The ENUM Type)
SELECT id, e, s, e + 0, s + 0 FROM t ORDER BY id;
SELECT id, e FROM t ORDER BY e, id;
INSERT INTO t (id, e) VALUES (5, 'huge');
INSERT INTO t (id, s) VALUES (5, 'a,x');
INSERT INTO t (id, e) VALUES (5, 4);
SELECT id FROM t WHERE e = 'medium';
SELECT id FROM t WHERE e > 1 ORDER BY id;
SELECT id FROM t WHERE FIND_IN_SET('a', s) ORDER BY id;
SET sql_mode = '';
INSERT INTO t (id, e, s) VALUES (5, 'huge', 'a,x');
-- mysql: definitions [(24, 0), (20, 0), (23, 31)] (13.3.6 The ENUM Type)
-- mysql: types STRING STRING DOUBLE (13.3.6 The ENUM Type)
-- mysql: rows [('', 'a', 0.0)] (13.3.6 The ENUM Type)
SELECT e, s, e + 0 FROM t WHERE id = 5;
SELECT MIN(e), MAX(e) FROM t WHERE id < 4;

-- session: bits
CREATE TABLE t (id INT PRIMARY KEY, b BIT, c BIT(8), d BIT(64));
INSERT INTO t VALUES (1, 1, 255, 18446744073709551615), (2, b'0', b'1010', 0), (3, NULL, 'a', NULL);
SELECT * FROM t ORDER BY id;
SELECT id, b + 0, c + 0, d + 0, BIN(c), HEX(c) FROM t ORDER BY id;
INSERT INTO t (id, b) VALUES (4, 2);
INSERT INTO t (id, c) VALUES (4, 256);
SELECT id FROM t WHERE c = 10;
SELECT BIT_COUNT(c) FROM t WHERE id = 1;

-- session: booleans
CREATE TABLE t (id INT PRIMARY KEY, b BOOLEAN, c BOOL NOT NULL DEFAULT TRUE);
INSERT INTO t (id, b) VALUES (1, TRUE), (2, FALSE), (3, NULL), (4, 2);
SELECT * FROM t ORDER BY id;
SELECT id FROM t WHERE b ORDER BY id;
SELECT id FROM t WHERE b IS TRUE ORDER BY id;
SELECT id FROM t WHERE b = TRUE ORDER BY id;
SELECT id FROM t WHERE b IS NOT TRUE ORDER BY id;
SELECT id FROM t WHERE NOT b ORDER BY id;
SELECT id, b IS UNKNOWN FROM t ORDER BY id;
INSERT INTO t (id, b) VALUES (5, 'true');

-- session: defaults and NULL
CREATE TABLE t (
    id INT AUTO_INCREMENT PRIMARY KEY,
    a INT NOT NULL,
    b INT DEFAULT 5,
    c VARCHAR(10) NOT NULL DEFAULT 'x',
    d DECIMAL(5,2) DEFAULT '1.5',
    e DATE DEFAULT '2020-01-01',
    f INT NULL
);
INSERT INTO t (a) VALUES (1);
INSERT INTO t (b) VALUES (1);
INSERT INTO t (a, c) VALUES (1, NULL);
INSERT INTO t (a, b) VALUES (2, NULL);
INSERT INTO t (a, b, c) VALUES (3, DEFAULT, DEFAULT);
INSERT INTO t () VALUES ();
INSERT INTO t VALUES (NULL, 4, DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO t (a, b) VALUES (DEFAULT, 1);
SELECT * FROM t ORDER BY id;
SELECT DEFAULT(b), DEFAULT(c) FROM t LIMIT 1;
SELECT DEFAULT(a) FROM t LIMIT 1;
UPDATE t SET b = DEFAULT, c = DEFAULT WHERE a = 2;
SELECT a, b, c FROM t WHERE a = 2;
UPDATE t SET a = NULL WHERE a = 2;
UPDATE t SET c = NULL;

-- session: defaults and NULL outside the strict mode
SET sql_mode = '';
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL, b VARCHAR(5) NOT NULL, c DATE NOT NULL);
INSERT INTO t (a) VALUES (1);
SHOW WARNINGS;
INSERT INTO t () VALUES ();
INSERT INTO t (a, b, c) VALUES (2, NULL, '2024-01-01');
INSERT INTO t (a, b, c) VALUES (2, 'x', '2024-01-01'), (3, NULL, '2024-01-01');
SELECT * FROM t ORDER BY id;
UPDATE t SET b = NULL WHERE a = 2;
SELECT b FROM t WHERE a = 2;

-- session: expressions as defaults
CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT (1 + 2), b VARCHAR(20) DEFAULT (CONCAT('a', 'b')), c INT DEFAULT (a * 2));
INSERT INTO t (id) VALUES (1);
INSERT INTO t (id, a) VALUES (2, 10);
SELECT * FROM t ORDER BY id;
CREATE TABLE u (id INT PRIMARY KEY, j TEXT DEFAULT ('text'));
INSERT INTO u (id) VALUES (1);
SELECT * FROM u;

-- session: types of results
CREATE TABLE t (a TINYINT, b SMALLINT, c MEDIUMINT, d INT, e BIGINT, f FLOAT, g DOUBLE, h DECIMAL(5,2), i CHAR(3), j VARCHAR(3),
    k TEXT, l BLOB, m BINARY(3), n VARBINARY(3), o DATE, p TIME, q DATETIME, r TIMESTAMP NULL, s YEAR, u BIT(3), v ENUM('a'), w SET('a'));
SELECT * FROM t;
SELECT a + 1, d + 1, e + 1, f + 1, g + 1, h + 1, i + 1, o + 0 FROM t;
SELECT d / 2, d * 1.5, d DIV 2, d % 2, -d, ABS(d) FROM t;
SELECT SUM(d), AVG(d), MIN(d), MAX(d), COUNT(d), SUM(g), AVG(g), SUM(h), AVG(h), MIN(j), MAX(o) FROM t;
SELECT IF(1, d, e), IF(1, d, g), IF(1, d, h), IF(1, d, j), COALESCE(a, d), IFNULL(o, q) FROM t;
SELECT CONCAT(i, j), UPPER(j), LENGTH(j), SUBSTRING(k, 1, 2), HEX(d) FROM t;
SELECT d = 1, d > 1, d IS NULL, NOT d, d AND 1, j LIKE 'a' FROM t;
SELECT CAST(d AS CHAR), CAST(j AS SIGNED), CAST(j AS UNSIGNED), CAST(j AS DECIMAL(5,1)), CAST(q AS DATE), CAST(o AS DATETIME), CAST(j AS BINARY) FROM t;
SELECT 1 AS a, 1.5 AS b, 1e0 AS c, 'x' AS d, TRUE AS e, DATE '2024-01-01' AS f, TIME '10:00:00' AS g, TIMESTAMP '2024-01-01 10:00:00' AS h, x'41' AS i;
SELECT d FROM t UNION SELECT e FROM t;
SELECT d FROM t UNION SELECT h FROM t;
SELECT d FROM t UNION SELECT j FROM t;
SELECT o FROM t UNION SELECT q FROM t;

-- session: json columns
CREATE TABLE t (id INT PRIMARY KEY, j JSON);
INSERT INTO t VALUES (1, '{"a": 1}'), (2, '[1, 2, 3]'), (3, '"text"'), (4, NULL), (5, 'null');
SELECT id, j FROM t ORDER BY id;
SELECT id, j IS NULL FROM t ORDER BY id;
-- mysql: error 3140 22032 (13.5 The JSON Data Type)
INSERT INTO t VALUES (6, '{broken');

-- session: invalid column definitions
CREATE TABLE t (a VARCHAR);
CREATE TABLE t (a DECIMAL(70, 2));
CREATE TABLE t (a DECIMAL(5, 10));
CREATE TABLE t (a CHAR(300));
CREATE TABLE t (a INT DEFAULT 'abc');
CREATE TABLE t (a TINYINT DEFAULT 300);
CREATE TABLE t (a INT NOT NULL DEFAULT NULL);
-- mysql: error 1064 42000 (Error reference: ER_PARSE_ERROR)
CREATE TABLE t (a NONSENSE);
CREATE TABLE t (a INT, a INT);
CREATE TABLE t (a INT AUTO_INCREMENT);
CREATE TABLE t (a INT AUTO_INCREMENT PRIMARY KEY, b INT AUTO_INCREMENT UNIQUE);
CREATE TABLE t (a DATE DEFAULT 'yesterday');
CREATE TABLE t (e ENUM('a', 'b', 'a'));
