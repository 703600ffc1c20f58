"""What the statements of the build peer are made of: names, dates, reasons,
and the checks of identity numbers as SQL macros.
"""

import datetime
import pathlib

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
