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
import codecs
import datetime
import json
import pathlib
import sys
import time

import duckdb
import yaml

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "data-samples"
REASONS = ["known", "missing", "stale", "disputed", "wrong_period", "rejected", "not_covered"]
KNOWN, MISSING, STALE, DISPUTED, WRONG_PERIOD, REJECTED, NOT_COVERED = range(7)
# Which reason tells most where no source knows the value.
RANK = {REJECTED: 5, STALE: 4, WRONG_PERIOD: 3, DISPUTED: 2, NOT_COVERED: 1, MISSING: 0}
FAULTS = [
    "", "unknown_code", "unknown_region", "unknown_industry", "bad_number", "impossible_date",
    "out_of_range", "bad_member", "orphan_member",
]
SHORT_MAP = 12
LARGEST_GROUP = 100
FULL = "".join(chr(0xFF01 + at) for at in range(94)) + "\u3000"
HALF = "".join(chr(0x21 + at) for at in range(94)) + " "

MACROS = f"""
CREATE MACRO tidy(t) AS CASE WHEN strlen(t) = length(t) THEN upper(trim(t))
    ELSE upper(trim(translate(t, '{FULL.replace("'", "''")}', '{HALF.replace("'", "''")}'))) END;
CREATE MACRO digit(t, i) AS (ascii(t[i]) - 48);
CREATE MACRO id_check(t) AS substr('10X98765432', 1 + (
    7*digit(t,1) + 9*digit(t,2) + 10*digit(t,3) + 5*digit(t,4) + 8*digit(t,5) + 4*digit(t,6)
    + 2*digit(t,7) + digit(t,8) + 6*digit(t,9) + 3*digit(t,10) + 7*digit(t,11) + 9*digit(t,12)
    + 10*digit(t,13) + 5*digit(t,14) + 8*digit(t,15) + 4*digit(t,16) + 2*digit(t,17)) % 11, 1);
CREATE MACRO at31(t, i) AS (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', t[i]) - 1);
CREATE MACRO uscc_check(t) AS substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + (31 - (
    at31(t,1) + 3*at31(t,2) + 9*at31(t,3) + 27*at31(t,4) + 19*at31(t,5) + 26*at31(t,6)
    + 16*at31(t,7) + 17*at31(t,8) + 20*at31(t,9) + 29*at31(t,10) + 25*at31(t,11) + 13*at31(t,12)
    + 8*at31(t,13) + 24*at31(t,14) + 10*at31(t,15) + 30*at31(t,16) + 28*at31(t,17)) % 31) % 31, 1);
CREATE MACRO upgrade(t) AS substr(t, 1, 6) || '19' || substr(t, 7);
CREATE MACRO citizen_key(t) AS CASE WHEN strlen(t) = 15 AND regexp_full_match(t, '[0-9]{{15}}')
    THEN upgrade(t) || id_check(upgrade(t)) ELSE t END;
CREATE MACRO enterprise_key(t) AS t;
CREATE MACRO citizen_fault(t, today) AS CASE
    WHEN t IS NULL OR t = '' THEN 'missing_key'
    WHEN length(t) <> 18 THEN 'bad_length'
    WHEN NOT regexp_full_match(t, '[0-9]{{17}}[0-9X]') THEN 'bad_character'
    WHEN try_strptime(substr(t, 7, 8), '%Y%m%d') IS NULL
        OR try_strptime(substr(t, 7, 8), '%Y%m%d') > today THEN 'bad_birth_date'
    WHEN id_check(t) <> t[18] THEN 'bad_check_digit' END;
CREATE MACRO enterprise_fault(t, today) AS CASE
    WHEN t IS NULL OR t = '' THEN 'missing_key'
    WHEN length(t) <> 18 THEN 'bad_length'
    WHEN NOT regexp_full_match(t, '[0-9A-HJ-NP-RTUW-Y]{{18}}') THEN 'bad_character'
    WHEN uscc_check(t) <> t[18] THEN 'bad_check_digit' END;
"""


