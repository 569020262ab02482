-- Operators, precedence, and what is made of values of other types.

-- session: arithmetic
SELECT 1 + 2, 5 - 7, 3 * 4, 7 / 2, 7 DIV 2, 7 % 2, 7 MOD 2, -7 DIV 2, -7 % 2, 7 % -2;
SELECT 1 / 3, 2 / 3, 10 / 4, 1.0 / 3, 1e0 / 3, 0.1 + 0.2, 0.1e0 + 0.2e0;
SELECT 1 / 0, 1 DIV 0, 1 % 0, MOD(5, 0);
SELECT 5.5 DIV 2, 5.5 % 2, -5.5 % 2, MOD(10.5, 3);
SELECT 1.10 + 2.2, 1.10 * 2.20, 3 * 1.5, 1.5 - 1.5;
SELECT 2 * (3 + 4), 2 * 3 + 4, -2 - -3, - (5), +5;
SELECT 9223372036854775807 + 1;
SELECT 9223372036854775807 * 2;
SELECT -9223372036854775808 - 1;
SELECT 9223372036854775807, 9223372036854775808, 18446744073709551615, 18446744073709551616;
SELECT 18446744073709551615 + 1;
SELECT CAST(1 AS UNSIGNED) - 2;
SELECT ABS(-9223372036854775808);
SELECT 0.1 + 1, 1.0, 1.50, 100.000, .5, 5.;
SELECT 1e3, 1.5e-3, 1E10, -1e0;
SELECT 1000000 * 1000000, 99999999999 * 10;
-- mysql: definitions [(17, 0), (17, 0), (4, 4), (17, 0), (2, 0)] (14.6.1 Arithmetic Operators)
SELECT NULL + 1, NULL * 0, NULL / 1, -NULL, 1 DIV NULL;

-- session: division by zero when written
CREATE TABLE t (id INT PRIMARY KEY, v INT);
INSERT INTO t VALUES (1, 1 / 0);
SELECT 1 / 0;
SHOW WARNINGS;
UPDATE t SET v = 5 % 0;
SET sql_mode = '';
INSERT INTO t VALUES (1, 1 / 0);
SELECT * FROM t;

-- session: comparisons
SELECT 1 = 1, 1 = 2, 1 <> 2, 1 != 1, 1 < 2, 2 <= 2, 3 > 4, 4 >= 4;
SELECT NULL = NULL, NULL <=> NULL, 1 <=> NULL, 1 <=> 1, NULL <> 1, NULL < 1;
-- mysql: rows [(1, 0, 1, 1, 0, 1, 1, 0, 0)] (12.4 Connection Character Sets and Collations)
SELECT 'a' = 'A', 'a' = 'a ', 'a' < 'b', 'a' = 'á', 'ß' = 's', 'abc' < 'abd', '10' < '9', 10 < 9, '10' < 9;
SELECT 1 = '1', 1 = '1.0', 1 = '01', '1' = '01', 0 = 'abc', 1 = '1abc', 1 = TRUE, 'a' = 0;
SHOW WARNINGS;
SELECT 1.5 = '1.50', 0.1 = 0.1e0, 1 = 1.0, '1e1' = 10;
SELECT 5 BETWEEN 1 AND 10, 5 NOT BETWEEN 1 AND 10, 'b' BETWEEN 'a' AND 'c', NULL BETWEEN 1 AND 2, 5 BETWEEN NULL AND 2, 5 BETWEEN 10 AND 1;
SELECT 1 IN (1, 2), 3 IN (1, 2), NULL IN (1), 1 IN (NULL), 1 IN (1, NULL), 1 NOT IN (2, NULL), 'a' IN ('A', 'b');
SELECT 1 IS TRUE, 0 IS FALSE, NULL IS UNKNOWN, 2 IS TRUE, NULL IS NOT TRUE, 0 IS NOT NULL, ISNULL(NULL), ISNULL(1);
-- ignore: types
-- mysql: definitions [(2, 0), (2, 0), (4, 31), (2, 0), (4, 1), (2, 0)] (14.4.2 Comparison Functions and Operators, LEAST)
SELECT GREATEST(1, 5, 3), LEAST(4, 2, 9), GREATEST('a', 'c', 'b'), LEAST(1, NULL), GREATEST(1, 2.5), INTERVAL(5, 1, 4, 6);
SELECT DATE '2024-01-01' = '2024-01-01', DATE '2024-01-01' < TIMESTAMP '2024-01-01 00:00:01', '2024-1-1' = DATE '2024-01-01';
SELECT (1, 2) = (1, 2), (1, 2) < (1, 3), (1, NULL) = (1, 2), (1, NULL) <=> (1, NULL), (2, NULL) = (1, 2);
SELECT (1, 2) = (1, 2, 3);
SELECT 1 < 2 < 3, 3 > 2 > 1, 1 = 1 = 1;

