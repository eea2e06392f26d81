<?php
// mysqli of PHP as a client of ours: `php mysqli.php <port>`, see matrix.py.
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

function connect(): mysqli
{
    return new mysqli('127.0.0.1', getenv('CLIENT_USER'), getenv('CLIENT_PASSWORD'), '', (int) $GLOBALS['argv'][1]);
}

function rows(mysqli_result $result): array
{
    $kinds = array_column($result->fetch_fields(), 'type');
    $typed = fn($cell, $kind) => $cell !== null && $kind === MYSQLI_TYPE_LONGLONG ? (int) $cell : $cell;
    return array_map(fn($row) => array_map($typed, $row, $kinds), $result->fetch_all());
}

$first = connect();
$result = $first->query(getenv('CLIENT_BATCH'));
$found = ['version' => mysqli_get_client_info(), 'columns' => array_column($result->fetch_fields(), 'name')];
$found['batch'] = rows($result);
$found['command'] = rows($first->query("inception get variables 'port'"));
$statement = $first->prepare('inception get variables ?');
$statement->execute(['port']);
$found['bound'] = rows($statement->get_result());
$statement->close();
try {
    $first->query('select nothing from nowhere');
} catch (mysqli_sql_exception $error) {
    $found['error'] = $error->getCode();
}
$first->stat() !== false or exit('no answer to a ping');
$first->close();
$second = connect();
$found['again'] = rows($second->query('select 1'));
echo json_encode($found, JSON_THROW_ON_ERROR), "\n";
