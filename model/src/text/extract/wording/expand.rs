//! The small notation of the table's words: `(a|b)` alternatives, `?` after a
//! group or a character that may be absent, `…` between parts.
//!
//! Left out: repetition and classes. A wording that needs them is two wordings.

/// The literals of each part of `words`.
pub(super) fn parts(words: &str) -> Vec<Vec<String>> {
    words.split('…').map(literals).filter(|part| !part.is_empty()).collect()
}

/// Every literal that `part` stands for, the empty one left out.
fn literals(part: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut rest = part.chars().peekable();
    while let Some(character) = rest.next() {
        let mut choices: Vec<String> = match character {
            '(' => {
                let group: String = rest.by_ref().take_while(|&c| c != ')').collect();
                group.split('|').map(str::to_owned).collect()
            }
            other => vec![other.to_string()],
        };
        if matches!(rest.peek(), Some('?' | '*')) {
            rest.next();
            choices.push(String::new());
        }
        all = all
            .iter()
            .flat_map(|head| choices.iter().map(move |choice| format!("{head}{choice}")))
            .collect();
    }
    all.retain(|literal| !literal.is_empty());
    all.sort();
    all.dedup();
    all
}