def text(value):
    """A string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def name(column):
    """A quoted identifier."""
    return '"' + column.replace('"', '""') + '"'


def day(column, form):
    """The SQL of a date cell."""
    cell = name(column)
    return {
        "dashed": f"TRY_CAST({cell} AS DATE)",
        "slashed": f"TRY_CAST({cell} AS DATE)",
        "compact": f"CAST(try_strptime({cell}, '%Y%m%d') AS DATE)",
        "chinese": f"CAST(try_strptime({cell}, '%Y年%m月%d日') AS DATE)",
        "year": f"make_date(TRY_CAST({cell} AS INTEGER), 12, 31)",
        "year_month": f"last_day(CAST(try_strptime(replace({cell}, '-', '') || '01', '%Y%m%d') AS DATE))",
    }[form]


def month_end(months):
    """Last day of a month counted since the year 0."""
    after = datetime.date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return after - datetime.timedelta(days=1)


def add_months(date, months):
    """The day so many months later; month ends stay inside the month."""
    count = date.year * 12 + date.month - 1 + months
    return month_end(count).replace(day=min(date.day, month_end(count).day))


def form(spec):
    """How a catalogued date column is written."""
    return spec.get("format", "dashed")


class Peer:
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

    # ---- cells -------------------------------------------------------------

    def where(self, only):
        """The SQL of a filter on raw values; `None` for none."""
        if not only:
            return None
        if only["column"] not in self.columns:
            return "false"
        return f"{name(only['column'])} IN ({', '.join(text(value) for value in only['values'])})"

    def spec(self, column, only, kind, mapping, extra):
        """Plans a parsed column once, however many fields ask for it."""
        where = self.where(only)
        key = (column, where, kind, json.dumps([mapping, extra] if mapping or extra else [], sort_keys=True))
        if key in self.specs:
            return self.specs[key]["at"]
        at = len(self.specs)
        if column not in self.columns:
            spec = {"value": "NULL", "fault": "CAST(NULL AS TINYINT)", "lost": True, "codes": []}
        else:
            value, fault, codes = self.parse(at, column, kind, mapping, extra)
            if where:
                value = f"CASE WHEN {where} THEN {value} END"
                fault = f"CASE WHEN {where} THEN {fault} END"
            spec = {"value": value, "fault": f"CAST({fault} AS TINYINT)", "lost": False, "codes": codes}
        self.specs[key] = {**spec, "at": at}
        return at

    def bounds(self, value, extra):
        """Whether a parsed value lies outside its bounds."""
        parts = [f"{value} {sign} {extra[side]}" for side, sign in (("min", "<"), ("max", ">"))
                 if extra.get(side) is not None]
        return " OR ".join(parts) or "false"

    def parse(self, at, column, kind, mapping, extra):
        """Value, fault and possible faults of a cell."""
        cell = name(column)
        filled = f"{cell} IS NOT NULL"
        if kind == "text":
            return f"nullif(trim({cell}), '')", "NULL", []
        if kind == "number":
            places, factor = extra["places"], extra["factor"]
            read = f"TRY_CAST({cell} AS DECIMAL(18, {places}))"
            wide = f"TRY_CAST({cell} AS DECIMAL(38, {places}))"
            whole = f"CAST({read} * {factor} AS {extra['type']})"
            outside = self.bounds(read, extra)
            value = f"CASE WHEN NOT ({outside}) THEN {whole} END" if outside != "false" else whole
            fault = (f"CASE WHEN {filled} AND ({read} IS NULL OR {outside}) THEN "
                     f"CASE WHEN {wide} IS NULL THEN 4 ELSE 6 END END")
            return value, fault, [4, 6]
        if kind == "day":
            read = day(column, extra["format"])
            outside = self.bounds(read, extra)
            value = f"CASE WHEN NOT ({outside}) THEN {read} END" if outside != "false" else read
            fault = f"CASE WHEN {filled} AND {read} IS NULL THEN 5 WHEN {outside} THEN 6 END"
            return value, fault, [5, 6]
        if kind == "region":
            self.joins.append(f"LEFT JOIN regions AS j{at} ON j{at}.text = left({cell}, 6)")
            return f"j{at}.code", f"CASE WHEN {filled} AND j{at}.code IS NULL THEN 2 END", [2]
        if kind == "industry":
            self.joins.append(f"LEFT JOIN industries AS j{at} ON j{at}.code = {cell}")
            return f"j{at}.code", f"CASE WHEN {filled} AND j{at}.code IS NULL THEN 3 END", [3]
        if kind == "subject":
            other = extra["kind"]
            self.others.append((at, column, other))
            self.joins.append(f"LEFT JOIN {other} AS j{at} ON j{at}.id = n{at}")
            fault = (f"CASE WHEN {filled} AND j{at}.sid IS NULL THEN CASE WHEN "
                     f"{other}_fault(n{at}, {self.today}) IS NULL THEN 8 ELSE 7 END END")
            return f"j{at}.sid", fault, [7, 8]
        if kind == "set":
            # Few lists occur: each is split and checked once, then joined.
            parts = f"list_distinct(list_filter(string_split(cell, {text(extra['separator'])}), lambda x: trim(x) <> ''))"
            if extra["members"] == "codes":
                words = ", ".join(f"{text(raw)}: {text(code)}" for raw, code in mapping.items())
                read = f"list_transform({parts}, lambda x: map {{{words}}}[trim(x)])"
                wrong = f"list_contains(list_transform({read}, lambda x: x IS NULL), true)"
            else:
                listed = "(SELECT list(code) FROM " + ("zones" if extra["members"] == "zones" else "industries") + ")"
                read = f"list_transform({parts}, lambda x: trim(x))"
                wrong = f"NOT list_has_all({listed}, {read})"
            self.joins.append(f"LEFT JOIN (SELECT cell, {read} AS members, {wrong} AS wrong FROM "
                              f"(SELECT DISTINCT {cell} AS cell FROM raw WHERE {filled})) AS j{at} ON j{at}.cell = {cell}")
            return f"CASE WHEN NOT j{at}.wrong THEN j{at}.members END", f"CASE WHEN j{at}.wrong THEN 1 END", [1]
        # Codes and yes-or-no: a few words by CASE, many by a join.
        quoted = (lambda code: code) if kind == "bool" else text
        if len(mapping) <= SHORT_MAP:
            cases = " ".join(f"WHEN {text(raw)} THEN {quoted(code)}" for raw, code in mapping.items())
            value = f"CASE trim({cell}) {cases} END"
        else:
            words = ", ".join(f"({text(raw)}, {quoted(code)})" for raw, code in mapping.items())
            self.joins.append(f"LEFT JOIN (VALUES {words}) AS j{at}(raw, code) ON j{at}.raw = trim({cell})")
            value = f"j{at}.code"
        return value, f"CASE WHEN {filled} AND {value} IS NULL THEN 1 END", [1]

    def words(self, field, source):
        """Raw value → code of a field, or yes and no."""
        if field["type"] == "bool":
            if source.get("map"):
                return {raw: str(code).lower() for raw, code in source["map"].items()}
            return {**{word: "true" for word in ("true", "1", "是", "Y", "y", "有", "True", "TRUE")},
                    **{word: "false" for word in ("false", "0", "否", "N", "n", "无", "False", "FALSE")}}
        if source.get("map"):
            return {str(raw): code for raw, code in source["map"].items()}
        words = {}
        for entry in self.codes.get(field.get("codes"), []):
            for word in (entry["label"], entry.get("standard"), entry["code"]):
                if word:
                    words[str(word)] = entry["code"]
        return words

    def number(self, kind, scale, low, high):
        """How a number is read: places kept, factor to the stored unit, bounds."""
        places, factor = {
            ("money", "one"): (2, "100"), ("money", "wan"): (6, "1000000"),
            ("money", "thousand"): (5, "100000"), ("money", "fen"): (0, "1"),
            ("int", "one"): (0, "1"), ("int", "wan"): (4, "10000"), ("int", "thousand"): (3, "1000"),
            ("decimal", "one"): (6, "1"), ("decimal", "percent"): (4, "0.01::DECIMAL(3, 2)"),
        }[kind, scale]
        size = {"wan": 10000, "thousand": 1000, "percent": "0.01", "fen": "0.01"}.get(scale, 1)
        unit = lambda bound: None if bound is None else format(
            __import__("decimal").Decimal(str(bound)) / __import__("decimal").Decimal(str(size)), "f")
        return {"places": places, "factor": factor, "min": unit(low), "max": unit(high),
                "type": "DECIMAL(18, 6)" if kind == "decimal" else "BIGINT"}

    def plan(self, field, source):
        """Plans the cells of one source of a field; what to do with them stays on it."""
        only, take, kind = source.get("only"), source.get("take", "latest"), field["type"]
        source["at"] = source["parts"] = None
        if take == "facts":
            fact = source["fact"]
            parts = {"fixed": fact.get("fixed"), "to": None, "amount": None, "code": None}
            if not fact.get("fixed"):
                parts["code"] = self.spec(fact["code"], only, "code", self.words(field, source), {})
            dates = lambda date: self.spec(date["column"], only, "day", {}, {"format": form(date)})
            parts["from"] = dates(fact["from"])
            if fact.get("to"):
                parts["to"] = dates(fact["to"])
            if fact.get("amount"):
                parts["amount"] = self.spec(fact["amount"], only, "number", {}, self.number(
                    "money", fact.get("amount_scale", "one"), None, None))
            source["parts"] = parts
        elif take not in ("count", "exists"):
            column, low, high = source["column"], field.get("min"), field.get("max")
            if kind in ("int", "money", "decimal"):
                extra = self.number(kind, source.get("scale", "one"), low, high)
                source["at"] = self.spec(column, only, "number", {}, extra)
            elif kind == "date":
                quote = lambda bound: None if bound is None else f"DATE '{bound}'"
                extra = {"format": form(source), "min": quote(low), "max": quote(high)}
                source["at"] = self.spec(column, only, "day", {}, extra)
            elif kind == "set":
                extra = {"separator": source["separator"], "members": field["set_of"]}
                words = self.words(field, source) if field["set_of"] == "codes" else {}
                source["at"] = self.spec(column, only, "set", words, extra)
            elif kind in ("code", "bool"):
                source["at"] = self.spec(column, only, kind, self.words(field, source), {})
            else:
                source["at"] = self.spec(column, only, kind, {}, {})
        # The filter is told by a column of its own.
        if only:
            source["pass"] = self.filter(only)
        source["lost"] = bool(only and only["column"] not in self.columns)

    def filter(self, only):
        """A yes-or-no column for a filter."""
        where = self.where(only)
        key = ("", where, "filter", "")
        if key not in self.specs:
            self.specs[key] = {"value": f"coalesce({where}, false)", "fault": "CAST(NULL AS TINYINT)",
                               "lost": False, "codes": [], "at": len(self.specs)}
        return f"v{self.specs[key]['at']}"

    def plan_edge(self, edge):
        """Plans the cells of a relation."""
        only, link = edge.get("only"), edge["link"]
        edge["pass"] = self.filter(only) if only else "true"
        key = self.entry["key"]
        ends = {}
        for side, kind in (("from", edge["subject"]), ("to", edge["target"])):
            if "columns" not in link:
                continue
            column = link["columns"][side]
            own = column == key["column"] and self.entry["subject"] == kind
            ends[side] = "sid" if own else f"v{self.spec(column, only, 'subject', {}, {'kind': kind})}"
        if "group" in link:
            ends["group"] = self.spec(link["group"]["column"], only, "text", {}, {})
        for side in ("since", "until"):
            date = edge.get(side)
            ends[side] = f"v{self.spec(date['column'], only, 'day', {}, {'format': form(date)})}" if date else "NULL"
        edge["ends"] = ends

    # ---- values ------------------------------------------------------------

    def span(self, source):
        """First and last day of a window, the fallback of monthly tables, and its grace."""
        window = source.get("window")
        if not window:
            return None
        skip = window.get("skip", 0)
        if "years" in window:
            last = self.known_at.year - 1 - skip
            first = last + 1 - window["years"]
            return {"kind": "years", "first": first, "last": last, "grace": skip * 366,
                    "from": datetime.date(first, 1, 1), "to": datetime.date(last, 12, 31)}
        months, event = window["months"], self.entry.get("event_on")
        if not event or form(event) != "year_month":
            end = add_months(self.known_at, -skip)
            start = add_months(end, -months) + datetime.timedelta(days=1)
            return {"kind": "days", "from": start, "to": end, "grace": skip * 31}
        this = self.known_at.year * 12 + self.known_at.month - 1
        last = (this if month_end(this) == self.known_at else this - 1) - skip
        start = lambda month: month_end(month - months) + datetime.timedelta(days=1)
        return {"kind": "months", "count": months, "grace": skip * 31, "newest_to": month_end(last),
                "newest_from": start(last), "from": start(last - 1), "to": month_end(last - 1)}

    def values(self, table, kind, households, slots):
        """One row of values and reasons for each subject that the table speaks of."""
        entry = self.entry
        single = entry.get("duplicates", "latest") != "keep" and not entry.get("event_on")
        columns, groups, later = [], {}, []
        months = {json.dumps(source["window"]) for _, _, source in slots
                  if (self.span(source) or {}).get("kind") == "months"}
        rows = "kept"
        if months:
            # The newest month of a subject decides which months count.
            span = next(self.span(source) for _, _, source in slots
                        if (self.span(source) or {}).get("kind") == "months")
            rows = f"""(SELECT kept.*, reported FROM kept JOIN (SELECT sid, bool_or(ev > DATE '{span["to"]}'
                AND ev <= DATE '{span["newest_to"]}') AS reported FROM kept GROUP BY sid) USING (sid))"""
        plain = lambda extract, condition: (
            f"CASE WHEN {condition} THEN {extract} END" if single else f"max({extract}) FILTER ({condition})")
        for field, at, source in slots:
            take = source.get("take", "latest")
            where, span = source.get("pass", "true"), self.span(source)
            inside = where
            if span:
                inside = f"{where} AND ev BETWEEN DATE '{span['from']}' AND DATE '{span['to']}'"
                if span["kind"] == "months":
                    inside = (f"{where} AND ev BETWEEN CASE WHEN reported THEN DATE '{span['newest_from']}' "
                              f"ELSE DATE '{span['from']}' END AND CASE WHEN reported THEN DATE "
                              f"'{span['newest_to']}' ELSE DATE '{span['to']}' END")
            slot = {"field": field, "at": at, "source": source, "take": take, "span": span,
                    "inside": inside, "where": where, "id": f"{field['name']}_{at}",
                    "refresh": field.get("refresh_days", entry["refresh_days"]), "kind": kind}
            if take == "facts":
                self.fact(slot, households)
                continue
            later.append(slot)
            v = None if source["at"] is None else f"v{source['at']}"
            f = None if source["at"] is None else f"f{source['at']}"
            one = slot["id"]
            if take == "latest":
                groups.setdefault(inside, []).append(slot)
            elif take in ("count", "exists"):
                columns += [(f"n_{one}", f"CAST({inside} AS INTEGER)" if single else f"count(*) FILTER ({inside})"),
                            (f"o_{one}", plain("ob", inside))]
                if entry.get("duplicates") != "keep":
                    columns.append((f"t_{one}", "ob" if single else "arg_max(ob, k)"))
            elif take in ("min", "max"):
                columns += [(f"v_{one}", v if single else f"{take}({v}) FILTER ({inside})"),
                            (f"o_{one}", plain("ob", inside)),
                            (f"b_{one}", f"{f} IS NOT NULL" if single else f"coalesce(bool_or({f} IS NOT NULL) FILTER ({inside}), false)")]
            elif take == "sum":
                columns += [(f"v_{one}", f"CAST(sum({v}) FILTER ({inside}) AS BIGINT)"),
                            (f"n_{one}", f"count(*) FILTER ({inside})"),
                            (f"o_{one}", plain("ob", inside)),
                            (f"b_{one}", f"coalesce(max(CASE WHEN {f} IS NOT NULL THEN {REJECTED} WHEN {v} IS NULL THEN {MISSING} ELSE 0 END) FILTER ({inside}), 0)"),
                            (f"w_{one}", f"count(*) FILTER ({where}) > count(*) FILTER ({inside})")]
                if span and span["kind"] == "years":
                    columns.append((f"y_{one}", f"count(DISTINCT year(ev)) FILTER ({inside} AND year(ev) >= coalesce(year(origin), 0))"))
                elif span and span["kind"] == "months":
                    columns += [(f"y_{one}", f"count(DISTINCT ev) FILTER ({inside})"),
                                (f"r_{one}", "bool_or(reported)")]
            elif take == "union":
                columns += [(f"v_{one}", v), (f"o_{one}", plain("ob", inside)), (f"b_{one}", f"{f} IS NOT NULL")]
        for at, (inside, members) in enumerate(groups.items()):
            for slot in members:
                slot["group"] = at
                if slot["span"]:
                    flag = f"a_{slot['id']}"
                    columns.append((flag, slot["where"] if single else f"coalesce(bool_or({slot['where']}), false)"))
        if not later:
            return
        joined = self.picks(rows, groups, single, columns)
        if households:
            joined = f"SELECT home_of.sid AS sid, x.* EXCLUDE (sid) FROM ({joined}) AS x JOIN homes ON homes.sid = x.sid JOIN home_of ON home_of.hno = homes.hno"
        made = f"m_{table}"
        self.run(f"CREATE TABLE {made} AS {joined}")
        self.made[kind].append(made)
        for slot in later:
            self.sources.setdefault((kind, slot["field"]["name"]), {})[slot["at"]] = self.told(slot, made)

    def picks(self, rows, groups, single, columns):
        """The picked rows of each group beside the aggregates."""
        parts, joins, whole = [], [], []
        needs_origin = any(column.startswith("y_") for column, _ in columns)
        if needs_origin:
            rows = f"(SELECT s.*, origin FROM {rows} AS s JOIN {self.entry['subject']} AS r USING (sid))"
        if single:
            for at, (inside, members) in enumerate(groups.items()):
                cells = sorted({slot["source"]["at"] for slot in members})
                columns = columns + [(f"g{at}_v{cell}", f"v{cell}") for cell in cells]
                columns += [(f"g{at}_f{cell}", f"f{cell}") for cell in cells]
                columns.append((f"g{at}_o", "ob" if inside == "true" else f"CASE WHEN {inside} THEN ob END"))
            return "SELECT sid, " + ", ".join(f"{sql} AS {column}" for column, sql in columns) + f" FROM {rows}"
        spine = ", ".join(f"{sql} AS {column}" for column, sql in columns)
        keys = []
        for at, (inside, members) in enumerate(groups.items()):
            cells = sorted({slot["source"]["at"] for slot in members})
            chosen = ", ".join(f"v{cell} AS g{at}_v{cell}, f{cell} AS g{at}_f{cell}" for cell in cells)
            span = members[0]["span"]
            event = self.entry.get("event_on") or {}
            unique = (span and span["kind"] == "years" and span["first"] == span["last"]
                      and event.get("format") == "year" and self.entry.get("duplicates", "latest") != "keep")
            if unique:
                source = f"SELECT sid, ob AS g{at}_o, {chosen} FROM {rows} WHERE {inside}"
            else:
                source = (f"SELECT sid, ob AS g{at}_o, {chosen} FROM {rows} AS q WHERE k IN "
                          f"(SELECT max(k) FROM {rows} AS p WHERE {inside} GROUP BY sid)")
            joins.append(f"LEFT JOIN ({source}) AS g{at} USING (sid)")
            whole.append(f"g{at}.* EXCLUDE (sid)")
        base = f"(SELECT sid{', ' + spine if spine else ''} FROM {rows} GROUP BY sid)"
        return f"SELECT s.*{''.join(', ' + part for part in whole)} FROM {base} AS s " + " ".join(joins)

    def absence(self, kind):
        """The reason for an absent row, as SQL over the register `r`."""
        coverage = self.entry.get("coverage")
        settled = STALE if self.stale else KNOWN
        if not coverage or not coverage["complete"]:
            return str(NOT_COVERED)
        regions = coverage["regions"]
        if "000000" in regions:
            return str(settled)
        inside = []
        for region in regions:
            size = 10000 if region.endswith("0000") else 100 if region.endswith("00") else 1
            inside.append(f"r.home // {size} = {int(region) // size}")
        return f"CASE WHEN {' OR '.join(inside)} THEN {settled} ELSE {NOT_COVERED} END"

    def told(self, slot, made):
        """Value, reason and day of one source of a field, over the wide join."""
        source, take, one, span = slot["source"], slot["take"], slot["id"], slot["span"]
        keep = self.entry.get("duplicates") == "keep"
        grace = span["grace"] if span else 0
        limit = self.known_at - datetime.timedelta(days=slot["refresh"] + grace)
        fresh = lambda seen: (f"CASE WHEN {seen} < DATE '{limit}' THEN {STALE} ELSE {KNOWN} END"
                              if slot["refresh"] else str(KNOWN))
        spec = None if source["at"] is None else list(self.specs.values())[source["at"]]
        table = self.entry["name"]
        if self.spoiled:
            self.run(f"CREATE TABLE IF NOT EXISTS s_{table} AS FROM spoiled")
            spoiled = f"r.sid IN (SELECT sid FROM s_{table})"
        else:
            spoiled = "false"
        absence = self.absence(slot["kind"])
        if source["lost"] or (spec and spec["lost"]):
            return {"value": "NULL", "reason": str(MISSING), "seen": "NULL", "table": table}
        none = f"CASE WHEN {spoiled} THEN {REJECTED} ELSE {MISSING} END" if self.spoiled else str(MISSING)
        if take == "latest":
            at, group = source["at"], f"{made}.g{slot['group']}"
            outside = f"WHEN {made}.a_{one} THEN {WRONG_PERIOD}" if span else ""
            reason = (f"CASE WHEN {group}_o IS NULL THEN CASE {outside or 'WHEN false THEN 0'} ELSE {none} END "
                      f"WHEN {group}_f{at} IS NOT NULL THEN {REJECTED} WHEN {group}_v{at} IS NULL THEN {MISSING} "
                      f"ELSE {fresh(group + '_o')} END")
            return {"value": f"{group}_v{at}", "reason": reason, "seen": f"{group}_o", "table": table}
        value, seen = f"{made}.v_{one}", f"{made}.o_{one}"
        if take in ("count", "exists"):
            count = f"coalesce({made}.n_{one}, 0)"
            newest = f"DATE '{self.newest}'" if self.newest else "NULL"
            since = (self.entry.get("coverage") or {}).get("since")
            if span and since and span["from"] < since:
                absence = f"CASE WHEN ({absence}) = {KNOWN} THEN {NOT_COVERED} ELSE {absence} END"
            elif self.spoiled:
                absence = f"CASE WHEN ({absence}) = {KNOWN} AND {spoiled} THEN {REJECTED} ELSE {absence} END"
            reason = absence
            if not keep:
                reason = f"CASE WHEN {made}.t_{one} IS NOT NULL THEN {fresh(f'{made}.t_{one}')} ELSE {absence} END"
            if take == "exists":
                best = f"greatest({seen}, {newest})" if keep else seen
                reason = f"CASE WHEN {count} > 0 THEN {fresh(best)} ELSE {reason} END"
                return {"value": f"{count} > 0", "reason": reason, "seen": seen, "table": table}
            return {"value": count, "reason": reason, "seen": seen, "table": table}
        if take in ("min", "max"):
            reason = (f"CASE WHEN {made}.b_{one} AND {seen} IS NOT NULL THEN {REJECTED} WHEN {value} IS NOT NULL "
                      f"THEN {fresh(seen)} WHEN {seen} IS NULL THEN {none} ELSE {MISSING} END")
            return {"value": value, "reason": reason, "seen": seen, "table": table}
        if take == "union":
            reason = (f"CASE WHEN {made}.b_{one} THEN {REJECTED} WHEN len({value}) > 0 THEN {fresh(seen)} "
                      f"WHEN ({absence}) = {KNOWN} THEN {KNOWN} ELSE {none} END")
            return {"value": f"coalesce({value}, [])", "reason": reason, "seen": seen, "table": table}
        count, worst = f"coalesce({made}.n_{one}, 0)", f"coalesce({made}.b_{one}, 0)"
        outside = f"(coalesce({made}.w_{one}, false) OR {count} > 0)"
        gap = f"CASE WHEN {outside} THEN {WRONG_PERIOD} ELSE {none} END"
        empty = f"CASE ({absence}) WHEN {KNOWN} THEN {REJECTED if self.spoiled else KNOWN} " \
                f"{f'WHEN {NOT_COVERED} THEN {NOT_COVERED}' if self.entry.get('coverage') else ''} ELSE {gap} END"
        if span and span["kind"] == "years":
            needed = f"{span['last']} - greatest({span['first']}, coalesce(year(r.origin), {span['first']})) + 1"
            hole = f"CASE WHEN {needed} <= 0 OR coalesce({made}.y_{one}, 0) < {needed} THEN {gap} ELSE 0 END"
        elif span and span["kind"] == "months" and absence != str(KNOWN):
            end = (f"CASE WHEN {made}.r_{one} THEN DATE '{span['newest_to']}' ELSE DATE '{span['to']}' END")
            lived = (f"CASE WHEN r.origin IS NULL THEN {span['count']} ELSE least({span['count']}, "
                     f"(year({end}) - year(r.origin)) * 12 + month({end}) - month(r.origin)) END")
            hole = f"CASE WHEN {count} = 0 OR {made}.y_{one} < {lived} THEN {gap} ELSE 0 END"
        else:
            hole = f"CASE WHEN {count} = 0 THEN {empty} ELSE 0 END"
        reason = (f"CASE WHEN {worst} > 0 THEN {worst} WHEN ({hole}) > 0 THEN ({hole}) "
                  f"WHEN {count} = 0 THEN {KNOWN} ELSE {fresh(seen)} END")
        return {"value": f"coalesce({value}, 0)", "reason": reason, "seen": seen, "table": table}

    def fact(self, slot, households):
        """The dated things of one source."""
        field, parts, where = slot["field"], slot["source"]["parts"], slot["where"]
        known = (slot["kind"], field["name"])
        gathered = self.facts.setdefault(known, {"tables": [], "absences": [], "spoiled": []})
        specs = list(self.specs.values())
        needed = [part for part in (parts["code"], parts["from"], parts["to"]) if part is not None]
        if slot["source"]["lost"] or any(specs[part]["lost"] for part in needed):
            gathered["absences"].append(str(MISSING))
            return
        code = text(parts["fixed"]) if parts["fixed"] else f"v{parts['code']}"
        start = f"v{parts['from']}"
        end = "NULL" if parts["to"] is None else f"v{parts['to']}"
        amount = "NULL" if parts["amount"] is None else f"v{parts['amount']}"
        bad = " OR ".join(f"f{part} IS NOT NULL" for part in needed) or "false"
        has = "true" if parts["fixed"] else f"({code} IS NOT NULL OR f{parts['code']} IS NOT NULL)"
        table = f"x_{slot['kind']}_{slot['id']}_{self.entry['name']}"
        self.run(f"""CREATE TABLE {table} AS SELECT DISTINCT sid, CAST({code} AS VARCHAR) AS code,
            {start} AS "from", CAST({end} AS DATE) AS "to", CAST({amount} AS BIGINT) AS amount,
            ({bad}) OR coalesce({end} < {start}, false) AS bad, ({bad}) AS faulty,
            {text(self.entry["name"])} AS source FROM kept WHERE {where} AND {has}""")
        turned = self.one(f"SELECT count(*) FROM kept WHERE {where} AND {has} AND NOT ({bad}) AND {end} < {start}")[0]
        self.turned(turned)
        gathered["tables"].append(table)
        gathered["absences"].append(self.absence(slot["kind"]))
        if self.spoiled:
            self.run(f"CREATE TABLE IF NOT EXISTS s_{self.entry['name']} AS FROM spoiled")
            gathered["spoiled"].append(f"r.sid IN (SELECT sid FROM s_{self.entry['name']})")

    def turned(self, count):
        """Counts reversed periods; one row is one reject."""
        rejects = self.report["tables"][self.entry["name"]]["rejects"]
        if count:
            rejects["reversed_period"] = max(rejects.get("reversed_period", 0), count)

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


def recode(tables, out, definitions):
    """Copies the tables, GBK ones as UTF-8. Undecodable lines stay undecodable."""
    out.mkdir(parents=True, exist_ok=True)
    entries = yaml.safe_load((definitions / "catalogue.yaml").read_text())["tables"]
    decode = codecs.getdecoder("gb18030")
    for entry in entries:
        path = tables / f"{entry['name']}.csv"
        if entry.get("encoding") != "gbk" or not path.exists():
            for found in tables.glob(f"{entry['name']}.*"):
                if not (out / found.name).exists():
                    (out / found.name).symlink_to(found.resolve())
            continue
        with path.open("rb") as source, (out / path.name).open("wb") as target:
            for line in source:
                try:
                    target.write(decode(line)[0].encode())
                except UnicodeDecodeError:
                    bare = line.rstrip(b"\r\n")
                    target.write(decode(bare, "ignore")[0].encode() + b"\xff" + line[len(bare):])


def compare(ours, peer):
    """Holds the two results against each other; the number of differences."""
    one = json.loads((ours / "quality.json").read_text())
    two = json.loads((peer / "quality.json").read_text())
    wrong, dropped = [], []

    def same(what, left, right):
        if left != right:
            wrong.append(f"{what}: zhida {left}, peer {right}")

    same("dossiers", one["dossiers"], two["dossiers"])
    for table in one["tables"]:
        other = two["tables"][table["table"]]
        for key in ("taken", "after_cutoff", "duplicates", "superseded", "rejects", "disputed"):
            same(f"{table['table']} {key}", table[key], other[key])
    for field in one["fields"]:
        counts = dict(two["fields"][f"{field['subject']}.{field['field']}"])
        same(f"{field['subject']}.{field['field']} known", field["known"], counts.pop("known", 0))
        same(f"{field['subject']}.{field['field']} unknown", field["unknown"], counts)
    for relation in one["relations"]:
        other = two["relations"][f"{relation['subject']}_{relation['relation']}"]
        for key in ("edges", "complete"):
            same(f"{relation['subject']}.{relation['relation']} {key}", relation[key], other[key])
    # The values themselves, whoever they belong to: keys differ by design.
    sql = duckdb.connect()
    for kind in one["dossiers"]:
        left, right = (f"read_parquet('{side}/dossiers/{kind}.parquet')" for side in (ours, peer))
        kept = {row[0] for row in sql.execute(f"DESCRIBE SELECT * FROM {left}").fetchall()}
        for field in (field for field in one["fields"] if field["subject"] == kind):
            if field["field"] not in kept:
                # Identity numbers find the subject and are not stored with it.
                dropped.append(f"{kind}.{field['field']}")
                continue
            column = name(field["field"])
            shape = sql.execute(f"SELECT typeof({column}) FROM {left} LIMIT 1").fetchone()[0]
            value = f"CAST({column} AS VARCHAR)"
            if shape.startswith("STRUCT") or shape.endswith("[]"):
                value = f"CAST(list_sort(list_transform({column}, lambda x: CAST(x AS VARCHAR))) AS VARCHAR)"
            count = lambda side: f"SELECT {value} AS value, count(*) AS n FROM {side} GROUP BY 1"
            differing, shown = sql.execute(
                f"WITH a AS ({count(left)}), b AS ({count(right)}) SELECT count(*), any_value([a.value, b.value]) "
                "FROM a FULL JOIN b ON a.value IS NOT DISTINCT FROM b.value WHERE a.n IS DISTINCT FROM b.n").fetchone()
            same(f"{kind}.{field['field']} values", 0, differing)
            if differing:
                wrong.append(f"    for example {shown}")
    for difference in wrong:
        print(difference)
    counted = len(one["tables"]) * 6 + len(one["fields"]) * 3 + len(one["relations"]) * 2 + 1 - len(dropped)
    print(f"{counted} figures compared, {len(wrong)} differences; without values by design: {', '.join(dropped)}")
    return len(wrong)


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
