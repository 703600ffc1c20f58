//! What else may have been meant: the words of an index by their sound, by
//! the first letters of their sound and by their neighbours in writing.

use std::collections::BTreeMap;

use pinyin::ToPinyin;
use rustc_hash::FxHashMap;
use tantivy::{SegmentReader, schema::Field};
use zhida_model::text::segment::is_term;

use super::{
    SearchError,
    analysis::{han_runs, is_han},
    synonyms::Synonyms,
};

/// Longest word that may be meant, in characters.
const LONGEST: usize = 12;

/// How many words the letters of a question may stand for.
const MEANT: usize = 8;

/// Words of an index.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Entry>,
    by_word: FxHashMap<String, usize>,
    /// Syllables written together.
    by_sound: FxHashMap<String, Vec<usize>>,
    by_initials: FxHashMap<String, Vec<usize>>,
    /// Words without one of their characters.
    by_rest: FxHashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Entry {
    word: String,
    sound: String,
    /// Policy terms and words with synonyms come first.
    known: bool,
    documents: u32,
}

/// The syllables of a word without tones, and their first letters; `None`
/// where a character has no sound.
fn sound(word: &[char]) -> Option<(String, String)> {
    let (mut syllables, mut initials) = (String::new(), String::new());
    for character in word {
        let pinyin = character.to_pinyin()?;
        syllables.push_str(pinyin.plain());
        initials.push_str(pinyin.first_letter());
    }
    Some((syllables, initials))
}

/// A word without each of its characters in turn.
fn rests(word: &[char]) -> impl Iterator<Item = String> + '_ {
    (0..word.len()).map(|left_out| {
        let kept = word.iter().enumerate().filter(|(at, _)| *at != left_out);
        kept.map(|(_, character)| *character).collect()
    })
}

