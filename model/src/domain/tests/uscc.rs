//! Credit codes: published and synthetic numbers, and every way to spoil one.

use proptest::prelude::*;

use super::*;

const VALID: [&str; 8] = [
    "91110000600037341L",
    "91990101MA0000015C",
    "91990102MA00000A9G",
    "91990103MA9Y000125",
    "92990101MA00000234",
    "93990101MA0000031U",
    "12990101MB00000190",
    "52990101MJ00000187",
];

#[test]
fn reads_known_codes() {
    for text in VALID {
        assert_eq!(Uscc::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn names_its_parts() {
    let code = Uscc::parse(" 91110000600037341l\n").unwrap();
    assert_eq!((code.authority(), code.kind(), code.division()), ('9', '1', "110000"));
    assert!(code.organisation_check_ok());
    assert_eq!(code.to_string(), "91110000600037341L");
}

#[test]
fn reports_an_organisation_code_that_breaks_gb_11714() {
    let code = Uscc::with_check("91110000600037342").unwrap();
    assert!(!code.organisation_check_ok());
    assert_eq!(Uscc::parse(code.as_str()), Ok(code));
}

#[test]
fn says_what_is_wrong() {
    assert_eq!(Uscc::parse(""), Err(UsccError::Length { expected: 18, found: 0 }));
    assert_eq!(
        Uscc::parse("91110000600037341"),
        Err(UsccError::Length { expected: 18, found: 17 })
    );
    for letter in ['I', 'O', 'S', 'V', 'Z', 'i', '-', '中', '９'] {
        let text = format!("9111{letter}000600037341L");
        assert_eq!(Uscc::parse(&text), Err(UsccError::Character { position: 5, found: letter }));
    }
    assert_eq!(
        Uscc::parse("911100006000373410"),
        Err(UsccError::Check { expected: 'L', found: '0' })
    );
}

/// A sum divisible by 31 gives 31, which must fold to the symbol `0`.
#[test]
fn folds_thirty_one_to_zero() {
    let code = Uscc::with_check("00000000000000000").unwrap();
    assert_eq!(code.as_str(), "000000000000000000");
    let folded = VALID.iter().filter(|text| text.ends_with('0')).count();
    assert!(folded > 0, "the known codes hold one with check 0");
}

#[test]
fn travels_as_a_string() {
    let code = Uscc::parse(VALID[1]).unwrap();
    let json = serde_json::to_string(&code).unwrap();
    assert_eq!(json, format!("\"{}\"", VALID[1]));
    assert_eq!(serde_json::from_str::<Uscc>(&json).unwrap(), code);
    assert!(serde_json::from_str::<Uscc>("\"91990101MA0000015D\"").is_err());
}

proptest! {
    #[test]
    fn completes_and_reads_back(head in "[0-9A-HJ-NP-RTUWXY]{17}") {
        let code = Uscc::with_check(&head).unwrap();
        prop_assert_eq!(Uscc::parse(code.as_str()), Ok(code));
        prop_assert!(code.as_str().starts_with(&head));
    }

    #[test]
    fn notices_any_changed_character(
        head in "[0-9A-HJ-NP-RTUWXY]{17}", place in 0_usize..18, step in 1_usize..31,
    ) {
        let mut bytes = Uscc::with_check(&head).unwrap().as_str().as_bytes().to_vec();
        let old = ALPHABET.iter().position(|symbol| *symbol == bytes[place]).unwrap();
        bytes[place] = ALPHABET[(old + step) % 31];
        let text = String::from_utf8(bytes).unwrap();
        let is_check = matches!(Uscc::parse(&text), Err(UsccError::Check { .. }));
        prop_assert!(is_check, "{} passed", text);
    }

    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = Uscc::parse(&text);
        let _ = Uscc::with_check(&text);
    }
}