-- session: logic
SELECT 1 AND 1, 1 AND 0, 1 AND NULL, 0 AND NULL, NULL AND NULL;
SELECT 1 OR 0, 0 OR 0, 0 OR NULL, 1 OR NULL, NULL OR NULL;
SELECT NOT 1, NOT 0, NOT NULL, !1, NOT 5, NOT 'a', !0 + 1;
SELECT 1 XOR 0, 1 XOR 1, 1 XOR NULL;
SELECT 1 && 1, 0 || 1;
SELECT 1 OR 0 AND 0, (1 OR 0) AND 0, NOT 1 = 2, NOT 0 AND 0;
SELECT TRUE, FALSE, true + true, NOT TRUE;
SELECT 'a' AND 1, '1' AND 1, '0' OR 0, 0.5 AND 1, 0.0 OR 0;

-- session: bits
SELECT 5 & 3, 5 | 3, 5 ^ 3, ~0, ~5, 1 << 4, 256 >> 3, 1 << 63, 1 << 64, -1 >> 60;
SELECT 5 & NULL, BIT_COUNT(7), BIT_COUNT(-1), 1.6 | 0, '3' & 1;
SELECT 1 | 2 & 3, 1 + 1 << 2, 6 ^ 2 * 2;

-- session: text as numbers
SELECT '1abc' + 1;
SHOW WARNINGS;
-- ignore: warnings
SELECT 'abc' + 1, '' + 1, ' 5 ' + 1, '1e2' + 0, '0x10' + 0, '-3' * 2, '1.5' + '1.5', '5' / 2, '7' DIV 2;
SELECT CONCAT(1, 2), CONCAT(1.50, 'x'), CONCAT(1e3, ''), CONCAT(NULL, 'x'), CONCAT(TRUE), CONCAT(DATE '2024-01-01', 'x');
SELECT 'a' || 'b';
SET sql_mode = 'PIPES_AS_CONCAT';
SELECT 'a' || 'b', 1 || 2;
SET sql_mode = 'ANSI_QUOTES';
SELECT "nothing";
SET sql_mode = 'NO_BACKSLASH_ESCAPES';
SELECT 'a\b', LENGTH('\\');

-- session: case and conditions
SELECT CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END, CASE 9 WHEN 1 THEN 'one' END;
SELECT CASE WHEN 1 > 2 THEN 'a' WHEN NULL THEN 'b' ELSE 'c' END, CASE NULL WHEN NULL THEN 1 ELSE 2 END;
SELECT IF(1, 'yes', 'no'), IF(NULL, 1, 2), IF(0, 1, NULL), IF('a', 1, 2), IF(0.4, 1, 2);
SELECT IFNULL(NULL, 'x'), IFNULL(1, 2), NULLIF(1, 1), NULLIF(1, 2), NULLIF('a', 'A'), COALESCE(NULL, NULL, 3), COALESCE(NULL);
SELECT CASE WHEN 1 THEN 1 ELSE 1.5 END, CASE WHEN 1 THEN 1 ELSE 'x' END, IFNULL(1, 'x'), IF(1, 1, 1.50), COALESCE(1, 2.5);

