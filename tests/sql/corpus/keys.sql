-- Primary, unique and foreign keys.

-- session: unique keys
CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(50) UNIQUE, a INT, b INT, UNIQUE KEY pair (a, b));
INSERT INTO t VALUES (1, 'a@x', 1, 1);
INSERT INTO t VALUES (1, 'b@x', 2, 2);
INSERT INTO t VALUES (2, 'a@x', 2, 2);
INSERT INTO t VALUES (2, 'A@X', 2, 2);
INSERT INTO t VALUES (2, 'b@x', 1, 1);
INSERT INTO t VALUES (2, NULL, 1, NULL), (3, NULL, 1, NULL);
INSERT INTO t VALUES (4, 'd@x', 4, 4), (5, 'e@x', 4, 4), (6, 'f@x', 6, 6);
SELECT * FROM t ORDER BY id;
UPDATE t SET id = 1 WHERE id = 2;
UPDATE t SET email = 'a@x' WHERE id = 3;
UPDATE t SET id = id + 10 ORDER BY id DESC;
SELECT id FROM t ORDER BY id;
INSERT INTO t (email) VALUES ('z@x');
INSERT INTO t (id, email) VALUES (NULL, 'z@x');

-- session: composite primary key
CREATE TABLE t (a INT, b VARCHAR(5), v INT, PRIMARY KEY (a, b));
INSERT INTO t VALUES (1, 'x', 1), (1, 'y', 2), (2, 'x', 3);
INSERT INTO t VALUES (1, 'X', 9);
INSERT INTO t (a, v) VALUES (3, 1);
INSERT INTO t VALUES (1, NULL, 9);
SELECT * FROM t ORDER BY a, b;

-- session: foreign key restricts
CREATE TABLE parent (id INT PRIMARY KEY, name VARCHAR(10));
CREATE TABLE child (id INT PRIMARY KEY, parent_id INT, FOREIGN KEY (parent_id) REFERENCES parent (id));
INSERT INTO parent VALUES (1, 'one'), (2, 'two');
INSERT INTO child VALUES (10, 1), (11, NULL);
INSERT INTO child VALUES (12, 99);
UPDATE child SET parent_id = 99 WHERE id = 10;
DELETE FROM parent WHERE id = 1;
UPDATE parent SET id = 5 WHERE id = 1;
DELETE FROM parent WHERE id = 2;
-- mysql: error 3730 HY000 (Error reference: ER_FK_CANNOT_DROP_PARENT)
DROP TABLE parent;
-- ignore: details
TRUNCATE TABLE parent;
SET foreign_key_checks = 0;
INSERT INTO child VALUES (13, 77);
DELETE FROM parent WHERE id = 1;
SET foreign_key_checks = 1;
SELECT * FROM child ORDER BY id;
UPDATE child SET parent_id = parent_id;
DROP TABLE child, parent;

