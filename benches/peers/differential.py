"""Runs the queries of a task in DuckDB and prints one line of JSON per query.

A task is a JSON file {"tables": [{name, file, columns: [[name, type]]}],
"queries": [{name, sql, columns}]}; tables are newline-delimited JSON. An answer
is {"name", "rows": {"subject" or "subject/unit": [letters, verdict]}} with one
letter per column: T, F or N for NULL. Nothing of Zhida is imported here.
"""

import json
import sys

import duckdb

LETTERS = {True: "T", False: "F", None: "N"}


def load(connection, table):
    columns = ", ".join(
        "'{}': '{}'".format(name, kind.replace("'", "''")) for name, kind in table["columns"]
    )
    connection.execute(
        f"CREATE TABLE {table['name']} AS SELECT * FROM read_json("
        f"'{table['file']}', format = 'newline_delimited', columns = {{{columns}}})"
    )


def answer(connection, query):
    try:
        result = connection.execute(query["sql"])
    except duckdb.Error as error:
        sys.exit(f"{query['name']}: {error}\n{query['sql']}")
    at = {name[0]: position for position, name in enumerate(result.description)}
    wanted = [at[name] for name in query["columns"]]
    rows = {}
    for row in result.fetchall():
        key = row[at["subject"]]
        if "unit" in at:
            key = f"{key}/{row[at['unit']]}"
        if key in rows:
            sys.exit(f"{query['name']}: {key} came up twice")
        rows[key] = ["".join(LETTERS[row[position]] for position in wanted), row[at["verdict"]]]
    return {"name": query["name"], "rows": rows}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    connection = duckdb.connect(config={"threads": 2})
    for table in task["tables"]:
        load(connection, table)
    for query in task["queries"]:
        print(json.dumps(answer(connection, query)))


if __name__ == "__main__":
    main()
