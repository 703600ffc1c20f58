//! Questions of any kind, asked of a small index, with and without pinyin.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use zhida_store::search::{Filter, Question, SearchIndex, read_corpus_line};

static INDEX: OnceLock<SearchIndex> = OnceLock::new();

fn index() -> SearchIndex {
    let records: Vec<_> = [
        r#"{"_id":"a","title":"残疾人就业保障金分档减缴","text":"安排残疾人就业比例达到1%（含）以上的企业减半缴纳。"}"#,
        r#"{"_id":"b","title":"育儿补贴","text":"补贴对象为未满3周岁的婴幼儿，每孩每年3600元。"}"#,
        r#"{"_id":"c","title":"失业保险稳岗返还","text":"裁员率不高于上年度城镇调查失业率控制目标的企业。"}"#,
    ]
    .iter()
    .map(|line| read_corpus_line(line).expect("a record"))
    .collect();
    SearchIndex::in_memory(&records).expect("an index")
}

fuzz_target!(|text: &str| {
    let index = INDEX.get_or_init(index);
    for pinyin in [false, true] {
        let question = Question { text, filter: Filter::default(), offset: 0, limit: 10, pinyin };
        let answer = index.search(&question).expect("an answer");
        for hit in answer.hits {
            let _ = hit.snippet.html();
        }
    }
});
