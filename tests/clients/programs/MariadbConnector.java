// MariaDB Connector/J; ../process_client.py says what the lines hold.

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mariadb.jdbc.MariaDbPoolDataSource;

public class MariadbConnector {
    private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
    private static final List<String> OFFERS = List.of(
            "execute", "cursor", "pool", "tls", "zlib", "socket", "multi", "infile", "mysql_native_password",
            "caching_sha2_password", "sha256_password", "client_ed25519", "mysql_clear_password");
    private static final Set<Integer> BYTES = Set.of(
            Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB, Types.BIT, Types.OTHER);
    private static final Set<Integer> TEXTS = Set.of(Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR);
    private final Map<Integer, Connection> connections = new HashMap<>();

    private static String url(JsonObject settings, String more) {
        String url = "jdbc:mariadb://" + settings.get("host").getAsString() + ":" + settings.get("port").getAsInt() + "/";
        if (!settings.get("database").isJsonNull()) url += settings.get("database").getAsString();
        url += "?user=" + settings.get("user").getAsString() + "&password=" + settings.get("password").getAsString();
        url += "&useServerPrepStmts=true&allowPublicKeyRetrieval=true&tinyInt1isBit=false&yearIsDateType=false";
        url += "&allowMultiQueries=" + settings.has("multi") + "&allowLocalInfile=" + settings.has("infile");
        url += "&useCompression=" + settings.has("zlib");
        if (settings.has("socket")) url += "&localSocket=" + settings.get("socket").getAsString();
        if (settings.has("tls")) url += "&useSsl=true&serverSslCert=" + settings.get("tls").getAsString();
        return url + more;
    }

    private static JsonElement shown(ResultSet rows, int column, int type) throws SQLException {
        if (!BYTES.contains(type) && !TEXTS.contains(type)) {
            String text = rows.getString(column);
            return text == null ? null : new JsonPrimitive(text);
        }
        byte[] bytes = rows.getBytes(column);
        if (bytes == null) return null;
        if (TEXTS.contains(type)) {
            try {
                return new JsonPrimitive(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
            } catch (CharacterCodingException bytesAfterAll) {
                // What was bound as bytes may come back as text.
            }
        }
        JsonObject shown = new JsonObject();
        shown.addProperty("hex", HexFormat.of().formatHex(bytes));
        return shown;
    }

    private static JsonObject resultOf(Statement statement, ResultSet rows) throws SQLException {
        JsonObject result = new JsonObject();
        JsonArray labels = new JsonArray();
        JsonArray cells = new JsonArray();
        result.add("labels", labels);
        result.add("rows", cells);
        if (rows == null) {
            result.addProperty("affected_rows", statement.getUpdateCount());
            ResultSet keys = statement.getGeneratedKeys();
            result.addProperty("last_insert_id", keys.next() ? keys.getLong(1) : 0);
            return result;
        }
        ResultSetMetaData columns = rows.getMetaData();
        for (int column = 1; column <= columns.getColumnCount(); column++) labels.add(columns.getColumnLabel(column));
        while (rows.next()) {
            JsonArray row = new JsonArray();
            for (int column = 1; column <= columns.getColumnCount(); column++) {
                row.add(shown(rows, column, columns.getColumnType(column)));
            }
            cells.add(row);
        }
        return result;
    }

    private static JsonObject resultsOf(Statement statement, boolean hasRows) throws SQLException {
        JsonArray results = new JsonArray();
        while (hasRows || statement.getUpdateCount() != -1) {
            results.add(resultOf(statement, hasRows ? statement.getResultSet() : null));
            hasRows = statement.getMoreResults();
        }
        JsonObject answer = new JsonObject();
        answer.add("results", results);
        return answer;
    }

    private static void bind(PreparedStatement statement, int number, JsonElement param) throws SQLException {
        if (param.isJsonNull()) {
            statement.setNull(number, Types.NULL);
            return;
        }
        Map.Entry<String, JsonElement> entry = param.getAsJsonObject().entrySet().iterator().next();
        String text = entry.getValue().getAsString();
        switch (entry.getKey()) {
            case "int" -> statement.setLong(number, Long.parseLong(text));
            case "double" -> statement.setDouble(number, Double.parseDouble(text));
            case "decimal" -> statement.setBigDecimal(number, new java.math.BigDecimal(text));
            case "date" -> statement.setDate(number, java.sql.Date.valueOf(text));
            case "datetime" -> statement.setTimestamp(number, java.sql.Timestamp.valueOf(text));
            case "hex" -> statement.setBytes(number, HexFormat.of().parseHex(text));
            default -> statement.setString(number, text);
        }
    }

    private JsonObject prepared(JsonObject request, int fetchSize) throws SQLException {
        Connection connection = connections.get(request.get("on").getAsInt());
        try (PreparedStatement statement = connection.prepareStatement(request.get("sql").getAsString())) {
            int number = 0;
            for (JsonElement param : request.getAsJsonArray("params")) bind(statement, ++number, param);
            statement.setFetchSize(fetchSize);
            return resultsOf(statement, statement.execute());
        }
    }

    private JsonObject pooled(JsonObject request) throws SQLException {
        JsonArray numbers = new JsonArray();
        String url = url(request.getAsJsonObject("settings"), "&maxPoolSize=" + request.get("size").getAsInt());
        try (MariaDbPoolDataSource pool = new MariaDbPoolDataSource(url)) {
            for (int time = 0; time < request.get("times").getAsInt(); time++) {
                try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT CONNECTION_ID()")) {
                    rows.next();
                    numbers.add(rows.getLong(1));
                }
            }
        }
        JsonObject answer = new JsonObject();
        answer.add("numbers", numbers);
        return answer;
    }

