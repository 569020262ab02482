# Perl's DBI, with DBD::mysql or DBD::MariaDB as its first argument says; ../process_client.py says what the lines hold.
use strict;
use warnings;
use DBI qw(:sql_types);
use JSON::XS;

my $driver = shift @ARGV;
require "DBD/$driver.pm";
exit if grep { $_ eq '--check' } @ARGV;

my $is_mysql = $driver eq 'mysql';
my $prefix = $is_mysql ? 'mysql' : 'mariadb';
my $json = JSON::XS->new->utf8->canonical->allow_nonref;
my (%connections, %several);

# Types of columns whose values are bytes where their character set is that of bytes: strings, blobs and geometry.
my %STRINGS = map { $_ => 1 } (249 .. 255);

sub connected {
    my ($settings, $method) = @_;
    my $source = "DBI:$driver:" . ($settings->{database} // '');
    $source .= $settings->{socket}
        ? ";${prefix}_socket=$settings->{socket}" : ";host=$settings->{host};port=$settings->{port}";
    $source .= ";${prefix}_ssl=1;${prefix}_ssl_ca_file=$settings->{tls};${prefix}_ssl_verify_server_cert=1"
        if $settings->{tls};
    # Built on libmariadb, DBD::mysql refuses to insist on TLS; the test looks whether there is any.
    $source .= ";mysql_ssl_optional=1" if $settings->{tls} && $is_mysql;
    $source .= ";${prefix}_compression=1" if $settings->{zlib};
    $source .= ";${prefix}_local_infile=1" if $settings->{infile};
    $source .= ";${prefix}_multi_statements=1" if $settings->{multi};
    my %attributes = (RaiseError => 1, PrintError => 0, AutoCommit => 1);
    $attributes{mysql_enable_utf8mb4} = 1 if $is_mysql;
    return DBI->$method($source, $settings->{user}, $settings->{password}, \%attributes);
}

sub shown {
    my ($cell, $is_bytes) = @_;
    return undef unless defined $cell;
    return "$cell" unless $is_bytes;
    utf8::encode($cell) if utf8::is_utf8($cell);
    return {hex => unpack('H*', $cell)};
}

sub result_of {
    my ($statement, $connection) = @_;
    my $id = $is_mysql ? $statement->{mysql_insertid} : $statement->{mariadb_insertid};
    return {labels => [], rows => [], affected_rows => $statement->rows + 0, last_insert_id => ($id || 0) + 0}
        unless $statement->{NUM_OF_FIELDS};
    my @labels = @{$statement->{NAME}};
    my @rows;
    while (my $row = $statement->fetchrow_arrayref) {
        push @rows, [map { shown($_, defined $_ && !utf8::is_utf8($_) && /[^\x00-\x7f]/) } @$row];
    }
    return {labels => \@labels, rows => \@rows};
}

sub asked {
    my ($connection, $sql, $params, $on_server, $several) = @_;
    my $statement = $connection->prepare($sql, {"${prefix}_server_prepare" => $on_server});
    my $number = 0;
    for my $param (@$params) {
        my ($type, $text) = $param ? %$param : ();
        $number++;
        if (!$type) { $statement->bind_param($number, undef) }
        elsif ($type eq 'hex') { $statement->bind_param($number, pack('H*', $text), SQL_BLOB) }
        elsif ($type eq 'int') { $statement->bind_param($number, $text, SQL_BIGINT) }
        elsif ($type eq 'double') { $statement->bind_param($number, $text, SQL_DOUBLE) }
        else { $statement->bind_param($number, $text) }
    }
    $statement->execute;
    my @results = result_of($statement, $connection);
    # A statement that had no rows has no further results either, and DBD::mysql fails if it is asked.
    while ($several && $statement->more_results) { push @results, result_of($statement, $connection) }
    return {results => \@results};
}

my %verbs = (
    connect => sub { my ($request) = @_; 
        $several{$request->{on}} = $request->{settings}{multi};
        $connections{$request->{on}} = connected($request->{settings}, 'connect');
        {};
    },
    query => sub { my ($request) = @_; asked($connections{$request->{on}}, $request->{sql}, [], 0, $several{$request->{on}}) },
    execute => sub { my ($request) = @_; asked($connections{$request->{on}}, $request->{sql}, $request->{params}, 1) },
    ping => sub { my ($request) = @_; $connections{$request->{on}}->ping or die "no pong"; {} },
    begin => sub { my ($request) = @_; $connections{$request->{on}}->begin_work; {} },
    commit => sub { my ($request) = @_; $connections{$request->{on}}->commit; {} },
    rollback => sub { my ($request) = @_; $connections{$request->{on}}->rollback; {} },
    close => sub { my ($request) = @_; (delete $connections{$request->{on}})->disconnect; {} },
    # `connect_cached` gives the same connection to all who ask for the same.
    pool => sub {
        my ($request) = @_;
        my @numbers = map {
            (connected($request->{settings}, 'connect_cached')->selectrow_array('SELECT CONNECTION_ID()'))[0] + 0
        } 1 .. $request->{times};
        {numbers => \@numbers};
    },
);
my @options = qw(tls zlib socket multi infile mysql_native_password caching_sha2_password sha256_password
    client_ed25519 mysql_clear_password);
$verbs{offers} = sub { {offers => [keys %verbs, @options]} };

$| = 1;
while (my $line = <STDIN>) {
    my $request = $json->decode($line);
    my $answer = eval { $verbs{$request->{do}}->($request) };
    if (!$answer) {
        my ($code, $message, $state) = ($DBI::err, $DBI::errstr, $DBI::state);
        die $@ unless $code;
        utf8::decode($message) unless utf8::is_utf8($message);
        $answer = $code < 1000 || ($code >= 2000 && $code < 3000)
            ? {lost => "$code: $message"}
            : {code => $code + 0, sqlstate => $state, message => $message};
    }
    print $json->encode($answer), "\n";
}
