"""Before and after the peer: tables in UTF-8, and two results held against
each other.
"""

import codecs
import json

import duckdb
import yaml

from build_words import name


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
