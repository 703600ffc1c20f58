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
    use super::{edits, nearest};

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
}
