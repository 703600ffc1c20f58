"""Runs the queries of a task and prints one line of JSON per query.

A task is a JSON file {"engine": "duckdb" or "spark", "tables": [{name, file,
columns: [[name, type]]}], "queries": [{name, sql, columns}]}; tables are
newline-delimited JSON. An answer is {"name", "rows": {"subject" or
"subject/unit": [letters, verdict]}} with one letter per column: T, F or N for
NULL. Nothing of Zhida is imported here.
"""

import json
import sys

LETTERS = {True: "T", False: "F", None: "N"}


class DuckDb:
    TYPES = {
        "bool": "BOOLEAN",
        "whole": "BIGINT",
        "decimal": "DECIMAL(18, 6)",
        "date": "DATE",
        "region": "INTEGER",
        "text": "VARCHAR",
        "set": "VARCHAR[]",
        "facts": 'STRUCT(code VARCHAR, "from" DATE, "to" DATE, amount BIGINT, source VARCHAR)[]',
    }

    def __init__(self):
        import duckdb

        self.connection = duckdb.connect(config={"threads": 2})

    def load(self, table):
        columns = ", ".join(f"'{name}': '{self.TYPES[kind]}'" for name, kind in table["columns"])
        self.connection.execute(
            f"CREATE TABLE {table['name']} AS SELECT * FROM read_json("
            f"'{table['file']}', format = 'newline_delimited', columns = {{{columns}}})"
        )

    def run(self, sql):
        result = self.connection.execute(sql)
        return [column[0] for column in result.description], result.fetchall()


class Spark:
    TYPES = {
        "bool": "BOOLEAN",
        "whole": "BIGINT",
        "decimal": "DECIMAL(18, 6)",
        "date": "DATE",
        "region": "INT",
        "text": "STRING",
        "set": "ARRAY<STRING>",
        "facts": "ARRAY<STRUCT<code: STRING, `from`: DATE, `to`: DATE, amount: BIGINT, source: STRING>>",
    }

    def __init__(self):
        from pyspark.sql import SparkSession

        settings = {
            "spark.master": "local[2]",
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.session.timeZone": "UTC",
        }
        builder = SparkSession.builder
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")

    def load(self, table):
        schema = ", ".join(f"`{name}` {self.TYPES[kind]}" for name, kind in table["columns"])
        frame = self.session.read.schema(schema).json(table["file"])
        frame.coalesce(2).cache().createOrReplaceTempView(table["name"])

    def run(self, sql):
        frame = self.session.sql(sql)
        return frame.columns, [tuple(row) for row in frame.collect()]


def answer(engine, query):
    try:
        names, found = engine.run(query["sql"])
    except Exception as error:
        sys.exit(f"{query['name']}: {error}\n{query['sql']}")
    at = {name: position for position, name in enumerate(names)}
    wanted = [at[name] for name in query["columns"]]
    rows = {}
    for row in found:
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
    engine = {"duckdb": DuckDb, "spark": Spark}[task["engine"]]()
    for table in task["tables"]:
        engine.load(table)
    for query in task["queries"]:
        print(json.dumps(answer(engine, query)), flush=True)


if __name__ == "__main__":
    main()
