-- Functions of strings.

-- session: length and parts
-- mysql: definitions [(10, 0), (10, 0), (10, 0), (10, 0), (10, 0), (10, 0), (10, 0), (10, 0), (10, 0)] (14.8 String Functions and Operators, BIT_LENGTH)
SELECT LENGTH('abc'), LENGTH('é'), CHAR_LENGTH('é'), CHARACTER_LENGTH('日本'), BIT_LENGTH('a'), OCTET_LENGTH('日本'), LENGTH(''), LENGTH(NULL), LENGTH(12.50);
SELECT LEFT('abcdef', 2), RIGHT('abcdef', 2), LEFT('abc', 10), LEFT('abc', 0), LEFT('abc', -1), RIGHT('日本語', 1), LEFT(NULL, 1), LEFT('abc', NULL);
-- mysql: definitions [(20, 31), (12, 31), (12, 31), (8, 31), (0, 31), (0, 31), (0, 31), (12, 31), (4, 31), (8, 31)] (14.8 String Functions and Operators, SUBSTRING)
SELECT SUBSTRING('abcdef', 2), SUBSTRING('abcdef', 2, 3), SUBSTRING('abcdef', -3), SUBSTRING('abcdef', -3, 2), SUBSTRING('abcdef', 0), SUBSTRING('abcdef', 10), SUBSTRING('abcdef', 2, 0), SUBSTRING('abcdef' FROM 2 FOR 3), SUBSTR('日本語', 2, 1), MID('abcdef', 3, 2);
SELECT SUBSTRING_INDEX('a.b.c', '.', 1), SUBSTRING_INDEX('a.b.c', '.', -1), SUBSTRING_INDEX('a.b.c', '.', 2), SUBSTRING_INDEX('a.b.c', 'x', 1), SUBSTRING_INDEX('a.b.c', '.', 0), SUBSTRING_INDEX('a.b.c', '', 1);

-- session: search and replace
SELECT INSTR('foobar', 'bar'), INSTR('foobar', 'BAR'), INSTR('foobar', 'x'), INSTR('foobar', ''), LOCATE('o', 'foo'), LOCATE('o', 'foo', 3), LOCATE('o', 'foo', 4), POSITION('b' IN 'abc'), INSTR(NULL, 'a');
SELECT REPLACE('aaa', 'a', 'b'), REPLACE('Abc', 'a', 'x'), REPLACE('abc', '', 'x'), REPLACE('abc', 'abc', ''), REPLACE(NULL, 'a', 'b'), INSERT('abcdef', 2, 3, 'X'), INSERT('abc', 10, 1, 'X');
SELECT FIELD('b', 'a', 'b', 'c'), FIELD('x', 'a'), FIELD(NULL, 'a'), FIELD(2, 1, 2), ELT(2, 'a', 'b'), ELT(0, 'a'), ELT(5, 'a'), FIND_IN_SET('b', 'a,b,c'), FIND_IN_SET('x', 'a,b'), FIND_IN_SET('', ''), FIND_IN_SET(NULL, 'a');
SELECT MAKE_SET(5, 'a', 'b', 'c'), MAKE_SET(0, 'a'), EXPORT_SET(5, 'Y', 'N', ',', 4);

-- session: case and trimming
SELECT UPPER('abc é'), LOWER('ABC É'), UCASE('a'), LCASE('A'), UPPER(NULL), UPPER('ß'), LOWER(12);
SELECT TRIM('  a  '), LTRIM('  a '), RTRIM(' a  '), TRIM('x' FROM 'xxaxx'), TRIM(LEADING 'x' FROM 'xxaxx'), TRIM(TRAILING 'x' FROM 'xxaxx'), TRIM(BOTH 'ab' FROM 'ababcab'), TRIM(''), TRIM(NULL);
SELECT LPAD('5', 3, '0'), RPAD('5', 3, '-'), LPAD('abcdef', 3, 'x'), LPAD('a', 5, 'xy'), LPAD('a', 0, 'x'), LPAD('a', -1, 'x'), RPAD('日', 3, '本');
-- mysql: definitions [(12, 31), (8, 31), (24, 31), (0, 31), (0, 31), (12, 31), (8, 31), (0, 31), (4294967295, 31)] (14.8 String Functions and Operators, REPEAT)
SELECT REVERSE('abc'), REVERSE('日本'), REPEAT('ab', 3), REPEAT('a', 0), REPEAT('a', -1), SPACE(3), CONCAT('[', SPACE(0), ']'), REVERSE(NULL), REPEAT('a', NULL);

