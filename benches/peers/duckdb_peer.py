"""DuckDB: one query with two filtered counts per rule, in chunks of rules."""

import duckdb

import task


def term_sql(term):
    if "in" in term:
        return f"s.{term['col']} IN ({', '.join(map(str, term['in']))})"
    if "is" in term:
        return f"s.{term['col']}" if term["is"] else f"NOT s.{term['col']}"
    operator = {"==": "=", "!=": "<>"}.get(term["op"], term["op"])
    if "num" in term:
        num, den = term["value"]
        left = f"CAST(s.{term['num']} AS HUGEINT) * {den}"
        return f"{left} {operator} {num} * CAST(NULLIF(s.{term['den']}, 0) AS HUGEINT)"
    return f"s.{term['col']} {operator} {term['value']}"


def rule_sql(rule):
    parts = [f"({term_sql(term)})" for term in rule["terms"]]
    terms = (" OR " if rule["any"] else " AND ").join(parts) or "TRUE"
    if rule["region"]:
        low, high = rule["region"]
        return f"s.region BETWEEN {low} AND {high} AND ({terms})"
    return terms


def count(connection, rules, positions, where, counts, rows, printed):
    columns = []
    for position in positions:
        rule = rules[position]
        truth = rule["sql"] if printed else rule_sql(rule)
        columns.append(f"count(*) FILTER ({truth}), count(*) FILTER (NOT ({truth}))")
    query = f"SELECT count(*), {', '.join(columns)} FROM dossiers AS s{where}"
    seen, *numbers = connection.execute(query).fetchone()
    for slot, position in enumerate(positions):
        true, false = numbers[2 * slot : 2 * slot + 2]
        false += rows - seen
        counts[position] = task.verdicts(rules[position], rows, true, false)


def main():
    options = task.arguments(chunk=100, sql=False)
    rules = task.read_rules(options.rules)
    clock = task.Clock()
    connection = duckdb.connect(config={"threads": task.THREADS})
    order = " ORDER BY region NULLS LAST" if options.prefilter else ""
    source = f"(SELECT * FROM read_parquet('{options.table}'){order})"
    dates = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    # Days as numbers, as the rules have them; printed SQL compares dates.
    days = [name for name, kind, *_ in dates if kind == "DATE"] if not options.sql else []
    replaced = ", ".join(f"{name} - DATE '1970-01-01' AS {name}" for name in days)
    select = f"* REPLACE ({replaced})" if replaced else "*"
    connection.execute(f"CREATE TABLE dossiers AS SELECT {select} FROM {source}")
    rows = connection.execute("SELECT count(*) FROM dossiers").fetchone()[0]
    clock.load_done()
    counts = [None] * len(rules)
    groups = task.by_region(rules) if options.prefilter else {None: list(range(len(rules)))}
    for region, positions in groups.items():
        where = ""
        if region:
            where = f" WHERE s.region BETWEEN {region[0]} AND {region[1]} OR s.region IS NULL"
        for part in task.chunks(positions, options.chunk):
            count(connection, rules, part, where, counts, rows, options.sql)
    clock.report("duckdb", duckdb.__version__, options, rows, rules, counts)


if __name__ == "__main__":
    main()
