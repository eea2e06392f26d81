<?php
// PDO of PHP as a client of ours: `php pdo.php <port>`, see matrix.py.
function connect(): PDO
{
    $source = 'mysql:host=127.0.0.1;charset=utf8mb4;port=' . $GLOBALS['argv'][1];
    return new PDO($source, getenv('CLIENT_USER'), getenv('CLIENT_PASSWORD'));
}

function columns(PDOStatement $result): array
{
    return array_map(fn($at) => $result->getColumnMeta($at)['name'], range(0, $result->columnCount() - 1));
}

$first = connect();
$result = $first->query(getenv('CLIENT_BATCH'));
$found = ['version' => $first->getAttribute(PDO::ATTR_CLIENT_VERSION), 'columns' => columns($result)];
$found['batch'] = $result->fetchAll(PDO::FETCH_NUM);
$found['command'] = $first->query("inception get variables 'port'")->fetchAll(PDO::FETCH_NUM);
foreach ([true, false] as $emulated) {
    $first->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulated);
    $statement = $first->prepare('inception get variables ?');
    $statement->execute(['port']);
    $found['bound'] = $statement->fetchAll(PDO::FETCH_NUM);
}
try {
    $first->query('select nothing from nowhere');
} catch (PDOException $error) {
    $found['error'] = $error->errorInfo[1];
}
$first->getAttribute(PDO::ATTR_SERVER_INFO) or exit('no answer to a ping');
$first = $result = $statement = null;
$second = connect();
$found['again'] = $second->query('select 1')->fetchAll(PDO::FETCH_NUM);
echo json_encode($found, JSON_THROW_ON_ERROR), "\n";
