# Ruby's mysql2; ../process_client.py says what the lines hold.
require "json"
require "mysql2"
require "bigdecimal"
require "date"
require "time"

exit if ARGV.include?("--check")
$stdout.sync = true

OPTIONS = %w[tls zlib socket multi infile mysql_native_password caching_sha2_password sha256_password
             client_ed25519 mysql_clear_password].freeze

def connected(settings)
  flags = settings["multi"] ? Mysql2::Client::MULTI_STATEMENTS : 0
  flags |= Mysql2::Client::COMPRESS if settings["zlib"]
  options = { username: settings["user"], password: settings["password"], database: settings["database"],
              encoding: "utf8mb4", local_infile: settings["infile"], flags: flags, as: :array, cast: false }
  if settings["tls"]
    options.merge!(sslca: settings["tls"], sslverify: true)
  end
  options.merge!(settings["socket"] ? { socket: settings["socket"] } : { host: settings["host"], port: settings["port"] })
  options[:enable_cleartext_plugin] = true if settings["mysql_clear_password"]
  Mysql2::Client.new(options)
end

def shown(cell)
  case cell
  when nil then nil
  when String
    text = cell.dup.force_encoding("UTF-8")
    text.valid_encoding? ? text : { hex: cell.unpack1("H*") }
  when BigDecimal then cell.to_s("F")
  when Time, DateTime then cell.strftime("%Y-%m-%d %H:%M:%S.%6N")
  else cell.to_s
  end
end

def result_of(asked, result)
  if result.nil?
    return { labels: [], rows: [], affected_rows: asked.affected_rows, last_insert_id: asked.last_id }
  end
  { labels: result.fields, rows: result.map { |row| row.map { |cell| shown(cell) } } }
end

def bound(value)
  return nil if value.nil?

  type, text = value.first
  case type
  when "int" then text.to_i
  when "double" then text.to_f
  when "decimal" then BigDecimal(text)
  when "hex" then [text].pack("H*")
  when "date" then Date.parse(text)
  when "datetime" then Time.parse(text)
  else text
  end
end

CONNECTIONS = {}

VERBS = {
  "connect" => lambda { |request| CONNECTIONS[request["on"]] = connected(request["settings"]); {} },
  "query" => lambda { |request|
    connection = CONNECTIONS[request["on"]]
    results = [result_of(connection, connection.query(request["sql"]))]
    results << result_of(connection, connection.store_result) while connection.next_result
    { results: results }
  },
  "execute" => lambda { |request|
    statement = CONNECTIONS[request["on"]].prepare(request["sql"])
    begin
      params = request["params"].map { |value| bound(value) }
      { results: [result_of(statement, statement.execute(*params, as: :array, cast: true))] }
    ensure
      statement.close
    end
  },
  "ping" => lambda { |request| CONNECTIONS[request["on"]].ping or raise "no pong"; {} },
  "begin" => lambda { |request| CONNECTIONS[request["on"]].query("BEGIN"); {} },
  "commit" => lambda { |request| CONNECTIONS[request["on"]].query("COMMIT"); {} },
  "rollback" => lambda { |request| CONNECTIONS[request["on"]].query("ROLLBACK"); {} },
  "close" => lambda { |request| CONNECTIONS.delete(request["on"]).close; {} },
}.freeze

while (line = $stdin.gets)
  request = JSON.parse(line)
  begin
    answer = request["do"] == "offers" ? { offers: VERBS.keys + OPTIONS } : VERBS[request["do"]].call(request)
  rescue Mysql2::Error => error
    code = error.error_number.to_i
    answer = if code < 1000 || code.between?(2000, 2999)
               { lost: "#{code}: #{error.message}" }
             else
               { code: code, sqlstate: error.sql_state, message: error.message }
             end
  end
  puts JSON.generate(answer)
end
