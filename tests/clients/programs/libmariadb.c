/* C on libmariadb; ../process_client.py says what the lines hold. */

#include <errmsg.h>
#include <jansson.h>
#include <mysql.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_CONNECTIONS 4096

static MYSQL *connections[MOST_CONNECTIONS];

static const char *OFFERS[] = {
    "execute", "cursor", "reset", "change_user", "tls", "zlib", "socket", "multi", "infile", "mysql_native_password",
    "caching_sha2_password", "sha256_password", "client_ed25519", "mysql_clear_password", NULL};

static const char *text_at(json_t *object, const char *name) { return json_string_value(json_object_get(object, name)); }

/* The server's error, or that the connection has broken. */
static json_t *refusal(unsigned code, const char *state, const char *message) {
    if (code < 1000 || (code >= 2000 && code < 3000)) return json_pack("{s:s}", "lost", message);
    return json_pack("{s:i,s:s,s:s}", "code", (int)code, "sqlstate", state, "message", message);
}

static json_t *refused(MYSQL *connection) {
    return refusal(mysql_errno(connection), mysql_sqlstate(connection), mysql_error(connection));
}

static json_t *refused_statement(MYSQL_STMT *statement) {
    json_t *answer = refusal(mysql_stmt_errno(statement), mysql_stmt_sqlstate(statement), mysql_stmt_error(statement));
    mysql_stmt_close(statement);
    return answer;
}

/* A cell as its text, or in hexadecimal where it is none. */
static json_t *shown(const char *cell, size_t size, const MYSQL_FIELD *field) {
    if (cell == NULL) return json_null();
    bool is_string = field->type == MYSQL_TYPE_BIT || field->type >= MYSQL_TYPE_ENUM;
    json_t *text = field->charsetnr == 63 && is_string ? NULL : json_stringn(cell, size);
    if (text != NULL) return text;
    char *hex = malloc(2 * size + 1);
    for (size_t i = 0; i < size; i++) sprintf(hex + 2 * i, "%02x", (unsigned char)cell[i]);
    hex[2 * size] = 0;
    json_t *bytes = json_pack("{s:s}", "hex", hex);
    free(hex);
    return bytes;
}

static json_t *labels_of(MYSQL_RES *result) {
    json_t *labels = json_array();
    for (unsigned i = 0; i < mysql_num_fields(result); i++)
        json_array_append_new(labels, json_string(mysql_fetch_field_direct(result, i)->name));
    return labels;
}

static json_t *changes(my_ulonglong affected, my_ulonglong id) {
    return json_pack("{s:[],s:[],s:I,s:I}", "labels", "rows", "affected_rows", (json_int_t)affected, "last_insert_id",
                     (json_int_t)id);
}

