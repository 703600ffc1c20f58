"""DuckDB on the questions of the offices: the SQL of a task, timed.

The task is a JSON file {"setup": [sql, …], "questions": [{"name", "setup",
"timed", "answers", "untimed"}], "runs": n}. Of a question `setup` runs once;
`timed` (statements) and `answers` (queries whose rows are fetched) run n times
on the clock; `untimed` queries only prove that the result is the same. Prints
{"version", "questions": {name: {"milliseconds": […], "answers": {name: rows}}}}.
"""

import json
import sys
import time

import duckdb

import task as peers


def run(connection, sql):
    try:
        return connection.execute(sql).fetchall()
    except duckdb.Error as error:
        sys.exit(f"{error}\n{sql}")


def ask(connection, question, runs):
    for sql in question["setup"]:
        run(connection, sql)
    milliseconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        for sql in question["timed"]:
            run(connection, sql)
        answers = {name: run(connection, sql) for name, sql in question["answers"].items()}
        milliseconds.append((time.perf_counter() - begun) * 1e3)
    for name, sql in question["untimed"].items():
        answers[name] = run(connection, sql)
    return {"milliseconds": sorted(milliseconds), "answers": answers}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    connection = duckdb.connect(config={"threads": peers.THREADS})
    for sql in task["setup"]:
        run(connection, sql)
    questions = {one["name"]: ask(connection, one, task["runs"]) for one in task["questions"]}
    json.dump({"version": duckdb.__version__, "questions": questions}, sys.stdout)


if __name__ == "__main__":
    main()
