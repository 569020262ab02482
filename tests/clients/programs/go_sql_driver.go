// Go's database/sql with go-sql-driver; ../process_client.py says what the lines hold.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"unicode/utf8"

	"github.com/go-sql-driver/mysql"
)

type settings map[string]interface{}

type request struct {
	Do       string              `json:"do"`
	On       int                 `json:"on"`
	SQL      string              `json:"sql"`
	Params   []map[string]string `json:"params"`
	Settings settings            `json:"settings"`
	Size     int                 `json:"size"`
	Times    int                 `json:"times"`
}

type result struct {
	Labels       []string        `json:"labels"`
	Rows         [][]interface{} `json:"rows"`
	AffectedRows int64           `json:"affected_rows"`
	LastInsertID int64           `json:"last_insert_id"`
}

type connection struct {
	pool *sql.DB
	one  *sql.Conn
}

var connections = map[int]*connection{}
var background = context.Background()

func source(given settings) (*mysql.Config, error) {
	text := func(name string) string { value, _ := given[name].(string); return value }
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName = text("user"), text("password"), text("database")
	config.Net, config.Addr = "tcp", fmt.Sprintf("%s:%v", text("host"), given["port"])
	if path := text("socket"); path != "" {
		config.Net, config.Addr = "unix", path
	}
	if path := text("tls"); path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		mysql.RegisterTLSConfig("checked", &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
		config.TLSConfig = "checked"
	}
	config.MaxAllowedPacket = 64 << 20
	config.MultiStatements = given["multi"] != nil
	config.AllowAllFiles = given["infile"] != nil
	config.AllowCleartextPasswords = given["mysql_clear_password"] != nil
	return config, nil
}

func open(given settings) (*connection, error) {
	config, err := source(given)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		return nil, err
	}
	one, err := pool.Conn(background)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &connection{pool: pool, one: one}, nil
}

func bound(params []map[string]string) []interface{} {
	values := make([]interface{}, len(params))
	for index, param := range params {
		for kind, text := range param {
			switch kind {
			case "int":
				values[index], _ = strconv.ParseInt(text, 10, 64)
			case "double":
				values[index], _ = strconv.ParseFloat(text, 64)
			case "hex":
				values[index], _ = hex.DecodeString(text)
			default:
				values[index] = text
			}
		}
	}
	return values
}

func shown(cell interface{}) interface{} {
	switch value := cell.(type) {
	case nil:
		return nil
	case []byte:
		if utf8.Valid(value) {
			return string(value)
		}
		return map[string]string{"hex": hex.EncodeToString(value)}
	case float32:
		return strconv.FormatFloat(float64(value), 'g', -1, 32)
	case float64:
		if math.Trunc(value) == value && math.Abs(value) < 1e15 {
			return strconv.FormatFloat(value, 'f', -1, 64)
		}
		return strconv.FormatFloat(value, 'g', -1, 64)
	}
	return fmt.Sprint(cell)
}

func read(rows *sql.Rows) (results []result, err error) {
	for {
		labels, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		one := result{Labels: append([]string{}, labels...), Rows: [][]interface{}{}}
		for rows.Next() {
			cells, places := make([]interface{}, len(labels)), make([]interface{}, len(labels))
			for index := range cells {
				places[index] = &cells[index]
			}
			if err := rows.Scan(places...); err != nil {
				return nil, err
			}
			for index := range cells {
				cells[index] = shown(cells[index])
			}
			one.Rows = append(one.Rows, cells)
		}
		results = append(results, one)
		if !rows.NextResultSet() {
			return results, rows.Err()
		}
	}
}

func asked(held *connection, text string) ([]result, error) {
	rows, err := held.one.QueryContext(background, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return read(rows)
}

func changed(held *connection, text string) ([]result, error) {
	done, err := held.one.ExecContext(background, text)
	if err != nil {
		return nil, err
	}
	affected, _ := done.RowsAffected()
	id, _ := done.LastInsertId()
	return []result{{Labels: []string{}, Rows: [][]interface{}{}, AffectedRows: affected, LastInsertID: id}}, nil
}

// In database/sql the caller says whether a statement gives rows.
func givesRows(text string) bool {
	var word string
	fmt.Sscan(text, &word)
	return word == "SELECT" || word == "SHOW" || word == "CALL"
}

func answer(asking request) (interface{}, error) {
	held := connections[asking.On]
	nothing := struct{}{}
	switch asking.Do {
	case "offers":
		return map[string][]string{"offers": {"execute", "pool", "tls", "socket", "multi", "infile",
			"mysql_native_password", "caching_sha2_password", "sha256_password", "mysql_clear_password"}}, nil
	case "connect":
		opened, err := open(asking.Settings)
		connections[asking.On] = opened
		return nothing, err
	case "query":
		run := changed
		if givesRows(asking.SQL) {
			run = asked
		}
		results, err := run(held, asking.SQL)
		return map[string]interface{}{"results": results}, err
	case "execute":
		statement, err := held.one.PrepareContext(background, asking.SQL)
		if err != nil {
			return nil, err
		}
		defer statement.Close()
		rows, err := statement.QueryContext(background, bound(asking.Params)...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		results, err := read(rows)
		return map[string]interface{}{"results": results}, err
	case "ping":
		return nothing, held.one.PingContext(background)
	case "begin":
		_, err := held.one.ExecContext(background, "START TRANSACTION")
		return nothing, err
	case "commit":
		_, err := held.one.ExecContext(background, "COMMIT")
		return nothing, err
	case "rollback":
		_, err := held.one.ExecContext(background, "ROLLBACK")
		return nothing, err
	case "close":
		delete(connections, asking.On)
		held.one.Close()
		return nothing, held.pool.Close()
	case "pool":
		return pooled(asking)
	}
	return nil, fmt.Errorf("unknown verb %s", asking.Do)
}

func pooled(asking request) (interface{}, error) {
	config, err := source(asking.Settings)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(asking.Size)
	type outcome struct {
		number int64
		err    error
	}
	outcomes := make(chan outcome)
	for time := 0; time < asking.Times; time++ {
		go func() {
			var one outcome
			one.err = pool.QueryRow("SELECT CONNECTION_ID()").Scan(&one.number)
			outcomes <- one
		}()
	}
	numbers := []int64{}
	for time := 0; time < asking.Times; time++ {
		one := <-outcomes
		if one.err != nil {
			return nil, one.err
		}
		numbers = append(numbers, one.number)
	}
	return map[string][]int64{"numbers": numbers}, nil
}

func refusal(err error) interface{} {
	var refused *mysql.MySQLError
	if errors.As(err, &refused) {
		return map[string]interface{}{"code": refused.Number, "sqlstate": nil, "message": refused.Message}
	}
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, sql.ErrConnDone) {
		return map[string]string{"lost": err.Error()}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
	return nil
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--check" {
		return
	}
	mysql.SetLogger(quiet{})
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asking request
		if err := json.Unmarshal(line, &asking); err != nil {
			panic(err)
		}
		said, err := answer(asking)
		if err != nil {
			said = refusal(err)
		}
		output.Encode(said)
	}
}

type quiet struct{}

func (quiet) Print(...interface{}) {}
