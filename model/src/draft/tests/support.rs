//! The sample definitions, and one draft at a time.

use std::{path::PathBuf, sync::OnceLock};

use crate::{
    catalogue,
    diagnostic::Severity,
    domain::{IndustryTable, RegionCode, RegionTable, SubjectKind},
    draft::{Draft, Options, draft},
    policy::Parameters,
    reference::Reference,
};

/// The folder of sample definitions.
pub(super) fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data-samples")
}

/// The sample definitions, read once.
pub(super) fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let text = |name: &str| std::fs::read_to_string(samples().join(name)).unwrap();
        let regions = RegionTable::from_csv(&text("regions.csv")).unwrap();
        let industries = IndustryTable::from_csv(&text("industries.csv")).unwrap();
        let catalogue = catalogue::read("catalogue.yaml", &text("catalogue.yaml")).unwrap();
        let parameters =
            Parameters::read("parameters.yaml", &text("parameters.yaml"), &catalogue, &regions)
                .unwrap();
        Reference { catalogue, regions, industries, parameters }
    })
}

/// A draft that passes the checker.
pub(super) fn drafted(text: &str, audience: SubjectKind) -> Draft {
    let region = RegionCode::parse("330100").ok();
    let made = draft("notice", text, reference(), Options { region, audience: Some(audience) });
    let errors: Vec<String> = made
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{}\n{}", errors.join("\n"), made.yaml);
    made
}

/// All expressions that one condition becomes.
pub(super) fn rules(condition: &str, audience: SubjectKind) -> Vec<String> {
    let text = format!(
        "关于做好示范补贴申报工作的通知\n一、申报条件\n申请人应当同时符合下列条件：\n（一）{condition}；\n（二）信誉良好。\n"
    );
    let made = drafted(&text, audience);
    let entry = made.ledger.entries.iter().find(|entry| entry.words == condition);
    entry.unwrap_or_else(|| panic!("no entry for {condition}: {:?}", made.ledger)).rules.clone()
}