-- session: patterns
SELECT 'abc' LIKE 'a%', 'abc' LIKE 'A_C', 'abc' LIKE 'b%', 'abc' LIKE '%', '' LIKE '%', '' LIKE '_', NULL LIKE 'a', 'a' LIKE NULL;
SELECT 'a%c' LIKE 'a\%c', 'abc' LIKE 'a\%c', 'a_c' LIKE 'a\_c', 'a%c' LIKE 'a|%c' ESCAPE '|', 'a\\b' LIKE 'a\\\\b';
SELECT 'abc' NOT LIKE 'a%', 'é' LIKE 'e', 'abc' LIKE BINARY 'ABC', 12 LIKE '1%', 'abc ' LIKE 'abc', 'abc' LIKE 'abc ';
SELECT 'abc' REGEXP '^a', 'abc' REGEXP 'B', 'abc' REGEXP '^b', 'abc' RLIKE 'c$', 'abc' NOT REGEXP 'x', NULL REGEXP 'a', 'a1' REGEXP '[0-9]+';
-- mysql: definitions [(4294967295, 31), (24, 31), (21, 0)] (14.8.2 Regular Expressions)
SELECT REGEXP_REPLACE('a1b22', '[0-9]+', '#'), REGEXP_SUBSTR('abc123', '[0-9]+'), REGEXP_INSTR('abc123', '[0-9]');
-- mysql: fails (14.8.2 Regular Expressions)
SELECT 'a' REGEXP '(';
SELECT 'foo.bar' REGEXP 'foo\\.bar', 'fooxbar' REGEXP 'foo\\.bar', 'line1\nline2' REGEXP '^line2';
SELECT STRCMP('a', 'b'), STRCMP('b', 'a'), STRCMP('a', 'A'), STRCMP(NULL, 'a');

-- session: casts
SELECT CAST('12' AS SIGNED), CAST('12.7' AS SIGNED), CAST(12.7 AS SIGNED), CAST(-12.5 AS SIGNED), CAST('abc' AS SIGNED), CAST('12abc' AS UNSIGNED);
-- ignore: warnings
SELECT CAST(-1 AS UNSIGNED), CAST(1.5 AS DECIMAL), CAST('1.567' AS DECIMAL(5,2)), CAST(1 AS DECIMAL(5,3)), CAST('x' AS DECIMAL(5,2)), CAST(12345 AS DECIMAL(3,1));
SELECT CAST(123 AS CHAR), CAST(123 AS CHAR(2)), CAST('abc' AS BINARY(5)), CAST(1.50 AS CHAR), CAST(1e20 AS CHAR), CAST(NULL AS CHAR);
SELECT CAST('2024-02-30' AS DATE), CAST('2024-02-29' AS DATE), CAST('2024-02-29 12:34:56' AS DATE), CAST('12:34' AS TIME), CAST('2024-02-29' AS DATETIME), CAST(20240229 AS DATE);
SELECT CONVERT('12', SIGNED), CONVERT('abc' USING utf8mb4), CONVERT(12, CHAR), BINARY 'abc', CAST('2024-01-01 10:00:00.123456' AS DATETIME(3));
SELECT CAST('1e3' AS DOUBLE), CAST('1.5' AS FLOAT), CAST(1 AS DOUBLE);
-- mysql: rows [(2024,)] (14.10 Cast Functions and Operators)
SELECT CAST('2024' AS YEAR);
SELECT CAST(TRUE AS CHAR), CAST(DATE '2024-01-01' AS SIGNED), CAST(TIME '10:20:30' AS SIGNED), CAST(TIMESTAMP '2024-01-01 00:00:00' AS UNSIGNED);
-- ignore: warnings
SELECT CAST('9223372036854775808' AS SIGNED), CAST(18446744073709551615 AS SIGNED);
-- mysql: error 1064 42000 (14.10 Cast Functions and Operators)
SELECT CAST(1 AS NONSENSE);

-- session: what does not work
SELECT 1 +;
SELECT (1;
SELECT 1 1;
SELECT nothing(1);
SELECT CONCAT();
SELECT UPPER();
SELECT UPPER('a', 'b');
SELECT ABS(1, 2);
SELECT IF(1, 2);
-- ignore: details
SELECT COUNT(*, 1);
-- ignore: details
SELECT @;
SELECT 'unterminated /* x */ ' + nothing;
