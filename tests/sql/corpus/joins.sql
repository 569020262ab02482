-- Joins of all kinds.

-- session: two tables
CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT, total DECIMAL(8,2));
INSERT INTO customers VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid');
INSERT INTO orders VALUES (10, 1, 5.00), (11, 1, 7.50), (12, 2, 1.25), (13, NULL, 9.99);
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY o.id;
SELECT c.name, o.total FROM customers c INNER JOIN orders o ON o.customer_id = c.id AND o.total > 5 ORDER BY o.id;
SELECT c.name, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id ORDER BY c.id, o.id;
SELECT c.name, o.id FROM customers c LEFT OUTER JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL;
SELECT c.name, o.id FROM customers c RIGHT JOIN orders o ON o.customer_id = c.id ORDER BY o.id;
SELECT c.name, o.id FROM customers c CROSS JOIN orders o ORDER BY c.id, o.id;
SELECT c.name, o.id FROM customers c, orders o WHERE o.customer_id = c.id ORDER BY o.id;
SELECT COUNT(*) FROM customers JOIN orders;
SELECT c.name, o.total FROM customers c STRAIGHT_JOIN orders o ON o.customer_id = c.id ORDER BY o.id;
SELECT c.name, COUNT(o.id) AS n, SUM(o.total) AS s FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name ORDER BY c.id;
SELECT * FROM customers c JOIN orders o ON c.id = o.customer_id ORDER BY o.id;
SELECT c.*, o.total FROM customers c JOIN orders o ON c.id = o.customer_id ORDER BY o.id;
SELECT customers.name FROM customers JOIN orders ON customers.id = orders.customer_id WHERE orders.total < 2;

-- session: using and natural
CREATE TABLE a (id INT PRIMARY KEY, x INT, y INT);
CREATE TABLE b (id INT PRIMARY KEY, x INT, z INT);
INSERT INTO a VALUES (1, 10, 100), (2, 20, 200), (3, 30, 300);
INSERT INTO b VALUES (1, 10, 111), (2, 21, 222), (4, 40, 444);
SELECT * FROM a JOIN b USING (id) ORDER BY id;
SELECT * FROM a JOIN b USING (id, x);
SELECT * FROM a NATURAL JOIN b;
SELECT * FROM a NATURAL LEFT JOIN b ORDER BY id;
SELECT * FROM a LEFT JOIN b USING (id) ORDER BY id;
SELECT * FROM a RIGHT JOIN b USING (id) ORDER BY id;
SELECT id, a.x, b.x FROM a JOIN b USING (id) ORDER BY id;
SELECT x FROM a JOIN b USING (id);
SELECT * FROM a JOIN b USING (nothing);

-- session: three tables and nesting
CREATE TABLE a (id INT PRIMARY KEY, v INT);
CREATE TABLE b (id INT PRIMARY KEY, a_id INT);
CREATE TABLE c (id INT PRIMARY KEY, b_id INT, w VARCHAR(5));
INSERT INTO a VALUES (1, 10), (2, 20), (3, 30);
INSERT INTO b VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO c VALUES (1, 1, 'x'), (2, 3, 'y'), (3, 9, 'z');
SELECT a.v, b.id, c.w FROM a JOIN b ON b.a_id = a.id JOIN c ON c.b_id = b.id ORDER BY c.id;
SELECT a.id, b.id, c.id FROM a LEFT JOIN b ON b.a_id = a.id LEFT JOIN c ON c.b_id = b.id ORDER BY a.id, b.id;
SELECT a.id, b.id, c.id FROM a LEFT JOIN (b JOIN c ON c.b_id = b.id) ON b.a_id = a.id ORDER BY a.id, b.id;
SELECT a.id, x.n FROM a LEFT JOIN (SELECT a_id, COUNT(*) AS n FROM b GROUP BY a_id) AS x ON x.a_id = a.id ORDER BY a.id;
SELECT a1.id, a2.id FROM a a1 JOIN a a2 ON a1.id < a2.id ORDER BY a1.id, a2.id;
SELECT a.id FROM a JOIN b ON a.id = b.a_id GROUP BY a.id HAVING COUNT(*) > 1;
SELECT DISTINCT a.id FROM a JOIN b ON a.id = b.a_id ORDER BY a.id;

-- session: wrong names
CREATE TABLE a (id INT, x INT);
CREATE TABLE b (id INT, y INT);
SELECT id FROM a JOIN b ON a.id = b.id;
SELECT a.id FROM a JOIN a ON a.id = a.x;
SELECT c.id FROM a JOIN b ON a.id = b.id;
SELECT a.nothing FROM a;
SELECT * FROM a JOIN b ON a.id = c.id;
SELECT z.* FROM a;
SELECT * FROM a JOIN missing ON a.id = missing.id;
SELECT t.id FROM a AS t, b AS t;
