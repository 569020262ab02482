<?php
// PHP's mysqli, on mysqlnd.

declare(strict_types=1);

require __DIR__ . '/json_lines.php';

const BYTES = [MYSQLI_TYPE_STRING, MYSQLI_TYPE_VAR_STRING, MYSQLI_TYPE_TINY_BLOB, MYSQLI_TYPE_BLOB,
    MYSQLI_TYPE_MEDIUM_BLOB, MYSQLI_TYPE_LONG_BLOB, MYSQLI_TYPE_GEOMETRY];

mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$connections = [];

function connected(array $settings, string $prefix = ''): mysqli
{
    $connection = mysqli_init();
    $connection->options(MYSQLI_OPT_LOCAL_INFILE, (int) isset($settings['infile']));
    $flags = isset($settings['zlib']) ? MYSQLI_CLIENT_COMPRESS : 0;
    if (isset($settings['tls'])) {
        $connection->ssl_set(null, null, $settings['tls'], null, null);
        $flags |= MYSQLI_CLIENT_SSL;
    }
    $host = isset($settings['socket']) ? 'localhost' : $settings['host'];
    $connection->real_connect($prefix . $host, $settings['user'], $settings['password'], $settings['database'],
        $settings['port'], $settings['socket'] ?? null, $flags);
    $connection->set_charset('utf8mb4');
    return $connection;
}

function resultOf(mysqli|mysqli_stmt $asked, mysqli_result|false $result): array
{
    if ($result === false) {
        $changes = ['affected_rows' => (int) $asked->affected_rows, 'last_insert_id' => (int) $asked->insert_id];
        return ['labels' => [], 'rows' => [], ...$changes];
    }
    $fields = $result->fetch_fields();
    $rows = [];
    while ($row = $result->fetch_row()) {
        $rows[] = array_map(
            fn ($cell, $field) => shown($cell, $field->charsetnr === 63 && in_array($field->type, BYTES, true)),
            $row,
            $fields,
        );
    }
    return ['labels' => array_map(fn ($field) => $field->name, $fields), 'rows' => $rows];
}

function prepared(mysqli $connection, array $request): mysqli_stmt
{
    $statement = $connection->prepare($request['sql']);
    $values = array_map('bound', $request['params']);
    $types = array_map(fn ($value) => is_int($value) ? 'i' : (is_float($value) ? 'd' : 's'), $values);
    if ($values) $statement->bind_param(implode('', $types), ...$values);
    return $statement;
}

$verbs = [
    'connect' => function ($request) use (&$connections) {
        $connections[$request['on']] = [connected($request['settings']), isset($request['settings']['multi'])];
    },
    'query' => function ($request) use (&$connections) {
        [$connection, $multi] = $connections[$request['on']];
        $results = [];
        // `multi_query` asks the server to take several statements, `query` not to.
        if ($multi) {
            $connection->multi_query($request['sql']);
            do {
                $results[] = resultOf($connection, $connection->store_result());
            } while ($connection->more_results() && $connection->next_result());
        } else {
            $result = $connection->query($request['sql']);
            $results[] = resultOf($connection, $result === true ? false : $result);
        }
        return ['results' => $results];
    },
    'execute' => function ($request) use (&$connections) {
        $statement = prepared($connections[$request['on']][0], $request);
        $statement->execute();
        return ['results' => [resultOf($statement, $statement->get_result())]];
    },
    'cursor' => function ($request) use (&$connections) {
        $statement = prepared($connections[$request['on']][0], $request);
        $statement->attr_set(MYSQLI_STMT_ATTR_CURSOR_TYPE, MYSQLI_CURSOR_TYPE_READ_ONLY);
        // mysqlnd fetches one row at a time, whatever `size` says.
        $statement->execute();
        $fields = $statement->result_metadata()->fetch_fields();
        $row = array_fill(0, count($fields), null);
        $statement->bind_result(...$row);
        $rows = [];
        while ($statement->fetch()) $rows[] = array_map(fn ($cell) => shown($cell, false), $row);
        return ['results' => [['labels' => array_map(fn ($field) => $field->name, $fields), 'rows' => $rows]]];
    },
    'ping' => function ($request) use (&$connections) { $connections[$request['on']][0]->ping(); },
    'begin' => function ($request) use (&$connections) { $connections[$request['on']][0]->begin_transaction(); },
    'commit' => function ($request) use (&$connections) { $connections[$request['on']][0]->commit(); },
    'rollback' => function ($request) use (&$connections) { $connections[$request['on']][0]->rollback(); },
    'close' => function ($request) use (&$connections) { $connections[$request['on']][0]->close(); },
    'change_user' => function ($request) use (&$connections) {
        $settings = $request['settings'];
        $connections[$request['on']][0]->change_user($settings['user'], $settings['password'], $settings['database']);
    },
    'pool' => function ($request) {
        // Persistent connections: one that is closed waits for the next that asks for the same.
        $numbers = [];
        for ($time = 0; $time < $request['times']; $time++) {
            $connection = connected($request['settings'], 'p:');
            $numbers[] = (int) $connection->query('SELECT CONNECTION_ID()')->fetch_row()[0];
            $connection->close();
        }
        return ['numbers' => $numbers];
    },
];

serve(
    $verbs,
    ['tls', 'zlib', 'socket', 'multi', 'infile',
        'mysql_native_password', 'caching_sha2_password', 'sha256_password', 'mysql_clear_password'],
    fn (mysqli_sql_exception $error) => refused($error->getCode(), $error->getSqlState(), $error->getMessage()),
);
