//! Matches as an Arrow batch: the columns of `matches.parquet`, and of the
//! table that Python gets, so that the two cannot differ.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, UInt32Array,
    builder::{ListBuilder, StringBuilder},
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use zhida_model::{
    domain::{SubjectKey, SubjectKind},
    matching::{Amount, ClaimWindow, Ranked, rounded},
    rules::dated::Dated,
};

/// The columns, in order.
#[must_use]
pub fn schema() -> Schema {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let list = |name: &str| {
        Field::new(name, DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))), false)
    };
    Schema::new(vec![
        text("subject", false),
        text("kind", false),
        text("policy", false),
        text("version", false),
        text("case", false),
        text("unit", true),
        text("verdict", false),
        Field::new("amount_fen", DataType::Int64, true),
        text("amount_state", false),
        list("missing"),
        text("window", false),
        Field::new("days_left", DataType::Int32, true),
        text("suppressed", true),
        list("choose_one"),
        Field::new("score", DataType::Float64, false),
        Field::new("rank", DataType::UInt32, true),
    ])
}

/// One row a match, in the order given; scores have four places.
///
/// # Errors
/// When a column outgrows its offsets, 2 GiB of text.
pub fn batch(
    dated: &Dated<'_>,
    kind: SubjectKind,
    rows: &[Ranked],
) -> Result<RecordBatch, ArrowError> {
    let count = rows.len();
    let text = |bytes: usize| StringBuilder::with_capacity(count, count * bytes);
    let (mut subject, mut unit) = (text(KEY_DIGITS), text(0));
    let (mut kinds, mut policy, mut version, mut case) = (text(10), text(24), text(6), text(8));
    let (mut verdict, mut amount, mut window, mut suppressed) =
        (text(8), text(8), text(8), text(0));
    let (mut missing, mut choose_one) =
        (ListBuilder::new(StringBuilder::new()), ListBuilder::new(StringBuilder::new()));
    // One pass: a match is large, and all columns read it while it is at hand.
    for (_, found) in rows {
        let key = dated.program.policies.get(found.policy).map(|policy| &policy.key);
        subject.append_value(hex(found.subject, &mut [0; KEY_DIGITS]));
        kinds.append_value(kind.name());
        policy.append_option(key.map(|key| key.id.as_str()));
        version.append_option(key.map(|key| key.version.as_str()));
        case.append_option(key.map(|key| key.case.name()));
        match found.unit {
            Some(key) => unit.append_value(hex(key, &mut [0; KEY_DIGITS])),
            None => unit.append_null(),
        }
        verdict.append_value(found.verdict.name());
        amount.append_value(amount_state(found.amount));
        for item in &found.missing {
            missing.values().append_value(&item.name);
        }
        missing.append(true);
        window.append_value(window_state(found.window));
        suppressed.append_option(found.suppressed.as_ref().map(|reason| reason.name()));
        for rival in &found.choose_one {
            choose_one.values().append_value(rival);
        }
        choose_one.append(true);
    }
    let matches = || rows.iter().map(|(_, found)| found);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(subject.finish()),
        Arc::new(kinds.finish()),
        Arc::new(policy.finish()),
        Arc::new(version.finish()),
        Arc::new(case.finish()),
        Arc::new(unit.finish()),
        Arc::new(verdict.finish()),
        Arc::new(matches().map(|found| found.amount.known()).collect::<Int64Array>()),
        Arc::new(amount.finish()),
        Arc::new(missing.finish()),
        Arc::new(window.finish()),
        Arc::new(matches().map(|found| found.days_left).collect::<Int32Array>()),
        Arc::new(suppressed.finish()),
        Arc::new(choose_one.finish()),
        Arc::new(Float64Array::from_iter_values(matches().map(|found| rounded(found.score)))),
        Arc::new(rows.iter().map(|(rank, _)| *rank).collect::<UInt32Array>()),
    ];
    RecordBatch::try_new(Arc::new(schema()), columns)
}

/// Digits of a key.
const KEY_DIGITS: usize = 32;

/// A key as hexadecimal digits.
fn hex(key: SubjectKey, digits: &mut [u8; KEY_DIGITS]) -> &str {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (pair, byte) in digits.chunks_exact_mut(2).zip(key.as_bytes()) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    // Digits are ASCII.
    std::str::from_utf8(digits).unwrap_or_default()
}

fn amount_state(amount: Amount) -> &'static str {
    match amount {
        Amount::None => "none",
        Amount::Unknown => "unknown",
        Amount::Known(_) => "known",
    }
}

fn window_state(window: ClaimWindow) -> &'static str {
    match window {
        ClaimWindow::Open { .. } => "open",
        ClaimWindow::Upcoming { .. } => "upcoming",
        ClaimWindow::Closed => "closed",
    }
}
