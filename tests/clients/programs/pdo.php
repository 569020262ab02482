<?php
// PHP's PDO, on mysqlnd.

declare(strict_types=1);

require __DIR__ . '/json_lines.php';

$connections = [];

function connected(array $settings, bool $persistent = false): PDO
{
    $where = isset($settings['socket'])
        ? "unix_socket={$settings['socket']}" : "host={$settings['host']};port={$settings['port']}";
    $database = $settings['database'] === null ? '' : ";dbname={$settings['database']}";
    $options = [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_PERSISTENT => $persistent,
        PDO::ATTR_EMULATE_PREPARES => true,
        PDO::ATTR_STRINGIFY_FETCHES => true,
        PDO::MYSQL_ATTR_MULTI_STATEMENTS => isset($settings['multi']),
        PDO::MYSQL_ATTR_LOCAL_INFILE => isset($settings['infile']),
        PDO::MYSQL_ATTR_COMPRESS => isset($settings['zlib']),
    ];
    if (isset($settings['tls'])) $options[PDO::MYSQL_ATTR_SSL_CA] = $settings['tls'];
    return new PDO("mysql:$where$database;charset=utf8mb4", $settings['user'], $settings['password'], $options);
}

function resultOf(PDO $connection, PDOStatement $statement): array
{
    $count = $statement->columnCount();
    if ($count === 0) {
        $id = (int) $connection->lastInsertId();
        return ['labels' => [], 'rows' => [], 'affected_rows' => $statement->rowCount(), 'last_insert_id' => $id];
    }
    $columns = array_map(fn ($number) => $statement->getColumnMeta($number), range(0, $count - 1));
    $rows = [];
    foreach ($statement->fetchAll(PDO::FETCH_NUM) as $row) {
        $rows[] = array_map(fn ($cell) => shown($cell, false), $row); // PDO does not tell which columns hold bytes
    }
    return ['labels' => array_column($columns, 'name'), 'rows' => $rows];
}

$verbs = [
    'connect' => function ($request) use (&$connections) {
        $connections[$request['on']] = connected($request['settings']);
    },
    'query' => function ($request) use (&$connections) {
        $connection = $connections[$request['on']];
        $statement = $connection->query($request['sql']);
        $results = [];
        do {
            $results[] = resultOf($connection, $statement);
        } while ($statement->nextRowset());
        return ['results' => $results];
    },
    'execute' => function ($request) use (&$connections) {
        $connection = $connections[$request['on']];
        $statement = $connection->prepare($request['sql'], [PDO::ATTR_EMULATE_PREPARES => false]);
        foreach ($request['params'] as $number => $param) {
            $value = bound($param);
            $kind = $value === null ? PDO::PARAM_NULL : (is_int($value) ? PDO::PARAM_INT : PDO::PARAM_STR);
            $statement->bindValue($number + 1, $value, $kind);
        }
        $statement->execute();
        return ['results' => [resultOf($connection, $statement)]];
    },
    'ping' => function ($request) use (&$connections) { $connections[$request['on']]->query('DO 0'); },
    'begin' => function ($request) use (&$connections) { $connections[$request['on']]->beginTransaction(); },
    'commit' => function ($request) use (&$connections) { $connections[$request['on']]->commit(); },
    'rollback' => function ($request) use (&$connections) { $connections[$request['on']]->rollBack(); },
    'close' => function ($request) use (&$connections) { unset($connections[$request['on']]); },
    'pool' => function ($request) {
        $numbers = [];
        for ($time = 0; $time < $request['times']; $time++) {
            $connection = connected($request['settings'], persistent: true);
            $numbers[] = (int) $connection->query('SELECT CONNECTION_ID()')->fetchColumn();
            $connection = null;
        }
        return ['numbers' => $numbers];
    },
];

serve(
    $verbs,
    ['tls', 'zlib', 'socket', 'multi', 'infile',
        'mysql_native_password', 'caching_sha2_password', 'sha256_password', 'mysql_clear_password'],
    fn (PDOException $error) => refused(
        (int) ($error->errorInfo[1] ?? $error->getCode()),
        $error->errorInfo[0] ?? null,
        $error->errorInfo[2] ?? $error->getMessage(),
    ),
);
