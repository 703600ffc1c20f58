"""The dossiers that `zhida build` makes, joined in DuckDB.

The SQL below is written by hand, one template for each way in which rows
become a value (`latest`, `sum`, `count`, `exists`, `min`, `max`, `union`,
`facts`) and one for each kind of relation; names of tables, columns and codes
come from the catalogue. Python puts the statements together and DuckDB does
all the work. What is equal to `zhida build` and what is left out, always to
the advantage of this peer, stands in build.md.

    python build_duckdb.py TABLES OUT [--known-at 2026-03-31] [--threads 2]

Tables must be UTF-8 (`--recode` beforehand turns GBK into UTF-8).
"""

import argparse
import datetime
import json
import pathlib
import sys
import time

import duckdb
import yaml

from build_cells import Cells
from build_compare import compare, recode
from build_values import Values
from build_words import (
    DISPUTED, FAULTS, KNOWN, LARGEST_GROUP, MACROS, RANK, REASONS, REJECTED, SAMPLES, day, form,
    name, text,
)


class Peer(Cells, Values):
    """One run."""

    def __init__(self, tables, out, definitions, known_at, threads, memory):
        self.tables, self.out, self.known_at = tables, out, known_at
        self.today = f"DATE '{known_at}'"
        catalogue = yaml.safe_load((definitions / "catalogue.yaml").read_text())
        self.codes = catalogue["codes"]
        self.entries = {entry["name"]: entry for entry in catalogue["tables"]}
        self.fields = [field for field in catalogue["fields"] if field.get("sources")]
        self.relations = catalogue["relations"]
        self.sql = duckdb.connect(config={"threads": threads, "memory_limit": memory})
        self.sql.execute(MACROS)
        self.run(f"CREATE TABLE regions AS SELECT code AS text, CAST(code AS INTEGER) AS code, "
                 f"valid_to, successors FROM read_csv('{definitions}/regions.csv', all_varchar=true) "
                 f"WHERE level <> 'zone'")
        self.run(f"CREATE TABLE zones AS SELECT code FROM read_csv('{definitions}/regions.csv', "
                 f"all_varchar=true) WHERE level = 'zone'")
        self.run(f"CREATE TABLE industries AS SELECT code FROM "
                 f"read_csv('{definitions}/industries.csv', all_varchar=true)")
        self.report = {"tables": {}, "fields": {}, "relations": {}, "dossiers": {}}
        self.made = {"enterprise": [], "citizen": []}
        self.sources, self.facts, self.lists = {}, {}, {}

    def run(self, statement):
        """Runs a statement."""
        try:
            return self.sql.execute(statement)
        except duckdb.Error as error:
            raise SystemExit(f"{error}\n---\n{statement}") from error

    def one(self, statement):
        """The first row of a query."""
        return self.run(statement).fetchone()

    # ---- reading -----------------------------------------------------------

    def read(self, table):
        """Loads the cells of a table as text; counts broken records."""
        path = next(self.tables / f"{table}{end}" for end in (".csv", ".csv.gz", ".parquet")
                    if (self.tables / f"{table}{end}").exists())
        if path.suffix == ".parquet":
            self.run(f"CREATE TEMP TABLE raw AS FROM read_parquet('{path}')")
            self.columns = [row[0] for row in self.run("DESCRIBE raw").fetchall()]
            return {}
        header = path.open("rb").readline().decode().strip("\ufeff\r\n")
        self.columns = header.split(",")
        kinds = ", ".join(f"{text(column)}: 'VARCHAR'" for column in self.columns)
        # Read by two threads, DuckDB 2.0.0 loses rows without a word where a
        # broken character stands at the edge of two parts of a file.
        self.run(f"""CREATE TEMP TABLE raw AS FROM read_csv('{path}', auto_detect=false, header=true,
            parallel=false, delim=',', quote='"', escape='"', nullstr='', ignore_errors=true, store_rejects=true,
            rejects_table='broken', rejects_scan='scanned', columns={{{kinds}}})""")
        rows = self.run("""SELECT CASE error_type WHEN 'INVALID ENCODING' THEN 'bad_encoding'
            ELSE 'malformed' END, count(DISTINCT line) FROM broken GROUP BY 1""").fetchall()
        self.run("DROP TABLE IF EXISTS broken")
        self.run("DROP TABLE IF EXISTS scanned")
        return dict(rows)

    def register(self, kind):
        """Numbers the subjects of a kind, by home region and number."""
        entry = next(entry for entry in self.entries.values()
                     if entry.get("register") and entry["subject"] == kind)
        self.read(entry["name"])
        first = {}
        for field in self.fields:
            if field["subject"] == kind and field["type"] in ("region", "date"):
                source = field["sources"][0]
                if source["table"] == entry["name"]:
                    first.setdefault(field["type"], source)
        region, born = first["region"], first["date"]
        observed = entry["observed_at"]
        self.run(f"""CREATE TABLE {kind} AS
            WITH found AS (
                SELECT {kind}_key(tidy({name(entry["key"]["column"])})) AS id, raw.rowid AS rn,
                    {day(observed["column"], form(observed))} AS ob,
                    regions.code AS home, {day(born["column"], form(born))} AS origin
                FROM raw LEFT JOIN regions ON regions.text = {name(region["column"])}),
            valid AS (SELECT * FROM found WHERE ob <= {self.today}
                AND {kind}_fault(id, {self.today}) IS NULL),
            latest AS (SELECT id, home, origin FROM valid
                QUALIFY row_number() OVER (PARTITION BY id ORDER BY ob DESC, rn DESC) = 1)
            SELECT CAST(row_number() OVER (ORDER BY home NULLS LAST, id) - 1 AS INTEGER) AS sid,
                id, home, origin FROM latest""")
        self.run("DROP TABLE raw")
        self.report["dossiers"][kind] = self.one(f"SELECT count(*) FROM {kind}")[0]

    # ---- one table ---------------------------------------------------------

    def table(self, table):
        """Reads a table, checks its rows and prepares what its fields need."""
        entry = self.entries[table]
        started = time.perf_counter()
        kind, key = entry["subject"], entry["key"]
        rejects = self.read(table)
        self.entry, self.specs, self.joins, self.others = entry, {}, [], []
        slots = [(field, at, source) for field in self.fields
                 for at, source in enumerate(field["sources"]) if source["table"] == table]
        edges = [relation for relation in self.relations if relation["table"] == table]
        for field, _, source in slots:
            self.plan(field, source)
        for edge in edges:
            self.plan_edge(edge)
        if "household_of" in entry:
            self.spec(entry["household_of"], None, "text", {}, {})
        observed, event = entry["observed_at"], entry.get("event_on")
        when = day(event["column"], form(event)) if event else "ob"
        households = key["kind"] == "household"
        holder = "homes" if households else kind
        raw = name(key["column"])
        normal = "t" if households else f"{kind}_key(t)"
        # Numbers of other subjects are tidied and brought into form once, like the key.
        tidied = "".join(f", tidy({name(column)}) AS t{at}" for at, column, _ in self.others)
        keys = "".join(f", {other}_key(t{at}) AS n{at}" for at, _, other in self.others)
        match = "hno" if households else "id"
        # The full row decides what is a copy; it is hashed once.
        cells = ", ".join(f"{spec['value']} AS v{at}, {spec['fault']} AS f{at}"
                          for at, spec in enumerate(self.specs.values()))
        whole = ", ".join(f"raw.{name(column)}" for column in self.columns)
        self.run(f"""CREATE TEMP TABLE base AS
            WITH tidied AS (SELECT raw.rowid AS rn, raw.*, tidy({raw}) AS t, hash({whole}) AS h{tidied} FROM raw),
            keyed AS (SELECT tidied.*, {normal} AS normal{keys},
                {day(observed["column"], form(observed))} AS ob FROM tidied)
            SELECT keyed.rn, {holder}.sid, CASE WHEN {holder}.sid IS NULL THEN normal END AS lost,
                {"strlen(" + raw + ") = 15" if key["kind"] == "resident_id" else "false"} AS old,
                ob, {when} AS ev, h, ob > {self.today} AS late{", " + cells if cells else ""}
            FROM keyed LEFT JOIN {holder} ON {holder}.{match} = normal {" ".join(self.joins)}""")
        self.run("DROP TABLE raw")
        self.settle_rows(kind, households, rejects, event)
        if "household_of" in entry:
            at = list(self.specs).index((entry["household_of"], None, "text", "[]"))
            self.run(f"""CREATE TABLE home_of AS SELECT sid, v{at} AS hno FROM kept WHERE v{at} IS NOT NULL""")
            self.run("""CREATE TABLE homes AS SELECT hno,
                CAST(row_number() OVER () - 1 AS INTEGER) AS sid FROM home_of GROUP BY hno""")
        for edge in edges:
            self.relate(edge)
        self.values(table, kind, households, slots)
        self.run("DROP TABLE kept")
        self.run("DROP TABLE spoiled")
        self.report["tables"][table]["seconds"] = round(time.perf_counter() - started, 3)

    def settle_rows(self, kind, households, rejects, event):
        """Drops what does not count, and counts it."""
        entry = self.entry
        fault = "CASE WHEN false THEN '' END" if households else f"{kind}_fault(lost, {self.today})"
        missing = "'missing_key'" if households else "NULL"
        dates = f"""CASE WHEN ob IS NULL THEN 'bad_observed_at'
            {"WHEN ev IS NULL THEN 'bad_event_date'" if event else ""} END"""
        rows = self.run(f"""SELECT CASE WHEN sid IS NOT NULL THEN {dates}
                WHEN lost IS NULL OR lost = '' THEN coalesce({missing}, 'missing_key')
                ELSE coalesce({fault}, CASE WHEN old THEN 'fifteen_digit_id' END, 'orphan') END,
                count(*) FROM base WHERE NOT coalesce(late, false)
                AND (sid IS NULL OR ob IS NULL {"OR ev IS NULL" if event else ""})
            GROUP BY 1""").fetchall()
        rejects.update(rows)
        counts = self.one("""SELECT count(*) + 0, count(*) FILTER (late) FROM base""")
        valid = f"sid IS NOT NULL AND NOT late {'AND ev IS NOT NULL' if event else ''}"
        self.run(f"""CREATE TEMP TABLE spoiled AS SELECT DISTINCT sid FROM base
            WHERE sid IS NOT NULL AND (ob IS NULL {"OR ev IS NULL" if event else ""}) AND NOT coalesce(late, false)""")
        self.spoiled = self.one("SELECT count(*) FROM spoiled")[0] > 0
        self.run(f"""CREATE TEMP TABLE gone AS SELECT base.rn FROM base JOIN (
                SELECT sid, h, min(rn) AS keep FROM base WHERE {valid} GROUP BY sid, h HAVING count(*) > 1
            ) AS several ON base.sid = several.sid AND base.h = several.h AND base.rn <> several.keep
            WHERE {valid.replace("sid ", "base.sid ")}""")
        copies = self.one("SELECT count(*) FROM gone")[0]
        faults = [f"f{at}" for at in range(len(self.specs))]
        codes = sorted({code for spec in self.specs.values() for code in spec["codes"]})
        if codes:
            bad = self.one("SELECT " + ", ".join(
                f"count(*) FILTER ({' OR '.join(f'{column} = {code}' for column in faults)})"
                for code in codes) + f" FROM base WHERE {valid} AND rn NOT IN (SELECT rn FROM gone)"
                f" AND ({' OR '.join(column + ' IS NOT NULL' for column in faults)})")
            for code, count in zip(codes, bad):
                if count:
                    rejects[FAULTS[code]] = rejects.get(FAULTS[code], 0) + count
        policy = entry.get("duplicates", "latest")
        superseded = 0
        if policy != "keep":
            period = ", ev" if event else ""
            best, worst = ("max", "") if policy == "latest" else ("min", "")
            order = "(ob - DATE '1900-01-01') * 33554432 + rn" if policy == "latest" else "rn"
            self.run(f"""CREATE TEMP TABLE older AS
                WITH ranked AS (SELECT rn, sid{period}, {order} AS k FROM base
                    WHERE {valid} AND rn NOT IN (SELECT rn FROM gone)),
                several AS (SELECT sid{period}, {best}(k) AS keep FROM ranked
                    GROUP BY ALL HAVING count(*) > 1)
                SELECT ranked.rn FROM ranked JOIN several USING (sid{period}) WHERE k <> keep""")
            superseded = self.one("SELECT count(*) FROM older")[0]
            self.run("INSERT INTO gone FROM older")
            self.run("DROP TABLE older")
        # One number orders the rows of a subject: event, observation, place in the file.
        k = ("((ev - DATE '1800-01-01') * 262144 + (ob - DATE '1900-01-01')) * 33554432 + rn"
             if event else "(ob - DATE '1900-01-01') * 33554432 + rn")
        self.run(f"""CREATE TEMP TABLE kept AS SELECT * EXCLUDE (lost, old, late, h),
            CAST({k} AS BIGINT) AS k FROM base WHERE {valid} AND rn NOT IN (SELECT rn FROM gone)""")
        taken, newest = self.one("SELECT count(*), max(ob) FROM kept")
        self.run("DROP TABLE base")
        self.run("DROP TABLE gone")
        self.newest = newest
        refresh = entry["refresh_days"]
        limit = self.known_at - datetime.timedelta(days=refresh)
        self.stale = refresh > 0 and (newest is None or newest < limit)
        self.report["tables"][entry["name"]] = {
            "taken": taken, "after_cutoff": counts[1], "duplicates": copies,
            "superseded": superseded, "rejects": rejects, "disputed": 0}

    # ---- relations ---------------------------------------------------------

    def relate(self, edge):
        """The edges of a relation, and whose list is complete."""
        ends, subject = edge["ends"], edge["subject"]
        path = self.out / "relations" / f"{subject}_{edge['name']}.parquet"
        since, until = ends["since"], ends["until"]
        made = f"e_{subject}_{edge['name']}"
        if "group" in edge["link"]:
            number = f"v{ends['group']}"
            refresh = self.entry["refresh_days"]
            limit = self.known_at - datetime.timedelta(days=refresh)
            self.run(f"""CREATE TEMP TABLE sized AS SELECT {number} AS hno FROM kept
                WHERE {number} IS NOT NULL GROUP BY 1 HAVING count(*) <= {LARGEST_GROUP}""")
            over = self.one(f"SELECT count(*) FROM kept WHERE {number} IS NOT NULL AND {number} NOT IN (FROM sized)")[0]
            if over:
                self.report["tables"][self.entry["name"]]["rejects"]["oversized_group"] = over
            self.run(f"""CREATE TABLE {made} AS SELECT DISTINCT a.sid AS "from", b.sid AS "to",
                b.{since} AS since, {"b." + until if until != "NULL" else "CAST(NULL AS DATE)"} AS until FROM kept AS a
                JOIN sized ON sized.hno = a.{number} JOIN kept AS b ON a.{number} = b.{number}""")
            self.run(f"""CREATE TABLE l_{subject}_{edge["name"]} AS SELECT DISTINCT sid FROM kept
                WHERE {number} IS NULL OR {number} NOT IN (FROM sized) {f"OR ob < DATE '{limit}'" if refresh else ""}""")
            self.run(f"CREATE TABLE in_{subject}_{edge['name']} AS SELECT DISTINCT sid FROM kept WHERE {number} IS NOT NULL")
            grouped = f"r.sid IN (SELECT sid FROM in_{subject}_{edge['name']}) AND "
            self.run("DROP TABLE sized")
        else:
            passes, start, end = edge["pass"], ends["from"], ends["to"]
            turned = f"coalesce({until} < {since}, false)" if until != "NULL" and since != "NULL" else "false"
            if "begun_from" in edge:
                passes = f"({passes}) AND NOT coalesce({since} < DATE '{edge['begun_from']}', false)"
                end = f"CASE WHEN {since} IS NOT NULL THEN {end} END"
            self.run(f"""CREATE TABLE {made} AS SELECT DISTINCT {start} AS "from", {end} AS "to",
                CAST({since} AS DATE) AS since, CAST({until} AS DATE) AS until FROM kept
                WHERE {passes} AND {start} IS NOT NULL AND {end} IS NOT NULL AND NOT {turned}""")
            self.run(f"""CREATE TABLE l_{subject}_{edge["name"]} AS SELECT DISTINCT {start} AS sid FROM kept
                WHERE {passes} AND {start} IS NOT NULL AND ({end} IS NULL OR {turned})""")
            self.turned(self.one(f"""SELECT count(*) FROM kept WHERE {passes} AND {start} IS NOT NULL
                AND {end} IS NOT NULL AND {turned}""")[0])
            grouped = ""
        self.run(f"""COPY (SELECT a.id AS subject, b.id AS target, since, until FROM {made}
            JOIN {subject} AS a ON a.sid = "from" JOIN {edge["target"]} AS b ON b.sid = "to")
            TO '{path}' (FORMAT parquet, COMPRESSION zstd)""")
        count = self.one(f"SELECT count(*) FROM {made}")[0]
        self.report["relations"][f"{subject}_{edge['name']}"] = {"edges": count}
        self.run(f"DROP TABLE {made}")
        complete = (f"{grouped}({self.absence(subject)}) = {KNOWN} AND r.sid NOT IN "
                    f"(SELECT sid FROM l_{subject}_{edge['name']})") if edge["complete"] else "false"
        if "born_from" in edge:
            complete = f"coalesce(r.origin >= DATE '{edge['born_from']}', false) AND {complete}"
        self.lists.setdefault(subject, []).append((f"{edge['name']}__complete", complete))

    # ---- dossiers ----------------------------------------------------------

    def resolve(self, field, sources):
        """Value and reason of a field with several sources."""
        if len(sources) == 1:
            return sources[0]["value"], sources[0]["reason"], None
        one, two = sources
        same = f"({one['value']}) = ({two['value']})"
        if field["type"] == "region":
            now = lambda value: (f"(SELECT coalesce(CAST(CASE WHEN valid_to IS NULL THEN text WHEN instr(successors, ';') = 0 "
                                 f"THEN successors END AS INTEGER), -1) FROM regions WHERE code = ({value}))")
            same = f"({same} OR {now(one['value'])} = {now(two['value'])})"
        best = [RANK[reason] for reason in sorted(RANK)]
        rank = lambda reason: f"[{', '.join(str(r) for r in best)}][{reason}]"
        a, b = f"({one['reason']})", f"({two['reason']})"
        reason = (f"CASE WHEN {a} = 0 AND {b} = 0 THEN CASE WHEN {same} THEN 0 ELSE {DISPUTED} END "
                  f"WHEN {a} = 0 OR {b} = 0 THEN 0 WHEN {rank(b)} > {rank(a)} THEN {b} ELSE {a} END")
        value = (f"CASE WHEN {a} = 0 AND ({b} <> 0 OR {one['seen']} >= {two['seen']}) THEN {one['value']} "
                 f"ELSE {two['value']} END")
        return value, reason, two["table"]

    def dossiers(self, kind):
        """Joins everything into one row for each subject."""
        columns, counts, joins, listed = ["r.id AS subject"], [], [], set()
        for made in self.made[kind]:
            joins.append(f"LEFT JOIN {made} USING (sid)")
        for field in self.fields:
            if field["subject"] != kind:
                continue
            one = field["name"]
            if field["type"] == "facts":
                gathered = self.facts[kind, one]
                union = " UNION ALL ".join(f"FROM {table}" for table in gathered["tables"])
                if union:
                    self.run(f"""CREATE TABLE y_{kind}_{one} AS SELECT sid, list({{'code': code, 'from': "from",
                        'to': "to", 'amount': amount, 'source': source}} ORDER BY code, "from", "to" NULLS LAST,
                        source, amount) FILTER (NOT bad) AS facts, bool_or(bad) AS bad FROM ({union}) GROUP BY sid""")
                    for table in gathered["tables"]:
                        self.run(f"DROP TABLE {table}")
                    joins.append(f"LEFT JOIN y_{kind}_{one} USING (sid)")
                worst = ", ".join(f"({absence})" for absence in dict.fromkeys(gathered["absences"]))
                bad = " OR ".join([f"coalesce(y_{kind}_{one}.bad, false)"] * bool(union) + gathered["spoiled"])
                value = f"coalesce(y_{kind}_{one}.facts, [])" if union else "[]"
                reason = f"CASE WHEN {bad or 'false'} THEN {REJECTED} ELSE greatest({worst}) END"
                columns += [f"{value} AS {one}", f"CAST({reason} AS TINYINT) AS r_{one}"]
            else:
                sources = self.sources.get((kind, one), {})
                told = [sources[at] for at in sorted(sources)]
                value, reason, table = self.resolve(field, told)
                columns += [f"{value} AS {one}", f"CAST({reason} AS TINYINT) AS r_{one}"]
                if table:
                    listed.add((one, table))
        names = [field["name"] for field in self.fields if field["subject"] == kind]
        facts = {field["name"] for field in self.fields if field["type"] == "facts"}
        complete = [f"{sql} AS {column}" for column, sql in self.lists.get(kind, [])]
        self.run(f"CREATE TABLE wide_{kind} AS SELECT {', '.join(columns + complete)} "
                 f"FROM {kind} AS r {' '.join(joins)}")
        words = "[" + ", ".join(text(reason) for reason in REASONS) + "]"
        shown = ["subject"]
        for one in names:
            shown.append(one if one in facts else f"CASE WHEN r_{one} = 0 THEN {one} END AS {one}")
            shown.append(f"CASE WHEN r_{one} > 0 THEN {words}[r_{one} + 1] END AS {one}__reason")
        shown += [column for column, _ in self.lists.get(kind, [])]
        path = self.out / "dossiers" / f"{kind}.parquet"
        self.run(f"""COPY (SELECT {', '.join(shown)} FROM wide_{kind}) TO '{path}'
            (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)""")
        total = self.report["dossiers"][kind]
        counted = self.one("SELECT " + ", ".join(f"count_if(r_{one} = {reason})" for one in names
                           for reason in range(1, len(REASONS))) + f" FROM wide_{kind}")
        unknown = len(REASONS) - 1
        for at, one in enumerate(names):
            counts = {reason: count for reason, count in
                      zip(REASONS[1:], counted[at * unknown:(at + 1) * unknown]) if count}
            self.report["fields"][f"{kind}.{one}"] = {"known": total - sum(counts.values()), **counts}
        for column, _ in self.lists.get(kind, []):
            count = self.one(f"SELECT count(*) FILTER ({column}) FROM wide_{kind}")[0]
            self.report["relations"][f"{kind}_{column.removesuffix('__complete')}"]["complete"] = count
        for one, table in listed:
            self.report["tables"][table]["disputed"] += \
                self.report["fields"][f"{kind}.{one}"].get("disputed", 0)
        self.run(f"DROP TABLE wide_{kind}")
        for made in self.made[kind]:
            self.run(f"DROP TABLE {made}")

    def all(self):
        """The whole build."""
        for directory in ("dossiers", "relations"):
            (self.out / directory).mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        for kind in ("enterprise", "citizen"):
            self.register(kind)
        tables = sorted(self.entries, key=lambda table: "household_of" not in self.entries[table])
        for table in tables:
            self.table(table)
        self.report["tables_seconds"] = round(time.perf_counter() - started, 2)
        for kind in ("enterprise", "citizen"):
            self.dossiers(kind)
        self.report["seconds"] = round(time.perf_counter() - started, 2)
        (self.out / "quality.json").write_text(json.dumps(self.report, ensure_ascii=False, indent=1, default=str))


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--known-at", type=datetime.date.fromisoformat, default=datetime.date(2026, 3, 31))
    parser.add_argument("--definitions", type=pathlib.Path, default=SAMPLES)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="16GB")
    parser.add_argument("--recode", action="store_true", help="only copy TABLES to OUT, GBK as UTF-8")
    parser.add_argument("--compare", action="store_true", help="only compare two results: of zhida, of this peer")
    arguments = parser.parse_args()
    if arguments.compare:
        return 1 if compare(arguments.tables, arguments.out) else 0
    if arguments.recode:
        recode(arguments.tables, arguments.out, arguments.definitions)
        return 0
    peer = Peer(arguments.tables, arguments.out, arguments.definitions, arguments.known_at,
                arguments.threads, arguments.memory)
    peer.all()
    print(json.dumps({key: peer.report[key] for key in ("dossiers", "seconds", "tables_seconds")}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
