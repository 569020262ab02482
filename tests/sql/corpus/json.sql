-- JSON functions. MySQL has a type JSON, which normalises what is stored; MariaDB keeps the text.

-- session: reading
CREATE TABLE t (id INT PRIMARY KEY, j JSON);
INSERT INTO t VALUES (1, '{"a": 1, "b": {"c": [1, 2, {"d": "x"}]}, "s": "text", "n": null, "t": true, "f": 1.5}'), (2, '[10, 20, 30]'), (3, NULL);
SELECT JSON_EXTRACT(j, '$.a'), JSON_EXTRACT(j, '$.b.c[1]'), JSON_EXTRACT(j, '$.b.c[2].d'), JSON_EXTRACT(j, '$.s'), JSON_EXTRACT(j, '$.nothing'), JSON_EXTRACT(j, '$.n') FROM t WHERE id = 1;
SELECT JSON_UNQUOTE(JSON_EXTRACT(j, '$.s')), JSON_UNQUOTE(JSON_EXTRACT(j, '$.a')), JSON_VALUE(j, '$.s'), JSON_VALUE(j, '$.a') FROM t WHERE id = 1;
-- mysql: rows [(1, '"text"', 'text')] (14.17.3 Functions That Search JSON Values)
-- mysql: columns ['id', "j->'$.s'", "j->>'$.s'"] (14.17.3 Functions That Search JSON Values)
SELECT id, j->'$.s', j->>'$.s' FROM t WHERE id = 1;
-- mysql: rows [(1,)] (14.17.3 Functions That Search JSON Values)
SELECT id FROM t WHERE j->>'$.a' = '1';
SELECT id FROM t WHERE JSON_EXTRACT(j, '$.a') = 1;
SELECT JSON_EXTRACT(j, '$[0]'), JSON_EXTRACT(j, '$[9]'), JSON_EXTRACT(j, '$[*]'), JSON_EXTRACT(j, '$[0]', '$[2]'), JSON_LENGTH(j), JSON_LENGTH(j, '$[0]') FROM t WHERE id = 2;
-- mysql: rows [('["a", "b", "f", "n", "s", "t"]', 6, 5, 'OBJECT', '["c"]')] (13.5 The JSON Data Type)
SELECT JSON_KEYS(j), JSON_LENGTH(j), JSON_DEPTH(j), JSON_TYPE(j), JSON_KEYS(j, '$.b') FROM t WHERE id = 1;
SELECT JSON_TYPE('1'), JSON_TYPE('1.5'), JSON_TYPE('"x"'), JSON_TYPE('true'), JSON_TYPE('null'), JSON_TYPE('[]'), JSON_TYPE('{}'), JSON_TYPE(NULL);
-- ignore: warnings
SELECT JSON_VALID('{"a": 1}'), JSON_VALID('{a: 1}'), JSON_VALID(''), JSON_VALID(NULL), JSON_VALID('1');
SELECT JSON_CONTAINS('[1, 2, 3]', '2'), JSON_CONTAINS('{"a": 1}', '1', '$.a'), JSON_CONTAINS('[1]', '5'), JSON_CONTAINS_PATH('{"a": 1}', 'one', '$.a', '$.b'), JSON_CONTAINS_PATH('{"a": 1}', 'all', '$.a', '$.b'), JSON_SEARCH('["x", "y"]', 'one', 'y'), JSON_OVERLAPS('[1, 2]', '[2, 3]');
SELECT JSON_EXTRACT(j, '$.a') FROM t WHERE id = 3;
-- mysql: error 3143 42000 (Error reference: ER_INVALID_JSON_PATH)
SELECT JSON_EXTRACT('{"a": 1}', 'a');
-- mysql: error 3141 22032 (Error reference: ER_INVALID_JSON_TEXT_IN_PARAM)
SELECT JSON_EXTRACT('nonsense', '$.a');

-- session: making
SELECT JSON_OBJECT('a', 1, 'b', 'x'), JSON_ARRAY(1, 'x', NULL, TRUE), JSON_OBJECT(), JSON_ARRAY(), JSON_QUOTE('a"b'), JSON_UNQUOTE('"a\\"b"'), JSON_ARRAY(1.50);
SELECT JSON_SET('{"a": 1}', '$.a', 2, '$.b', 3), JSON_INSERT('{"a": 1}', '$.a', 2, '$.b', 3), JSON_REPLACE('{"a": 1}', '$.a', 2, '$.b', 3), JSON_REMOVE('{"a": 1, "b": 2}', '$.a'), JSON_REMOVE('[1, 2, 3]', '$[1]');
SELECT JSON_ARRAY_APPEND('[1, 2]', '$', 3), JSON_ARRAY_INSERT('[1, 2]', '$[0]', 0), JSON_MERGE_PATCH('{"a": 1, "b": 2}', '{"b": null, "c": 3}'), JSON_MERGE_PRESERVE('[1]', '[2]'), JSON_MERGE_PRESERVE('{"a": 1}', '{"a": 2}');
-- mysql: error 3158 22032 (Error reference: ER_JSON_DOCUMENT_NULL_KEY)
SELECT JSON_OBJECT(NULL, 1);
SELECT JSON_OBJECT('a');
-- ignore: rows
SELECT JSON_PRETTY('{"a": 1}');

-- session: aggregates and tables
CREATE TABLE t (id INT PRIMARY KEY, k VARCHAR(5), v INT);
INSERT INTO t VALUES (1, 'a', 10), (2, 'b', NULL);
-- mysql: rows [('[10, null]',)] (14.19.1 Aggregate Function Descriptions)
SELECT JSON_ARRAYAGG(v) FROM t;
-- mysql: rows [('{"a": 10, "b": null}',)] (14.19.1 Aggregate Function Descriptions)
SELECT JSON_OBJECTAGG(k, v) FROM t;
SELECT x.a, x.b FROM JSON_TABLE('[{"a": 1, "b": "x"}, {"a": 2}]', '$[*]' COLUMNS (a INT PATH '$.a', b VARCHAR(5) PATH '$.b')) AS x ORDER BY x.a;
-- mysql: definitions [(10, 0), (20, 31)] (14.17.6 JSON Table Functions)
SELECT n, v FROM JSON_TABLE('["x", "y"]', '$[*]' COLUMNS (n FOR ORDINALITY, v VARCHAR(5) PATH '$')) AS x ORDER BY n;

-- session: changing
CREATE TABLE t (id INT PRIMARY KEY, j JSON);
INSERT INTO t VALUES (1, JSON_OBJECT('a', 1)), (2, '[]');
UPDATE t SET j = JSON_SET(j, '$.a', 5) WHERE id = 1;
SELECT j FROM t WHERE id = 1;
UPDATE t SET j = JSON_ARRAY_APPEND(j, '$', 'new') WHERE id = 2;
SELECT j FROM t WHERE id = 2;
INSERT INTO t VALUES (3, '{"b":1,"a":2}');
-- mysql: rows [('{"a": 2, "b": 1}',)] (13.5 The JSON Data Type)
SELECT j FROM t WHERE id = 3;
INSERT INTO t VALUES (4, '{"k": 1, "k": 2}');
-- mysql: rows [('{"k": 2}',)] (13.5 The JSON Data Type)
SELECT j FROM t WHERE id = 4;
-- mysql: error 3140 22032 (Error reference: ER_INVALID_JSON_TEXT)
INSERT INTO t VALUES (5, '');