-- session: joining
SELECT CONCAT('a', 'b', 'c'), CONCAT('a', NULL), CONCAT('a'), CONCAT_WS(',', 'a', 'b'), CONCAT_WS(',', 'a', NULL, 'b'), CONCAT_WS(NULL, 'a'), CONCAT_WS(',', NULL), CONCAT_WS('', 1, 2);
-- mysql: columns ['a', "CONCAT('é', x'41')", 'CHAR(65, 66)', 'CHAR(0x41 USING utf8mb4)', 'CHAR(NULL, 67)', 'CONCAT(0x41, 0x42)'] (11.1.1 String Literals)
SELECT 'a' 'b' 'c', CONCAT('é', x'41'), CHAR(65, 66), CHAR(0x41 USING utf8mb4), CHAR(NULL, 67), CONCAT(0x41, 0x42);

-- session: codes
-- ignore: warnings
SELECT ASCII('a'), ASCII(''), ASCII('é'), ORD('é'), ORD('日'), ASCII(NULL), HEX('abc'), HEX(255), HEX('é'), HEX(-1), UNHEX('616263'), UNHEX('xyz'), HEX(NULL);
SELECT BIN(10), OCT(8), CONV('ff', 16, 10), CONV(10, 10, 2), CONV('z', 36, 10), CONV(-1, 10, 16), CONV('12', 3, 10), CONV('x', 10, 2), BIN(NULL);
-- ignore: warnings
-- mysql: definitions [(64, 31), (12, 31), (0, 31), (3, 31), (128, 31), (160, 31), (256, 31), (256, 31), (10, 0)] (14.13 Encryption and Compression Functions, SHA2)
SELECT TO_BASE64('abc'), FROM_BASE64('YWJj'), TO_BASE64(''), FROM_BASE64('!'), MD5('abc'), SHA1('abc'), SHA2('abc', 256), SHA2('abc', 1), CRC32('abc');
SELECT QUOTE('it''s'), QUOTE('a\\b'), SOUNDEX('Robert'), SOUNDEX('Rupert'), 'Robert' SOUNDS LIKE 'Rupert';
SELECT FORMAT(1234567.891, 2), FORMAT(1234.5, 0), FORMAT(-1234.5678, 3), FORMAT(0, 2), FORMAT(NULL, 1), FORMAT('1234', 1), FORMAT(1234567.891, 2, 'de_DE');
-- mysql: rows [('utf8mb4', 'utf8mb4_0900_ai_ci', 4, 'binary', 'utf8mb4_bin', 'binary')] (12.4 Connection Character Sets and Collations)
SELECT CHARSET('abc'), COLLATION('abc'), COERCIBILITY('abc'), CHARSET(BINARY 'a'), COLLATION('a' COLLATE utf8mb4_bin), CHARSET(1);
-- ignore: warnings
-- mysql: definitions [(1, 0), (1, 0), (4294967295, 31), (21, 0), (124, 31), (21, 0), (1, 0), (1, 0)] (14.13 Encryption and Compression Functions, UNCOMPRESS)
SELECT WEIGHT_STRING('a') = WEIGHT_STRING('A'), LENGTH(COMPRESS('aaaa')) > 0, UNCOMPRESS(COMPRESS('aaaa')), INET_ATON('127.0.0.1'), INET_NTOA(2130706433), INET_ATON('x'), IS_IPV4('1.2.3.4'), IS_IPV6('::1');
SELECT LENGTH(UUID()), LENGTH(RANDOM_BYTES(4)), UUID() = UUID();

-- session: columns
CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(20), c CHAR(5), x TEXT);
INSERT INTO t VALUES (1, 'Hello World', 'abc', 'some text'), (2, '', '', ''), (3, NULL, NULL, NULL), (4, 'ÄÖÜ', 'é', '日本語');
SELECT id, UPPER(s), LOWER(c), LENGTH(x), CHAR_LENGTH(x) FROM t ORDER BY id;
SELECT id, CONCAT(s, '-', c), CONCAT_WS('-', s, c) FROM t ORDER BY id;
SELECT id, SUBSTRING_INDEX(s, ' ', 1), REPLACE(x, 'e', 'E'), REVERSE(s) FROM t ORDER BY id;
SELECT id FROM t WHERE LOWER(s) = 'äöü';
SELECT id FROM t WHERE s LIKE '%o w%';
SELECT id FROM t WHERE LENGTH(s) > 5 ORDER BY id;
SELECT LEFT(s, 1) AS initial, COUNT(*) FROM t WHERE s > '' GROUP BY initial ORDER BY initial;