    private JsonObject answer(JsonObject request) throws SQLException {
        JsonObject nothing = new JsonObject();
        int on = request.has("on") ? request.get("on").getAsInt() : 0;
        Connection connection = connections.get(on);
        switch (request.get("do").getAsString()) {
            case "offers" -> nothing.add("offers", GSON.toJsonTree(OFFERS));
            case "connect" ->
                connections.put(on, DriverManager.getConnection(url(request.getAsJsonObject("settings"), "")));
            case "query" -> {
                try (Statement statement = connection.createStatement()) {
                    String sql = request.get("sql").getAsString();
                    return resultsOf(statement, statement.execute(sql, Statement.RETURN_GENERATED_KEYS));
                }
            }
            case "execute" -> { return prepared(request, 0); }
            case "cursor" -> { return prepared(request, request.get("size").getAsInt()); }
            case "ping" -> {
                if (!connection.isValid(10)) throw new SQLException("no pong", "08000", 0);
            }
            case "begin" -> connection.createStatement().execute("START TRANSACTION");
            case "commit" -> connection.createStatement().execute("COMMIT");
            case "rollback" -> connection.createStatement().execute("ROLLBACK");
            case "close" -> connections.remove(on).close();
            case "pool" -> { return pooled(request); }
            default -> throw new IllegalArgumentException(request.toString());
        }
        return nothing;
    }

    private static JsonObject refusal(SQLException error) {
        JsonObject answer = new JsonObject();
        if (error.getErrorCode() < 1000) {
            answer.addProperty("lost", error.getMessage());
            return answer;
        }
        answer.addProperty("code", error.getErrorCode());
        answer.addProperty("sqlstate", error.getSQLState());
        // Before the server's text, the driver writes which connection had the error.
        answer.addProperty("message", error.getMessage().replaceFirst("^\\(conn=\\d+\\) ", ""));
        return answer;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("--check")) return;
        MariadbConnector client = new MariadbConnector();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject answer;
            try {
                answer = client.answer(JsonParser.parseString(line).getAsJsonObject());
            } catch (SQLException error) {
                answer = refusal(error);
            }
            output.println(GSON.toJson(answer));
        }
        System.exit(0);
    }
}
