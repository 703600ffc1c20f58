//! Subject keys against values computed with `openssl dgst -sm3 -mac HMAC`.

use super::*;

const SECRET: &str = "000102030405060708090a0b0c0d0e0f";

#[test]
fn equals_openssl() {
    let secret = KeySecret::from_hex(SECRET).unwrap();
    let citizen = secret.subject_key(SubjectKind::Citizen, "990101194402290012");
    assert_eq!(citizen.to_string(), "7faf5317f0f4be60cc4e49dc30d9ba1a");
    let enterprise = secret.subject_key(SubjectKind::Enterprise, "91990101MA0000015C");
    assert_eq!(enterprise.to_string(), "fc7e49cbf5825594c6735c70db73230c");
}

/// A secret longer than the hash's block of 64 bytes is itself hashed first.
#[test]
fn equals_openssl_with_a_long_secret() {
    let secret = KeySecret::new(&[0xff; 100]).unwrap();
    let key = secret.subject_key(SubjectKind::Citizen, "990101200402290010");
    assert_eq!(key.to_string(), "bf19345504fb4118660e1ac6ebd1ebdd");
}

#[test]
fn depends_on_secret_kind_and_number() {
    let secret = KeySecret::from_hex(SECRET).unwrap();
    let other = KeySecret::new(&[1; 16]).unwrap();
    let key = secret.subject_key(SubjectKind::Citizen, "a");
    assert_eq!(key, secret.clone().subject_key(SubjectKind::Citizen, "a"));
    assert_ne!(key, secret.subject_key(SubjectKind::Enterprise, "a"));
    assert_ne!(key, secret.subject_key(SubjectKind::Citizen, "b"));
    assert_ne!(key, other.subject_key(SubjectKind::Citizen, "a"));
}

#[test]
fn keeps_the_secret() {
    let secret = KeySecret::from_hex(SECRET).unwrap();
    assert_eq!(format!("{secret:?}"), "KeySecret(…)");
    let error = KeySecret::from_hex("0123456789zz").unwrap_err();
    assert!(!format!("{error:?} {error}").contains("0123456789"));
}

#[test]
fn refuses_weak_or_malformed_secrets() {
    assert_eq!(KeySecret::new(&[7; 15]).err(), Some(KeyError::Short { found: 15 }));
    assert_eq!(KeySecret::from_hex("").err(), Some(KeyError::Short { found: 0 }));
    assert_eq!(KeySecret::from_hex("abc").err(), Some(KeyError::SecretHex));
    assert_eq!(KeySecret::from_hex("密钥").err(), Some(KeyError::SecretHex));
}

#[test]
fn writes_and_reads_back() {
    let key = SubjectKey::from_bytes(*b"\x00\x01abcdefghijkl\xfe\xff");
    let text = key.to_string();
    assert_eq!(text, "00016162636465666768696a6b6cfeff");
    assert_eq!(text.parse(), Ok(key));
    assert_eq!(text.to_uppercase().parse(), Ok(key));
    let json = serde_json::to_string(&key).unwrap();
    assert_eq!(serde_json::from_str::<SubjectKey>(&json).unwrap(), key);
    for wrong in [
        "",
        "00",
        "00016162636465666768696a6b6cfef",
        "+0016162636465666768696a6b6cfeff",
        "钥钥钥钥钥钥钥钥钥钥aa",
    ] {
        assert_eq!(wrong.parse::<SubjectKey>(), Err(KeyError::Key { text: wrong.to_owned() }));
    }
    assert!(SubjectKey::from_bytes([0; 16]) < key && key.as_bytes()[15] == 0xff);
}
