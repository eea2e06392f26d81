// go-sql-driver/mysql as a client of ours: `client <port>`, see matrix.py.
package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/go-sql-driver/mysql"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func connect() *sql.DB {
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", "127.0.0.1:"+os.Args[1]
	config.User, config.Passwd = os.Getenv("CLIENT_USER"), os.Getenv("CLIENT_PASSWORD")
	db, err := sql.Open("mysql", config.FormatDSN())
	must(err)
	db.SetMaxOpenConns(1)
	return db
}

func rows(db *sql.DB, text string, values ...any) ([]string, [][]any) {
	result, err := db.Query(text, values...)
	must(err)
	defer result.Close()
	columns, err := result.Columns()
	must(err)
	kinds, err := result.ColumnTypes()
	must(err)
	found := [][]any{}
	for result.Next() {
		cells := make([]any, len(columns))
		targets := make([]any, len(columns))
		for i := range cells {
			if kinds[i].DatabaseTypeName() == "BIGINT" {
				targets[i] = new(sql.NullInt64)
			} else {
				targets[i] = new(sql.NullString)
			}
		}
		must(result.Scan(targets...))
		for i, target := range targets {
			switch value := target.(type) {
			case *sql.NullInt64:
				if value.Valid {
					cells[i] = value.Int64
				}
			case *sql.NullString:
				if value.Valid {
					cells[i] = value.String
				}
			}
		}
		found = append(found, cells)
	}
	must(result.Err())
	return columns, found
}

func main() {
	info, _ := debug.ReadBuildInfo()
	found := map[string]any{}
	for _, module := range info.Deps {
		if module.Path == "github.com/go-sql-driver/mysql" {
			found["version"] = module.Version
		}
	}
	first := connect()
	found["columns"], found["batch"] = rows(first, os.Getenv("CLIENT_BATCH"))
	_, found["command"] = rows(first, "inception get variables 'port'")
	_, found["bound"] = rows(first, "inception get variables ?", "port")
	var refused *mysql.MySQLError
	_, err := first.Query("select nothing from nowhere")
	if errors.As(err, &refused) {
		found["error"] = refused.Number
	}
	must(first.Ping())
	must(first.Close())
	second := connect()
	_, found["again"] = rows(second, "select 1")
	must(second.Close())
	text, err := json.Marshal(found)
	must(err)
	fmt.Println(string(text))
}
