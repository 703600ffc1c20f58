//! From a byte in an expression to its line and column in the YAML file. YAML
//! folds and escapes, so the two texts are aligned by their visible characters.

use std::ops::Range;

use serde_saphyr::Spanned;

use crate::diagnostic::Place;

/// Where a YAML node begins.
#[must_use]
pub fn of<T>(node: &Spanned<T>) -> Place {
    let location = node.referenced;
    Place {
        line: usize::try_from(location.line()).unwrap_or(0),
        column: usize::try_from(location.column()).unwrap_or(0),
        length: 0,
    }
}

/// Where a byte span of a scalar stands in the file.
#[must_use]
pub fn within(source: &str, node: &Spanned<String>, span: &Range<usize>) -> Place {
    let start = of(node);
    let visible = |upto: usize| {
        node.value
            .char_indices()
            .take_while(|(at, _)| *at < upto)
            .filter(|(_, symbol)| !symbol.is_whitespace())
            .count()
    };
    let (skip, last) = (visible(span.start), visible(span.end));
    let Some(first) = nth_visible(source, start, &node.value, skip) else {
        // Behind the last character, where something is missing.
        let end =
            skip.checked_sub(1).and_then(|last| nth_visible(source, start, &node.value, last));
        return end.map_or(start, |end| Place { column: end.column + 1, ..end });
    };
    let length = nth_visible(source, start, &node.value, last.saturating_sub(1).max(skip))
        .filter(|end| end.line == first.line)
        .map_or(1, |end| end.column + 1 - first.column);
    Place { length, ..first }
}

/// The place of the n-th visible character of the scalar's value.
fn nth_visible(source: &str, start: Place, value: &str, n: usize) -> Option<Place> {
    let mut wanted = value.chars().filter(|symbol| !symbol.is_whitespace());
    let mut symbols = positions(source, start).peekable();
    if let Some((_, symbol)) = symbols.peek()
        && matches!(symbol, '|' | '>')
        && !value.starts_with(*symbol)
    {
        // A block scalar: its text begins on the next line.
        while symbols.next_if(|(place, _)| place.line == start.line).is_some() {}
    }
    // Only a quoted scalar begins with a quotation mark, and that one is YAML's.
    symbols.next_if(|(_, symbol)| matches!(symbol, '"' | '\''));
    let mut target = wanted.next()?;
    let mut seen = 0;
    for (place, symbol) in symbols {
        if symbol.is_whitespace() || symbol != target {
            continue;
        }
        if seen == n {
            return Some(place);
        }
        seen += 1;
        target = wanted.next()?;
    }
    None
}

fn positions(source: &str, start: Place) -> impl Iterator<Item = (Place, char)> + '_ {
    source
        .lines()
        .enumerate()
        .skip(start.line.saturating_sub(1))
        .flat_map(move |(line, text)| {
            text.chars().enumerate().map(move |(column, symbol)| {
                (Place { line: line + 1, column: column + 1, length: 1 }, symbol)
            })
        })
        .filter(move |(place, _)| place.line > start.line || place.column >= start.column)
}
