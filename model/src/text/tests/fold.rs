use super::*;

#[test]
fn every_character_stays_where_it_was() {
    let text = "注册资本５０００万元（含）以上〔2026〕2号，占比≧６０％";
    let folded = Folded::new(text);
    assert_eq!(folded.chars().len(), text.chars().count());
    assert_eq!(
        folded.chars().iter().collect::<String>(),
        "注册资本5000万元(含)以上[2026]2号,占比≥60%"
    );
}
