//! What can be found: one version of a policy, or one document of a corpus.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zhida_model::policy::file::{Condition, Days, PolicyFile};

/// A document as it is indexed and given back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Record {
    /// Unique in the index.
    pub id: String,
    /// Id of the policy, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Version of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Words of its conditions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub conditions: String,
    /// Who issued it; joint issuers are separated by blanks or commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// Document number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// Region code of the issuer; absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<u32>,
    /// Name of that region.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// `enterprise` or `citizen`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Themes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// Life events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub life_events: Vec<String>,
    /// What has to be handed in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<String>,
    /// Periods in which it is in force or can be claimed, first and last day;
    /// an absent day is open. No period means always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<(Option<Date>, Option<Date>)>,
}

/// A line of a corpus cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is no JSON object with the three texts.
    #[error("not a document: {0}: write {{\"_id\":…,\"title\":…,\"text\":…}}")]
    Json(#[from] serde_json::Error),
    /// Its id cannot stand in a run file.
    #[error("`_id` is empty or holds white space: give every document an id without")]
    Id,
}

/// Reads one line of a corpus in the layout of BEIR: `_id`, `title`, `text`.
///
/// # Errors
/// [`RecordError`] for a line that is no such document.
pub fn read_corpus_line(line: &str) -> Result<Record, RecordError> {
    #[derive(Deserialize)]
    struct Line {
        #[serde(rename = "_id")]
        id: String,
        #[serde(default)]
        title: String,
        text: String,
    }
    let Line { id, title, text } = serde_json::from_str(line)?;
    if id.is_empty() || id.contains(char::is_whitespace) {
        return Err(RecordError::Id);
    }
    Ok(Record { id, title, body: text, ..Record::default() })
}

impl Record {
    /// The record of one version of a policy. `region` is the code and name
    /// of its region.
    #[must_use]
    pub fn of_policy(file: &PolicyFile, region: Option<(u32, &str)>) -> Record {
        let articles = file.text.iter().map(|article| {
            format!("{} {}", article.value.article.trim(), article.value.words.trim())
        });
        let body: Vec<String> =
            std::iter::once(file.benefit.summary.trim().to_owned()).chain(articles).collect();
        let conditions = gather(file);
        let day = |days: &Days| (days.from, days.to);
        Record {
            id: format!("{}/{}/{}", file.id.value, file.version, file.case.name()),
            policy: Some(file.id.value.clone()),
            version: Some(file.version.clone()),
            title: file.title.clone(),
            body: body.join("\n"),
            conditions: conditions.join("\n"),
            issuer: file.document.issuer.clone(),
            number: file.document.number.clone(),
            region: region.map(|(code, _)| code),
            place: region.map(|(_, name)| name.to_owned()).unwrap_or_default(),
            kind: file.audience.name().to_owned(),
            themes: file.themes.clone(),
            life_events: file.life_events.clone(),
            materials: file.materials.iter().map(|material| material.name.clone()).collect(),
            periods: std::iter::once(&file.valid).chain(&file.claim).map(day).collect(),
        }
    }

    /// What documents of one family share: the articles of a statute are
    /// titled with its name and their number.
    pub(super) fn family(&self) -> Option<&str> {
        let end = self.title.rfind('第')?;
        let (name, number) = (self.title.get(..end)?, self.title.get(end..)?);
        let serial = number
            .chars()
            .skip(1)
            .take_while(|c| c.is_ascii_digit() || "零〇一二三四五六七八九十百千".contains(*c));
        let counted = serial.count();
        let unit = number.chars().nth(counted + 1);
        let counts = counted > 0 && matches!(unit, Some('条' | '款' | '项' | '章' | '节' | '编'));
        (counts && !name.is_empty()).then(|| name.trim_start_matches("中华人民共和国"))
    }
}

/// The quoted words and questions of conditions, members of groups included.
fn gather(file: &PolicyFile) -> Vec<String> {
    let mut words = Vec::new();
    let mut left: Vec<&Condition> =
        file.conditions.iter().rev().map(|condition| &condition.value).collect();
    while let Some(condition) = left.pop() {
        words
            .extend(condition.quote.iter().chain(&condition.manual).map(|text| text.value.clone()));
        let group = condition.at_least.iter().flat_map(|group| &group.of);
        let members = condition.any.iter().chain(&condition.all).chain(group);
        left.extend(members.map(|member| &member.value).collect::<Vec<_>>().into_iter().rev());
    }
    words
}
