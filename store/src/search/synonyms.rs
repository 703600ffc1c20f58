//! Words that stand for each other, from a data file. They are looked for in
//! the question, never put into the index, so that the file can change
//! without writing indexes again.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// The data file: `kind,words`.
const FILE: &str = include_str!("synonyms.csv");

/// Words by which a question is widened.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    /// By first character: a word, and the groups of words it stands for.
    by_first: FxHashMap<char, Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    word: Vec<char>,
    others: Vec<&'static str>,
}

impl Synonyms {
    /// Those of the data file, read once.
    pub(super) fn shared() -> &'static Synonyms {
        static SHARED: OnceLock<Synonyms> = OnceLock::new();
        SHARED.get_or_init(|| Synonyms::read(FILE))
    }

    fn read(file: &'static str) -> Synonyms {
        let mut synonyms = Synonyms::default();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            match line.split_once(',') {
                Some(("same", words)) => {
                    for word in words.split('|') {
                        let others = words.split('|').filter(|other| *other != word);
                        synonyms.add(word, others);
                    }
                }
                Some(("means", pair)) => {
                    let (said, meant) = pair.split_once('>').unwrap_or_default();
                    for word in said.split('|') {
                        synonyms.add(word, meant.split('|').filter(|other| *other != word));
                    }
                }
                _ => {}
            }
        }
        synonyms
    }

    fn add(&mut self, word: &'static str, others: impl Iterator<Item = &'static str>) {
        let word: Vec<char> = word.chars().collect();
        let Some(first) = word.first().copied() else { return };
        let entries = self.by_first.entry(first).or_default();
        match entries.iter_mut().find(|entry| entry.word == word) {
            Some(entry) => entry.others.extend(others),
            None => entries.push(Entry { word, others: others.collect() }),
        }
    }

    /// What the words found in a text stand for; of two words that begin at
    /// one place the longer counts.
    pub(super) fn find(&self, text: &[char]) -> Vec<&'static str> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(first) = text.get(at) {
            let entries = self.by_first.get(first).map_or(&[][..], Vec::as_slice);
            let here = entries
                .iter()
                .filter(|entry| text.get(at..).is_some_and(|rest| rest.starts_with(&entry.word)));
            match here.max_by_key(|entry| entry.word.len()) {
                Some(entry) => {
                    found.extend(&entry.others);
                    at += entry.word.len();
                }
                None => at += 1,
            }
        }
        found
    }

    /// Every word that stands for another, and what it stands for.
    pub(super) fn entries(&self) -> impl Iterator<Item = (String, &[&'static str])> {
        let entries = self.by_first.values().flatten();
        entries.map(|entry| (entry.word.iter().collect(), entry.others.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_read() {
        for line in FILE.lines().filter(|line| !line.starts_with('#')) {
            let (kind, words) = line.split_once(',').unwrap();
            assert!(["same", "means"].contains(&kind), "{line}");
            assert_eq!(kind == "means", words.contains('>'), "{line}");
            assert!(words.split(['|', '>']).all(|word| !word.trim().is_empty()), "{line}");
        }
    }

    #[test]
    fn the_longest_word_counts_and_means_goes_one_way() {
        let find = |text: &str| Synonyms::shared().find(&text.chars().collect::<Vec<_>>());
        assert!(find("残保金怎么交").contains(&"残疾人就业保障金"));
        assert!(find("残疾人就业保障金").contains(&"残保金"));
        assert!(find("老板不给钱").contains(&"用人单位"));
        assert!(!find("用人单位").contains(&"老板"));
        assert_eq!(find("日照充足"), Vec::<&str>::new());
    }
}
