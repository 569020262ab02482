-- Collations: case and accents in comparisons, keys, groups and orders.

-- session: case and accents
CREATE TABLE t (id INT PRIMARY KEY, ci VARCHAR(10) COLLATE utf8mb4_general_ci, b VARCHAR(10) COLLATE utf8mb4_bin);
INSERT INTO t VALUES (1, 'abc', 'abc'), (2, 'ABC', 'ABC'), (3, 'ábc', 'ábc'), (4, 'abc ', 'abc '), (5, 'zzz', 'zzz');
SELECT id FROM t WHERE ci = 'abc' ORDER BY id;
SELECT id FROM t WHERE b = 'abc' ORDER BY id;
SELECT id FROM t WHERE ci LIKE 'AB%' ORDER BY id;
SELECT id FROM t WHERE b LIKE 'AB%' ORDER BY id;
SELECT id FROM t WHERE ci = 'abc' COLLATE utf8mb4_bin ORDER BY id;
SELECT id FROM t WHERE BINARY ci = 'ABC';
SELECT id FROM t WHERE b = 'abc' COLLATE utf8mb4_general_ci ORDER BY id;
SELECT id FROM t WHERE ci IN ('ZZZ') ORDER BY id;
SELECT id FROM t ORDER BY b, id;
SELECT MIN(id), COUNT(*) FROM t GROUP BY ci ORDER BY 1;
SELECT MIN(id), COUNT(*) FROM t GROUP BY b ORDER BY 1;
SELECT COUNT(DISTINCT ci), COUNT(DISTINCT b) FROM t;
SELECT id FROM t WHERE ci = b ORDER BY id;
SELECT id FROM t WHERE ci REGEXP 'ABC' ORDER BY id;
SELECT id FROM t WHERE INSTR(ci, 'BC') ORDER BY id;
SELECT id FROM t WHERE INSTR(b, 'BC') ORDER BY id;
SELECT id FROM t WHERE LOCATE('BC', b) > 0 ORDER BY id;
SELECT REPLACE(ci, 'B', 'x') FROM t WHERE id = 1;

-- session: unique keys
CREATE TABLE t (id INT PRIMARY KEY, ci VARCHAR(10) COLLATE utf8mb4_general_ci UNIQUE, b VARCHAR(10) COLLATE utf8mb4_bin UNIQUE);
INSERT INTO t VALUES (1, 'abc', 'abc');
INSERT INTO t VALUES (2, 'ABC', 'x');
INSERT INTO t VALUES (2, 'ábc', 'x');
INSERT INTO t VALUES (2, 'abc  ', 'x');
INSERT INTO t VALUES (2, 'x', 'ABC');
INSERT INTO t VALUES (3, 'y', 'abc');
INSERT INTO t VALUES (3, 'y', 'abc ');
SELECT id, ci, b FROM t ORDER BY id;
INSERT INTO t VALUES (4, 'X', 'z') ON DUPLICATE KEY UPDATE b = 'updated';
SELECT b FROM t WHERE ci = 'X';

-- session: orders
CREATE TABLE t (s VARCHAR(10) COLLATE utf8mb4_general_ci);
INSERT INTO t VALUES ('b'), ('A'), ('ä'), ('a1'), ('B2'), ('_'), ('1'), (''), (NULL), ('Z'), ('é');
SELECT s FROM t ORDER BY s, s COLLATE utf8mb4_bin;
SELECT s FROM t ORDER BY s COLLATE utf8mb4_bin;
SELECT s FROM t ORDER BY BINARY s DESC LIMIT 3;
SELECT MIN(s), MAX(s) FROM t;
SELECT s FROM t WHERE s BETWEEN 'a' AND 'b' ORDER BY s, s COLLATE utf8mb4_bin;
SELECT s FROM t WHERE s > 'Y' ORDER BY s;

-- session: mixing
SELECT 'a' COLLATE utf8mb4_bin = 'A', 'a' COLLATE utf8mb4_general_ci = 'A', _utf8mb4'a' = 'A', BINARY 'a' = 'A';
SELECT 'a' COLLATE utf8mb4_bin = 'a' COLLATE utf8mb4_general_ci;
SELECT 'a' COLLATE nonsense;
SELECT 'a' COLLATE latin1_bin;
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SELECT 'a' = 'A', @@collation_connection;
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
SELECT 'a' = 'A', 'ü' = 'u', 'ß' = 'ss', 'Ⅷ' = 'Ⅷ', '😀' = '😀', 'İ' = 'i';
SET NAMES nonsense;
SELECT CONVERT('é' USING latin1) = 'é', LENGTH(CONVERT('é' USING latin1));
CREATE TABLE l (s VARCHAR(10) CHARACTER SET latin1);
INSERT INTO l VALUES ('é');
INSERT INTO l VALUES ('日');
SELECT s, LENGTH(s) FROM l;