-- session: foreign key cascades
CREATE TABLE parent (id INT PRIMARY KEY);
CREATE TABLE child (id INT PRIMARY KEY, parent_id INT, CONSTRAINT to_parent FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE toy (id INT PRIMARY KEY, child_id INT, CONSTRAINT to_child FOREIGN KEY (child_id) REFERENCES child (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1), (2);
INSERT INTO child VALUES (10, 1), (11, 1), (12, 2);
INSERT INTO toy VALUES (100, 10), (101, 12);
UPDATE parent SET id = 5 WHERE id = 1;
SELECT * FROM child ORDER BY id;
DELETE FROM parent WHERE id = 5;
SELECT * FROM child ORDER BY id;
SELECT * FROM toy ORDER BY id;
REPLACE INTO parent VALUES (2);
SELECT COUNT(*) FROM child;

-- session: foreign key sets null
CREATE TABLE parent (id INT PRIMARY KEY);
CREATE TABLE child (id INT PRIMARY KEY, parent_id INT, CONSTRAINT to_parent FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE SET NULL ON UPDATE SET NULL);
INSERT INTO parent VALUES (1), (2), (3);
INSERT INTO child VALUES (10, 1), (11, 2), (12, 3);
DELETE FROM parent WHERE id = 1;
UPDATE parent SET id = 9 WHERE id = 2;
SELECT * FROM child ORDER BY id;
-- mysql: error 1830 HY000 (Error reference: ER_FK_COLUMN_NOT_NULL)
CREATE TABLE strict_child (id INT, parent_id INT NOT NULL, FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE SET NULL);

-- session: foreign keys that cannot be
CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(10), plain INT);
-- mysql: error 1824 HY000 (Error reference: ER_FK_CANNOT_OPEN_PARENT)
CREATE TABLE child (id INT, parent_id INT, FOREIGN KEY (parent_id) REFERENCES missing (id));
-- mysql: fails (15.1.20.5 FOREIGN KEY Constraints)
CREATE TABLE child (id INT, parent_id INT, FOREIGN KEY (parent_id) REFERENCES parent (plain));
-- mysql: error 3780 HY000 (Error reference: ER_FK_INCOMPATIBLE_COLUMNS)
CREATE TABLE child (id INT, parent_id VARCHAR(10), FOREIGN KEY (parent_id) REFERENCES parent (id));
CREATE TABLE child (id INT, FOREIGN KEY (nothing) REFERENCES parent (id));
-- mysql: error 3734 HY000 (Error reference: ER_FK_NO_COLUMN_PARENT)
CREATE TABLE child (id INT, parent_id INT, FOREIGN KEY (parent_id) REFERENCES parent (nothing));
CREATE TABLE child (id INT, parent_id INT, CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id));
ALTER TABLE child DROP FOREIGN KEY nothing;
ALTER TABLE child DROP FOREIGN KEY fk;
INSERT INTO child VALUES (1, 99);
-- ignore: details
ALTER TABLE child ADD CONSTRAINT again FOREIGN KEY (parent_id) REFERENCES parent (id);

-- session: a table that refers to itself
CREATE TABLE node (id INT PRIMARY KEY, parent INT, CONSTRAINT up FOREIGN KEY (parent) REFERENCES node (id) ON DELETE CASCADE);
INSERT INTO node VALUES (1, NULL), (2, 1), (3, 2), (4, 2);
INSERT INTO node VALUES (5, 5);
INSERT INTO node VALUES (6, 7);
DELETE FROM node WHERE id = 2;
SELECT * FROM node ORDER BY id;

-- session: order of checks
CREATE TABLE parent (id INT PRIMARY KEY);
CREATE TABLE child (id INT PRIMARY KEY, parent_id INT NOT NULL, n TINYINT, CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id));
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (1, 1, 1);
INSERT INTO child VALUES (1, 99, 1);
INSERT INTO child VALUES (2, 99, 1000);
INSERT INTO child VALUES (2, NULL, 1);
INSERT INTO child VALUES (2, 1, 1), (3, 99, 1);
SELECT id FROM child ORDER BY id;

-- session: an index takes the place of that of a foreign key
CREATE TABLE parent (id INT PRIMARY KEY);
CREATE TABLE child (id INT PRIMARY KEY, p INT, q INT, CONSTRAINT of_parent FOREIGN KEY (p) REFERENCES parent (id));
CREATE INDEX of_parent ON child (p, q);
CREATE INDEX of_parent ON child (p);
SELECT index_name AS name, column_name AS part FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'child' ORDER BY 1, seq_in_index;

-- session: keys of generated columns
CREATE TABLE t (a INT, b INT AS (a * 10) VIRTUAL, c VARCHAR(9) AS (CONCAT('c', a)) STORED, UNIQUE KEY of_b (b), UNIQUE KEY of_c (c));
INSERT INTO t (a) VALUES (1), (2), (NULL), (NULL);
INSERT INTO t (a) VALUES (1);
INSERT IGNORE INTO t (a) VALUES (2);
UPDATE t SET a = 2 WHERE a = 1;
INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 5;
REPLACE INTO t (a) VALUES (5);
SELECT * FROM t ORDER BY a;
