//! The words of a clause that tell what it does with its numbers
//! (`cues.csv`), found in one pass.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// The table, kept beside the code so that it can be read and extended.
const TABLE: &str = include_str!("cues.csv");

/// What a word tells; the names are those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Grant,
    Charge,
    Leave,
    Duty,
    Act,
    Since,
    Validity,
    Event,
    Pledge,
    Recent,
    Exclude,
    Office,
    Insurance,
    Amount,
    Fixed,
    Stat,
    Report,
    Only,
    Pick,
    Done,
    Assign,
    Applicant,
    Arrange,
    Authority,
    Deem,
    Mainly,
}

const NAMES: [(&str, Class); 26] = [
    ("grant", Class::Grant),
    ("charge", Class::Charge),
    ("leave", Class::Leave),
    ("duty", Class::Duty),
    ("act", Class::Act),
    ("since", Class::Since),
    ("validity", Class::Validity),
    ("event", Class::Event),
    ("pledge", Class::Pledge),
    ("recent", Class::Recent),
    ("exclude", Class::Exclude),
    ("office", Class::Office),
    ("insurance", Class::Insurance),
    ("amount", Class::Amount),
    ("fixed", Class::Fixed),
    ("stat", Class::Stat),
    ("report", Class::Report),
    ("only", Class::Only),
    ("pick", Class::Pick),
    ("done", Class::Done),
    ("assign", Class::Assign),
    ("applicant", Class::Applicant),
    ("arrange", Class::Arrange),
    ("authority", Class::Authority),
    ("deem", Class::Deem),
    ("mainly", Class::Mainly),
];

/// A telling word in a clause; offsets count characters of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cue {
    pub(crate) class: Class,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The table, ready to be searched for.
#[derive(Debug)]
pub(crate) struct Cues {
    words: AhoCorasick,
    classes: Vec<(Class, usize)>,
}

impl Cues {
    /// The built-in table.
    pub(crate) fn shared() -> &'static Cues {
        static SHARED: OnceLock<Cues> = OnceLock::new();
        SHARED.get_or_init(|| {
            let mut words = Vec::new();
            let mut classes = Vec::new();
            for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
                let Some((name, list)) = line.split_once(',') else { continue };
                let Some((_, class)) = NAMES.iter().find(|(known, _)| *known == name) else {
                    continue;
                };
                for word in list.split('|') {
                    classes.push((*class, word.chars().count()));
                    words.push(word);
                }
            }
            let words = super::automaton(&words, MatchKind::Standard);
            Cues { words, classes }
        })
    }

    /// Every telling word of `text`, whose first character is number `from`
    /// of the document, in order of its end.
    pub(crate) fn find(&self, text: &str, from: usize) -> Vec<Cue> {
        let mut found = Vec::new();
        let (mut byte, mut character) = (0, from);
        for hit in self.words.find_overlapping_iter(text) {
            character += text.get(byte..hit.end()).map_or(0, |passed| passed.chars().count());
            byte = hit.end();
            let (class, length) = self.classes[hit.pattern().as_usize()];
            found.push(Cue { class, start: character - length, end: character });
        }
        found
    }
}
