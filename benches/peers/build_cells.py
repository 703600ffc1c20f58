"""How the text of a cell becomes a value or a fault, and which rows count."""

import datetime
import decimal
import json

from build_words import SHORT_MAP, add_months, day, form, month_end, name, text


class Cells:
    """Cells of the table being read, planned once however many fields ask for them."""

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
            decimal.Decimal(str(bound)) / decimal.Decimal(str(size)), "f")
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
