-- Prepared statements by SQL.

-- session: prepare and execute
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b VARCHAR(20));
PREPARE ins FROM 'INSERT INTO t (a, b) VALUES (?, ?)';
SET @a = 1, @b = 'one';
EXECUTE ins USING @a, @b;
SET @a = 2, @b = NULL;
EXECUTE ins USING @a, @b;
PREPARE sel FROM 'SELECT id, a, b FROM t WHERE a = ? ORDER BY id';
EXECUTE sel USING @a;
SET @a = '1';
EXECUTE sel USING @a;
EXECUTE sel;
EXECUTE sel USING @a, @b;
EXECUTE nothing;
DEALLOCATE PREPARE sel;
EXECUTE sel USING @a;
DEALLOCATE PREPARE sel;
DROP PREPARE ins;
SET @text = CONCAT('SELECT ', '1 + ', '?', ' AS s');
PREPARE stmt FROM @text;
SET @n = 41;
EXECUTE stmt USING @n;
PREPARE stmt FROM 'SELECT 2 AS two';
EXECUTE stmt;
PREPARE stmt FROM 'SELEC broken';
EXECUTE stmt;
PREPARE stmt FROM 'SELECT * FROM missing';
PREPARE stmt FROM 'SELECT 1; SELECT 2';
PREPARE stmt FROM '';
PREPARE lim FROM 'SELECT id FROM t ORDER BY id LIMIT ? OFFSET ?';
SET @l = 1, @o = 1;
EXECUTE lim USING @l, @o;
SET @l = 'x';
-- ignore: error, rows
EXECUTE lim USING @l, @o;
PREPARE upd FROM 'UPDATE t SET b = ? WHERE id = ?';
SET @b = 'changed', @id = 1;
EXECUTE upd USING @b, @id;
SELECT ROW_COUNT();
SELECT b FROM t WHERE id = 1;
PREPARE ddl FROM 'CREATE TABLE made (id INT)';
EXECUTE ddl;
EXECUTE ddl;
PREPARE q FROM 'SELECT ? IS NULL AS n, CONCAT(?, \'x\') AS c';
SET @x = NULL, @y = 'y';
EXECUTE q USING @x, @y;
-- connection: b
EXECUTE q USING @x, @y;
