//! The name somebody most likely meant. Only for help texts: no decision is
//! ever taken on a guess.

/// The most edits at which a name still counts as a slip of the pen.
const SLIP: usize = 3;

/// The name nearest to `wrong` among `(name, Chinese label)` pairs: the one
/// with that label, else the fewest edits, ties by name. Short words must
/// keep at least half of their letters.
pub(crate) fn nearest<'a>(
    wrong: &str,
    names: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<&'a str> {
    let limit = SLIP.min(wrong.chars().count() / 2);
    names
        .filter_map(|(name, label)| {
            let edits = if label == wrong { 0 } else { edits(wrong, name) };
            (edits <= limit).then_some((edits, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// The names that somebody may have meant by `wrong`, the likeliest first:
/// those that hold it or are held by it, and those a slip of the pen away.
#[must_use]
pub fn similar<'a>(
    wrong: &str,
    names: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let limit = SLIP.min(wrong.chars().count() / 2);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let part = !wrong.is_empty() && (name.contains(wrong) || wrong.contains(name));
            let edits = edits(wrong, name);
            (part || edits <= limit || shares_most_words(wrong, name)).then_some((edits, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(most).map(|(_, name)| name).collect()
}

/// Whether at least half of the words that `-` and `_` separate are in both.
fn shares_most_words(left: &str, right: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(['-', '_']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (left, right) = (words(left), words(right));
    let shared = left.iter().filter(|word| right.contains(word)).count();
    shared > 0 && shared * 2 >= left.len().max(right.len())
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one
/// word into the other (optimal string alignment).
fn edits(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let width = right.len();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=width).collect();
    for row in 1..=left.len() {
        let mut line = vec![row; width + 1];
        for column in 1..=width {
            let differs = usize::from(left[row - 1] != right[column - 1]);
            let best = (above[column] + 1).min(line[column - 1] + 1);
            line[column] = best.min(above[column - 1] + differs);
            let swapped = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if swapped {
                line[column] = line[column].min(before[column - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, line);
    }
    above[width]
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest, similar};

    #[test]
    fn counts_edits_and_swaps() {
        for (left, right, count) in [
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("sex", "six", 1),
            ("ca", "abc", 3),
        ] {
            assert_eq!(edits(left, right), count, "{left} {right}");
            assert_eq!(edits(right, left), count, "{right} {left}");
        }
    }

    #[test]
    fn prefers_a_label_then_the_fewest_edits_then_the_name() {
        let names = [("birth_date", "出生日期"), ("death_date", "死亡日期"), ("sex", "性别")];
        let of = |wrong| nearest(wrong, names.iter().copied());
        assert_eq!(of("brith_date"), Some("birth_date"));
        assert_eq!(of("死亡日期"), Some("death_date"));
        assert_eq!(of("seks"), Some("sex"));
        assert_eq!(of("income"), None);
        assert_eq!(of("x"), None, "one letter says nothing");
    }

    #[test]
    fn what_is_similar_comes_nearest_first() {
        let names = ["minimum-living", "minimum-wage", "childcare-subsidy", "elder-care"];
        let of = |wrong| similar(wrong, names, 3);
        assert_eq!(of("minimun-living"), ["minimum-living"]);
        assert_eq!(of("minimum-livin"), ["minimum-living", "minimum-wage"]);
        assert_eq!(of("childcare"), ["childcare-subsidy"]);
        assert_eq!(of("housing"), [""; 0]);
        assert_eq!(of(""), [""; 0]);
    }
}
