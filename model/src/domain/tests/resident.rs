//! Identity numbers: synthetic ones of division 990101, which is unassigned,
//! and one published sample.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const TODAY: Date = date(2026, 1, 1);

const VALID: [&str; 6] = [
    "990101194402290012",
    "990101200402290010",
    "990101202402290028",
    "990101196001010031",
    "990101200808080048",
    "360426199101010071",
];

#[test]
fn reads_known_numbers() {
    for text in VALID {
        assert_eq!(ResidentId::parse(text, TODAY).unwrap().as_str(), text);
    }
}

#[test]
fn names_its_parts() {
    let id = ResidentId::parse(" 990101202402290028 ", TODAY).unwrap();
    assert_eq!(
        (id.birth_date(), id.sex(), id.division()),
        (date(2024, 2, 29), Sex::Female, "990101")
    );
    assert_eq!((id.sex().code(), Sex::Male.code()), ("2", "1"));
}

#[test]
fn raises_a_small_x() {
    let heads = (0..1000).map(|sequence| format!("99010119800101{sequence:03}"));
    let with_x = heads
        .map(|head| ResidentId::with_check(&head).unwrap())
        .find(|id| id.as_str().ends_with('X'));
    let id = with_x.unwrap();
    assert_eq!(ResidentId::parse(&id.as_str().to_lowercase(), TODAY), Ok(id));
}

#[test]
fn refuses_days_that_are_not_in_the_calendar() {
    for head in ["99010119460229001", "99010119460230001", "99010119461301001", "99010119460100001"]
    {
        assert_eq!(ResidentId::with_check(head), Err(ResidentIdError::BirthDate));
        // The date is judged before the check character.
        let text = format!("{head}0");
        assert_eq!(ResidentId::parse(&text, TODAY), Err(ResidentIdError::BirthDate));
    }
}

#[test]
fn refuses_a_birth_after_today() {
    let id = ResidentId::with_check("99010120260102001").unwrap();
    assert_eq!(ResidentId::parse(id.as_str(), TODAY), Err(ResidentIdError::BirthDate));
    assert_eq!(ResidentId::parse(id.as_str(), date(2026, 1, 2)), Ok(id));
}

#[test]
fn says_what_is_wrong() {
    assert_eq!(
        ResidentId::parse("99010119440229001", TODAY),
        Err(ResidentIdError::Length { expected: 18, found: 17 })
    );
    assert_eq!(
        ResidentId::parse("9901011944022900X2", TODAY),
        Err(ResidentIdError::Character { position: 17 })
    );
    assert_eq!(
        ResidentId::parse("99010119440229００１2", TODAY),
        Err(ResidentIdError::Character { position: 15 })
    );
    assert_eq!(ResidentId::parse("990101194402290011", TODAY), Err(ResidentIdError::Check));
}

#[test]
fn upgrades_the_old_form() {
    let Err(ResidentIdError::FifteenDigits { upgraded }) =
        ResidentId::parse("990101600101003", TODAY)
    else {
        panic!("the old form has its own error");
    };
    assert_eq!(upgraded.as_str(), "990101196001010031");
    assert_eq!(ResidentId::parse("990101460229001", TODAY), Err(ResidentIdError::BirthDate));
    assert_eq!(
        ResidentId::parse("99010160010100X", TODAY),
        Err(ResidentIdError::Character { position: 15 })
    );
}

#[test]
fn never_shows_the_number() {
    let id = ResidentId::parse(VALID[0], TODAY).unwrap();
    let old = ResidentId::parse("990101600101003", TODAY).unwrap_err();
    let wrong = ResidentId::parse("990101194402290011", TODAY).unwrap_err();
    for shown in [format!("{id:?}"), format!("{old:?} {old}"), format!("{wrong:?} {wrong}")] {
        assert!(!shown.contains("19440229") && !shown.contains("600101"), "{shown}");
    }
}

proptest! {
    #[test]
    fn notices_any_changed_character(
        year in 1900_i16..2025, month in 1_i8..=12, day in 1_i8..=28, sequence in 0_u16..1000,
        place in 0_usize..18, step in 1_u8..11,
    ) {
        let id = ResidentId::with_check(&format!("990101{year:04}{month:02}{day:02}{sequence:03}")).unwrap();
        prop_assert_eq!(ResidentId::parse(id.as_str(), TODAY), Ok(id));
        prop_assert_eq!(id.birth_date(), date(year, month, day));
        let mut bytes = id.as_str().as_bytes().to_vec();
        let symbols = if place == 17 { b"0123456789X".as_slice() } else { b"0123456789" };
        let old = symbols.iter().position(|symbol| *symbol == bytes[place]).unwrap();
        bytes[place] = symbols[(old + usize::from(step)) % symbols.len()];
        prop_assume!(bytes != id.as_str().as_bytes());
        let text = String::from_utf8(bytes).unwrap();
        prop_assert!(ResidentId::parse(&text, TODAY).is_err());
    }

    #[test]
    fn never_panics(text in any::<String>(), digits in "[0-9X]{14,19}") {
        let _ = (ResidentId::parse(&text, TODAY), ResidentId::with_check(&text));
        let _ = (ResidentId::parse(&digits, TODAY), ResidentId::with_check(&digits));
    }
}
