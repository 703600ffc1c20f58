"""How the rows of a table become one value for each subject, with its reason."""

import datetime
import json

from build_words import KNOWN, MISSING, NOT_COVERED, REJECTED, STALE, WRONG_PERIOD, text


class Values:
    """Values, facts and reasons of the table being read."""

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
        joins, whole = [], []
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
