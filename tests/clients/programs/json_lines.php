<?php
// What the programs of PHP have in common: JSON lines; ../process_client.py says what they hold.

declare(strict_types=1);

ini_set('memory_limit', '-1');
ini_set('precision', '17');
ini_set('serialize_precision', '-1');

// A bound value, from its JSON form.
function bound(?array $value): mixed
{
    if ($value === null) return null;
    $type = array_key_first($value);
    return match ($type) {
        'int' => (int) $value[$type],
        'double' => (float) $value[$type],
        'hex' => hex2bin($value[$type]),
        default => $value[$type],
    };
}

// A cell as its text, or as bytes where the column holds no text, or the cell is none.
function shown(mixed $cell, bool $isBytes): mixed
{
    if ($cell === null) return null;
    if (is_float($cell)) return json_encode($cell);
    return $isBytes || !preg_match('//u', (string) $cell) ? ['hex' => bin2hex((string) $cell)] : (string) $cell;
}

// Answer each line in its turn; `verbs` maps a word to a function of the request, which refuses with Refused or Lost.
function serve(array $verbs, array $options, callable $refusal): void
{
    if (in_array('--check', $_SERVER['argv'], true)) exit(0);
    $verbs['offers'] = fn () => ['offers' => [...array_keys($verbs), ...$options]];
    while (($line = fgets(STDIN)) !== false) {
        $request = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
        try {
            $answer = $verbs[$request['do']]($request) ?? new stdClass();
        } catch (mysqli_sql_exception | PDOException $error) {
            $answer = $refusal($error);
        }
        fwrite(STDOUT, json_encode($answer, JSON_THROW_ON_ERROR) . "\n");
    }
}

function refused(int $code, ?string $sqlstate, string $message): array
{
    if ($code < 1000 || ($code >= 2000 && $code < 3000)) return ['lost' => "$code: $message"];
    return ['code' => $code, 'sqlstate' => $sqlstate, 'message' => $message];
}