static json_t *do_connect(json_t *request) {
    json_t *settings = json_object_get(request, "settings");
    MYSQL *connection = mysql_init(NULL);
    my_bool yes = 1;
    unsigned int infile = json_object_get(settings, "infile") != NULL;
    const char *tls = text_at(settings, "tls");
    if (tls != NULL) {
        mysql_optionsv(connection, MYSQL_OPT_SSL_CA, tls);
        mysql_optionsv(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
    }
    if (json_object_get(settings, "zlib") != NULL) mysql_optionsv(connection, MYSQL_OPT_COMPRESS, NULL);
    mysql_optionsv(connection, MYSQL_OPT_LOCAL_INFILE, &infile);
    mysql_optionsv(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const char *path = text_at(settings, "socket");
    unsigned long flags = json_object_get(settings, "multi") != NULL ? CLIENT_MULTI_STATEMENTS : 0;
    int port = (int)json_integer_value(json_object_get(settings, "port"));
    if (mysql_real_connect(connection, path ? "localhost" : text_at(settings, "host"), text_at(settings, "user"),
                           text_at(settings, "password"), text_at(settings, "database"), port, path, flags) == NULL) {
        json_t *answer = refused(connection);
        mysql_close(connection);
        return answer;
    }
    connections[json_integer_value(json_object_get(request, "on"))] = connection;
    return json_object();
}

static json_t *do_query(json_t *request, MYSQL *connection) {
    json_t *sql = json_object_get(request, "sql"), *results = json_array();
    if (mysql_real_query(connection, json_string_value(sql), json_string_length(sql))) return refused(connection);
    int more;
    do {
        MYSQL_RES *result = mysql_store_result(connection);
        if (result == NULL) {
            if (mysql_errno(connection)) return refused(connection);
            json_array_append_new(results, changes(mysql_affected_rows(connection), mysql_insert_id(connection)));
        } else {
            json_t *rows = json_array();
            MYSQL_ROW row;
            while ((row = mysql_fetch_row(result)) != NULL) {
                unsigned long *sizes = mysql_fetch_lengths(result);
                json_t *cells = json_array();
                for (unsigned i = 0; i < mysql_num_fields(result); i++)
                    json_array_append_new(cells, shown(row[i], sizes[i], mysql_fetch_field_direct(result, i)));
                json_array_append_new(rows, cells);
            }
            json_array_append_new(results, json_pack("{s:o,s:o}", "labels", labels_of(result), "rows", rows));
            mysql_free_result(result);
        }
        more = mysql_next_result(connection);
        if (more > 0) return refused(connection);
    } while (more == 0);
    return json_pack("{s:o}", "results", results);
}

static void moment(MYSQL_TIME *time, const char *text, enum enum_mysql_timestamp_type kind) {
    char fraction[7] = "000000";
    memset(time, 0, sizeof *time);
    time->time_type = kind;
    time->neg = text[0] == '-';
    if (kind == MYSQL_TIMESTAMP_TIME)
        sscanf(text + time->neg, "%u:%u:%u.%6[0-9]", &time->hour, &time->minute, &time->second, fraction);
    else
        sscanf(text, "%u-%u-%u %u:%u:%u.%6[0-9]", &time->year, &time->month, &time->day, &time->hour, &time->minute,
               &time->second, fraction);
    char digits[7] = "000000";
    memcpy(digits, fraction, strlen(fraction));
    time->second_part = strtoul(digits, NULL, 10);
    /* The protocol has a field for the days of a TIME. */
    if (kind == MYSQL_TIMESTAMP_TIME) time->day = time->hour / 24, time->hour %= 24;
}

typedef union {
    long long integer;
    double number;
    MYSQL_TIME time;
    char *bytes;
} Value;

/* Bind a parameter with the type of the protocol that it has. */
static void bind(MYSQL_BIND *bound, Value *value, json_t *param) {
    memset(bound, 0, sizeof *bound);
    bound->buffer = value;
    bound->buffer_type = MYSQL_TYPE_NULL;
    if (json_is_null(param)) return;
    const char *type = json_object_iter_key(json_object_iter(param));
    json_t *content = json_object_iter_value(json_object_iter(param));
    const char *text = json_string_value(content);
    if (strcmp(type, "int") == 0) {
        bound->buffer_type = MYSQL_TYPE_LONGLONG;
        value->integer = strtoll(text, NULL, 10);
    } else if (strcmp(type, "double") == 0) {
        bound->buffer_type = MYSQL_TYPE_DOUBLE;
        value->number = strtod(text, NULL);
    } else if (strcmp(type, "date") == 0) {
        bound->buffer_type = MYSQL_TYPE_DATE;
        moment(&value->time, text, MYSQL_TIMESTAMP_DATE);
    } else if (strcmp(type, "datetime") == 0) {
        bound->buffer_type = MYSQL_TYPE_DATETIME;
        moment(&value->time, text, MYSQL_TIMESTAMP_DATETIME);
    } else if (strcmp(type, "time") == 0) {
        bound->buffer_type = MYSQL_TYPE_TIME;
        moment(&value->time, text, MYSQL_TIMESTAMP_TIME);
    } else if (strcmp(type, "hex") == 0) {
        bound->buffer_type = MYSQL_TYPE_BLOB;
        bound->buffer_length = json_string_length(content) / 2;
        value->bytes = malloc(bound->buffer_length + 1);
        for (unsigned long i = 0; i < bound->buffer_length; i++) {
            unsigned byte;
            sscanf(text + 2 * i, "%2x", &byte);
            value->bytes[i] = (char)byte;
        }
        bound->buffer = value->bytes;
    } else {
        bound->buffer_type = strcmp(type, "decimal") == 0 ? MYSQL_TYPE_NEWDECIMAL : MYSQL_TYPE_STRING;
        bound->buffer_length = json_string_length(content);
        bound->buffer = (void *)text;
    }
}

/* Rows of a prepared statement, each cell turned into text by the library. */
static json_t *rows_of(MYSQL_STMT *statement, MYSQL_RES *columns, json_t **rows) {
    unsigned count = mysql_num_fields(columns);
    *rows = json_array();
    MYSQL_BIND *cells = calloc(count, sizeof *cells);
    unsigned long *sizes = calloc(count, sizeof *sizes);
    my_bool *nulls = calloc(count, sizeof *nulls);
    for (unsigned i = 0; i < count; i++) {
        cells[i].buffer_type = MYSQL_TYPE_STRING;
        cells[i].length = &sizes[i];
        cells[i].is_null = &nulls[i];
    }
    mysql_stmt_bind_result(statement, cells);
    int status;
    while ((status = mysql_stmt_fetch(statement)) == 0 || status == MYSQL_DATA_TRUNCATED) {
        json_t *row = json_array();
        for (unsigned i = 0; i < count; i++) {
            MYSQL_FIELD *field = mysql_fetch_field_direct(columns, i);
            MYSQL_BIND cell = {.buffer_type = MYSQL_TYPE_STRING, .length = &sizes[i]};
            if (field->type == MYSQL_TYPE_BIT) cell.buffer_type = MYSQL_TYPE_BLOB;
            /* A number has no size before it is a text. */
            cell.buffer_length = sizes[i] < 400 ? 400 : sizes[i];
            cell.buffer = calloc(1, cell.buffer_length + 1);
            if (!nulls[i]) mysql_stmt_fetch_column(statement, &cell, i, 0);
            json_array_append_new(row, nulls[i] ? json_null() : shown(cell.buffer, sizes[i], field));
            free(cell.buffer);
        }
        json_array_append_new(*rows, row);
    }
    free(cells);
    free(sizes);
    free(nulls);
    return status == MYSQL_NO_DATA ? NULL : *rows;
}

static json_t *do_execute(json_t *request, MYSQL *connection, unsigned long fetch) {
    json_t *sql = json_object_get(request, "sql"), *params = json_object_get(request, "params"), *result;
    MYSQL_STMT *statement = mysql_stmt_init(connection);
    if (mysql_stmt_prepare(statement, json_string_value(sql), json_string_length(sql)))
        return refused_statement(statement);
    if (fetch > 0) {
        unsigned long cursor = CURSOR_TYPE_READ_ONLY;
        mysql_stmt_attr_set(statement, STMT_ATTR_CURSOR_TYPE, &cursor);
        mysql_stmt_attr_set(statement, STMT_ATTR_PREFETCH_ROWS, &fetch);
    }
    size_t count = json_array_size(params);
    MYSQL_BIND *bound = calloc(count + 1, sizeof *bound);
    Value *values = calloc(count + 1, sizeof *values);
    for (size_t i = 0; i < count; i++) bind(&bound[i], &values[i], json_array_get(params, i));
    mysql_stmt_bind_param(statement, bound);
    int failed = mysql_stmt_execute(statement);
    for (size_t i = 0; i < count; i++)
        if (bound[i].buffer_type == MYSQL_TYPE_BLOB) free(values[i].bytes);
    free(bound);
    free(values);
    if (failed) return refused_statement(statement);
    MYSQL_RES *columns = mysql_stmt_result_metadata(statement);
    if (columns == NULL) {
        result = changes(mysql_stmt_affected_rows(statement), mysql_stmt_insert_id(statement));
    } else {
        json_t *rows;
        if (rows_of(statement, columns, &rows) != NULL) return refused_statement(statement);
        result = json_pack("{s:o,s:o}", "labels", labels_of(columns), "rows", rows);
        mysql_free_result(columns);
    }
    mysql_stmt_close(statement);
    return json_pack("{s:[o]}", "results", result);
}

static json_t *answer(json_t *request) {
    const char *verb = text_at(request, "do");
    MYSQL *connection = connections[json_integer_value(json_object_get(request, "on"))];
    json_t *settings = json_object_get(request, "settings");
    if (strcmp(verb, "offers") == 0) {
        json_t *offers = json_array();
        for (const char **word = OFFERS; *word != NULL; word++) json_array_append_new(offers, json_string(*word));
        return json_pack("{s:o}", "offers", offers);
    }
    if (strcmp(verb, "connect") == 0) return do_connect(request);
    if (strcmp(verb, "query") == 0) return do_query(request, connection);
    if (strcmp(verb, "execute") == 0) return do_execute(request, connection, 0);
    if (strcmp(verb, "cursor") == 0)
        return do_execute(request, connection, json_integer_value(json_object_get(request, "size")));
    bool failed = false;
    if (strcmp(verb, "ping") == 0) failed = mysql_ping(connection);
    else if (strcmp(verb, "begin") == 0) failed = mysql_query(connection, "START TRANSACTION");
    else if (strcmp(verb, "commit") == 0) failed = mysql_commit(connection);
    else if (strcmp(verb, "rollback") == 0) failed = mysql_rollback(connection);
    else if (strcmp(verb, "reset") == 0) failed = mysql_reset_connection(connection);
    else if (strcmp(verb, "close") == 0) mysql_close(connection);
    else if (strcmp(verb, "change_user") == 0)
        failed = mysql_change_user(connection, text_at(settings, "user"), text_at(settings, "password"),
                                   text_at(settings, "database"));
    else
        return NULL;
    return failed ? refused(connection) : json_object();
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    while ((size = getline(&line, &room, stdin)) > 0) {
        json_error_t error;
        json_t *request = json_loadb(line, (size_t)size, JSON_ALLOW_NUL, &error);
        json_t *said = request == NULL ? NULL : answer(request);
        if (said == NULL) {
            fprintf(stderr, "cannot answer: %.200s\n", line);
            return 1;
        }
        json_dumpf(said, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(said);
        json_decref(request);
    }
    free(line);
    return 0;
}
