// The JDBC drivers as clients of ours: `java -cp <driver> Jdbc.java <url>`, see matrix.py.
import java.sql.*;
import java.util.*;

public class Jdbc {
    static String url;

    static Connection connect() throws SQLException {
        return DriverManager.getConnection(url, System.getenv("CLIENT_USER"), System.getenv("CLIENT_PASSWORD"));
    }

    // Not executeQuery: MySQL's driver looks at the text and refuses there what does not begin as a query.
    static ResultSet ask(Statement statement, String text) throws SQLException {
        statement.execute(text);
        return statement.getResultSet();
    }

    static String text(Object value) {
        if (value == null || value instanceof Number) return String.valueOf(value);
        StringBuilder quoted = new StringBuilder("\"");
        for (char each : value.toString().toCharArray())
            quoted.append(each < ' ' || each == '"' || each == '\\' || each > '~' ? String.format("\\u%04x", (int) each) : each);
        return quoted.append('"').toString();
    }

    static String rows(ResultSet set) throws SQLException {
        List<String> rows = new ArrayList<>();
        while (set.next()) {
            List<String> cells = new ArrayList<>();
            for (int column = 1; column <= set.getMetaData().getColumnCount(); column++) cells.add(text(set.getObject(column)));
            rows.add("[" + String.join(",", cells) + "]");
        }
        return "[" + String.join(",", rows) + "]";
    }

    static String columns(ResultSet set) throws SQLException {
        List<String> names = new ArrayList<>();
        for (int column = 1; column <= set.getMetaData().getColumnCount(); column++)
            names.add(text(set.getMetaData().getColumnLabel(column)));
        return "[" + String.join(",", names) + "]";
    }

    public static void main(String[] arguments) throws SQLException {
        url = arguments[0];
        Map<String, String> found = new TreeMap<>();
        try (Connection first = connect(); Statement statement = first.createStatement()) {
            found.put("version", text(first.getMetaData().getDriverVersion()));
            ResultSet batch = ask(statement, System.getenv("CLIENT_BATCH"));
            found.put("columns", columns(batch));
            found.put("batch", rows(batch));
            found.put("command", rows(ask(statement, "inception get variables 'port'")));
            try (PreparedStatement prepared = first.prepareStatement("inception get variables ?")) {
                prepared.setString(1, "port");
                prepared.execute();
                found.put("bound", rows(prepared.getResultSet()));
            }
            try {
                ask(statement, "select nothing from nowhere");
            } catch (SQLException error) {
                found.put("error", String.valueOf(error.getErrorCode()));
            }
            if (!first.isValid(5)) throw new SQLException("ping failed");
        }
        try (Connection second = connect(); Statement statement = second.createStatement()) {
            found.put("again", rows(statement.executeQuery("select 1")));
        }
        List<String> parts = new ArrayList<>();
        found.forEach((name, value) -> parts.add(text(name) + ":" + value));
        System.out.println("{" + String.join(",", parts) + "}");
    }
}
