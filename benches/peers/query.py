"""Runs SQL in DuckDB and prints the rows of every query as JSON.

Standard input is {"setup": [sql, …], "queries": {name: sql}}, standard output
{name: [[cell, …], …]}; cells are text, whole numbers, truth values or null.
Nothing of Zhida is imported here.
"""

import json
import sys

import duckdb


def main():
    task = json.load(sys.stdin)
    connection = duckdb.connect(config={"threads": 2})
    for sql in task["setup"]:
        connection.execute(sql)
    answers = {}
    for name, sql in task["queries"].items():
        try:
            answers[name] = connection.execute(sql).fetchall()
        except duckdb.Error as error:
            sys.exit(f"{name}: {error}\n{sql}")
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