/// Fewest changes of a letter that make one text of another.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (j, b) in other.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let cost = (before + usize::from(a != *b)).min(above + 1).min(left + 1);
            if let Some(slot) = row.get_mut(j) {
                *slot = left;
            }
            before = above;
            left = cost;
        }
        if let Some(slot) = row.last_mut() {
            *slot = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

impl Vocabulary {
    /// The words of a field, and words that stand for one of them.
    pub(super) fn new(segment: &SegmentReader, field: Field) -> Result<Vocabulary, SearchError> {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().stream()?;
        // What one document of many writes is as often a mistake as a word.
        let least = if segment.max_doc() > 10_000 { 3 } else { 1 };
        while terms.advance() {
            let Ok(word) = std::str::from_utf8(terms.key()) else { continue };
            let fits = (2..=LONGEST).contains(&word.chars().count());
            let wordlike =
                word.chars().all(is_han) || word.bytes().all(|b| b.is_ascii_alphabetic());
            if fits && wordlike && (terms.value().doc_freq >= least || is_term(word)) {
                counts.insert(word.to_owned(), terms.value().doc_freq);
            }
        }
        let mut synonymous: Vec<(String, u32)> = Vec::new();
        for (word, others) in Synonyms::shared().entries() {
            let documents = others.iter().filter_map(|other| counts.get(*other)).max();
            if let Some(documents) = documents.filter(|_| word.chars().all(is_han)) {
                synonymous.push((word, *documents));
            }
        }
        let known: std::collections::BTreeSet<String> =
            synonymous.iter().map(|(word, _)| word.clone()).collect();
        for (word, documents) in synonymous {
            if (2..=LONGEST).contains(&word.chars().count()) {
                counts.entry(word).or_insert(documents);
            }
        }
        let mut vocabulary = Vocabulary::default();
        for (word, documents) in counts {
            let known = is_term(&word) || known.contains(&word);
            vocabulary.add(word, known, documents);
        }
        Ok(vocabulary)
    }

    fn add(&mut self, word: String, known: bool, documents: u32) {
        let at = self.words.len();
        let chars: Vec<char> = word.chars().collect();
        let sound = sound(&chars);
        if let Some((syllables, initials)) = &sound {
            self.by_sound.entry(syllables.clone()).or_default().push(at);
            self.by_initials.entry(initials.clone()).or_default().push(at);
        }
        if chars.len() >= 3 {
            for rest in rests(&chars).chain([word.clone()]) {
                self.by_rest.entry(rest).or_default().push(at);
            }
        }
        self.by_word.insert(word.clone(), at);
        let sound = sound.map(|(syllables, _)| syllables).unwrap_or_default();
        self.words.push(Entry { word, sound, known, documents });
    }

    /// The words that letters of a question may stand for: by their sound
    /// (canbaojin) or its first letters (cbj).
    pub(super) fn meant(&self, text: &str) -> Vec<String> {
        let mut meant = Vec::new();
        let letters = text.split(|c: char| !c.is_ascii_alphabetic());
        for letters in letters.filter(|letters| letters.len() > 1).take(MEANT) {
            let letters = letters.to_ascii_lowercase();
            let lists = [self.by_sound.get(&letters), self.by_initials.get(&letters)];
            let mut found: Vec<&Entry> = lists
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|at| self.words.get(*at))
                .collect();
            found.sort_by_key(|entry| (!entry.known, std::cmp::Reverse(entry.documents)));
            // Whoever types letters for a term does not mean what happens to share them.
            let terms = found.iter().filter(|entry| entry.known).count();
            let most = if terms > 0 { terms.min(MEANT) } else { MEANT };
            meant.extend(found.into_iter().take(most).map(|entry| entry.word.clone()));
        }
        meant
    }

    /// The question with words of the index in the place of those it cannot
    /// find; `None` where nothing is better.
    pub(super) fn instead(&self, text: &str) -> Option<String> {
        let mut chars: Vec<char> = text.chars().collect();
        let mut changed = false;
        for (start, run) in han_runs(text).into_iter().rev() {
            if let Some(better) = self.better_run(&run) {
                changed = true;
                chars.splice(start..start + run.len(), better);
            }
        }
        let text: String = chars.into_iter().collect();
        let mut better = String::new();
        for (at, piece) in text.split(' ').enumerate() {
            if at > 0 {
                better.push(' ');
            }
            match self.better_letters(piece) {
                Some(word) => {
                    changed = true;
                    better.push_str(word);
                }
                None => better.push_str(piece),
            }
        }
        changed.then_some(better)
    }

    /// The best word for letters that are no word of the index.
    fn better_letters(&self, letters: &str) -> Option<&str> {
        let lower = letters.to_ascii_lowercase();
        let fits = lower.len() >= 4 && lower.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !fits || self.by_word.contains_key(&lower) {
            return None;
        }
        let sounding = self.by_sound.get(&lower).into_iter().flatten().copied();
        let best = self.best(sounding, &lower);
        best.or_else(|| {
            let chars: Vec<char> = lower.chars().collect();
            self.best(self.neighbours(&chars).into_iter(), &lower)
        })
    }

    /// A run of Chinese characters with its unknown stretches replaced.
    fn better_run(&self, run: &[char]) -> Option<Vec<char>> {
        let covered = self.covered(run);
        let mut better = Vec::new();
        let (mut at, mut changed) = (0, false);
        while at < run.len() {
            let known = self.longest_known(run, at);
            let other = (known < 4).then(|| self.better_window(run, at, &covered)).flatten();
            match other {
                Some((length, word)) if length > known => {
                    better.extend(word.chars());
                    at += length;
                    changed = true;
                }
                _ => {
                    let length = known.max(1);
                    better.extend(run.get(at..at + length).unwrap_or_default());
                    at += length;
                }
            }
        }
        changed.then_some(better)
    }

    /// The longest window from a place on for which another word is better.
    fn better_window(&self, run: &[char], at: usize, covered: &[bool]) -> Option<(usize, &str)> {
        let longest = LONGEST.min(run.len() - at);
        (2..=longest).rev().find_map(|length| {
            let window = run.get(at..at + length)?;
            let (syllables, _) = sound(window)?;
            let word: String = window.iter().collect();
            if self.by_word.contains_key(&word) {
                return None;
            }
            let whole = covered.get(at..at + length)?.iter().all(|covered| *covered);
            // Four syllables that sound like a term are no chance; fewer are,
            // where every character belongs to a word of its own.
            let sounding = self.by_sound.get(&syllables).into_iter().flatten().copied();
            if (!whole || length >= 4)
                && let Some(other) = self.best(sounding, &syllables)
                && other.chars().count() == length
            {
                return Some((length, other));
            }
            if whole || length < 3 {
                return None;
            }
            let near = self.neighbours(window).into_iter().filter(|at| {
                self.words.get(*at).is_some_and(|entry| {
                    entry.known && {
                        let same = entry.word.chars().zip(window).filter(|(a, b)| a == *b).count();
                        entry.word.chars().count() == length && same + 1 == length
                    }
                })
            });
            Some((length, self.best(near, &syllables)?))
        })
    }

    /// Words at one change of a character.
    fn neighbours(&self, word: &[char]) -> Vec<usize> {
        if word.len() < 3 {
            return Vec::new();
        }
        let whole: String = word.iter().collect();
        let keys = rests(word).chain([whole]);
        let mut found: Vec<usize> =
            keys.filter_map(|key| self.by_rest.get(&key)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|at| {
            let near = |entry: &Entry| entry.word.chars().count().abs_diff(word.len()) <= 1;
            self.words.get(*at).is_some_and(near)
        });
        found
    }

    /// The word that sounds nearest, then terms, then the most frequent.
    fn best(&self, found: impl Iterator<Item = usize>, syllables: &str) -> Option<&str> {
        let entries = found.filter_map(|at| self.words.get(at));
        let best = entries.min_by_key(|entry| {
            let sounds = if entry.sound.is_empty() { &entry.word } else { &entry.sound };
            (distance(sounds, syllables), !entry.known, std::cmp::Reverse(entry.documents))
        });
        best.map(|entry| entry.word.as_str())
    }

    fn longest_known(&self, run: &[char], at: usize) -> usize {
        let longest = LONGEST.min(run.len() - at);
        let known = |length: &usize| {
            let word: String = run.get(at..at + length).unwrap_or_default().iter().collect();
            self.by_word.contains_key(&word)
        };
        (2..=longest).rev().find(known).unwrap_or(0)
    }

    /// Which characters belong to a word of the index, from left to right.
    fn covered(&self, run: &[char]) -> Vec<bool> {
        let mut covered = vec![false; run.len()];
        let mut at = 0;
        while at < run.len() {
            let known = self.longest_known(run, at);
            if let Some(slots) = covered.get_mut(at..at + known) {
                slots.fill(true);
            }
            at += known.max(1);
        }
        covered
    }
}
