//! An answer as JSON, for `zhida search --format json` and the Python package.

use serde_json::{Value, json};
use zhida_model::domain::RegionCode;

use super::index::Answer;

impl Answer {
    /// The answer with the words that were asked.
    #[must_use]
    pub fn json(&self, asked: &str) -> Value {
        let hits = self.hits.iter().zip(1..).map(|(hit, rank)| {
            let record = &hit.record;
            json!({
                "rank": rank,
                "id": record.id,
                "policy": record.policy,
                "version": record.version,
                "title": record.title,
                "title_marks": hit.title.marks,
                "snippet": hit.snippet.text,
                "marks": hit.snippet.marks,
                "region": record.region.and_then(RegionCode::from_value),
                "place": record.place,
                "kind": record.kind,
                "issuer": record.issuer,
                "number": record.number,
                "themes": record.themes,
                "score": hit.score,
            })
        });
        json!({
            "query": asked,
            "total": self.total,
            "did_you_mean": self.did_you_mean,
            "hits": hits.collect::<Vec<_>>(),
        })
    }
}
