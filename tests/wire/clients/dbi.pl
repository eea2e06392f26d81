# The drivers of Perl's DBI as clients of ours: `perl dbi.pl <mysql|MariaDB> <port>`, see matrix.py.
use strict;
use warnings;
use DBI;
use JSON::PP;

my ($driver, $port) = @ARGV;
my $prefix = lc $driver;

sub connected {
    my %text = $driver eq 'mysql' ? (mysql_enable_utf8mb4 => 1) : ();    # DBD::MariaDB always does it
    return DBI->connect("DBI:$driver:host=127.0.0.1;port=$port", $ENV{CLIENT_USER}, $ENV{CLIENT_PASSWORD},
        { RaiseError => 1, PrintError => 0, "${prefix}_server_prepare" => $_[0] // 0, %text });
}

sub rows {
    my ($statement) = @_;
    my @numeric = map { $_ == DBI::SQL_BIGINT() || $_ == DBI::SQL_INTEGER() } @{ $statement->{TYPE} };
    return [map { my $row = $_;
        [map { defined $row->[$_] && $numeric[$_] ? $row->[$_] + 0 : $row->[$_] } 0 .. $#$row]
    } @{ $statement->fetchall_arrayref }];
}

sub asked {
    my ($connection, $text, @values) = @_;
    my $statement = $connection->prepare($text);
    $statement->execute(@values);
    return $statement;
}

my $first = connected();
my $version = "DBD::$driver"->VERSION;
utf8::decode(my $text = $ENV{CLIENT_BATCH});
my $batch = asked($first, $text);
my %found = (version => "$version", columns => $batch->{NAME}, batch => rows($batch));
$found{command} = rows(asked($first, "inception get variables 'port'"));
$found{bound} = rows(asked($first, 'inception get variables ?', 'port'));
eval { asked($first, 'select nothing from nowhere'); 1 } or $found{error} = $first->err + 0;
$first->ping or die 'no answer to a ping';
$first->disconnect;
my $second = connected(1);
$found{again} = rows(asked($second, 'select 1'));
rows(asked($second, 'inception get variables ?', 'port'))->[0][0] eq 'port' or die 'prepared on the server';
$second->disconnect;
print JSON::PP->new->ascii->encode(\%found), "\n";
