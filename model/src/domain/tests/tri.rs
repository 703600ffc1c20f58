//! The truth tables of DMN 1.5 §10.3.2.8 / SQL:2016 §8.

use super::Tri::{self, False, True, Unknown};

#[test]
fn conjunction_and_disjunction_follow_the_sql_tables() {
    let and = [
        (True, True, True),
        (True, False, False),
        (True, Unknown, Unknown),
        (False, True, False),
        (False, False, False),
        (False, Unknown, False),
        (Unknown, True, Unknown),
        (Unknown, False, False),
        (Unknown, Unknown, Unknown),
    ];
    for (left, right, expected) in and {
        assert_eq!(left.and(right), expected, "{left:?} and {right:?}");
        assert_eq!((!left).or(!right), !expected, "de morgan {left:?} {right:?}");
    }
    let or = [
        (True, True, True),
        (True, False, True),
        (True, Unknown, True),
        (False, True, True),
        (False, False, False),
        (False, Unknown, Unknown),
        (Unknown, True, True),
        (Unknown, False, Unknown),
        (Unknown, Unknown, Unknown),
    ];
    for (left, right, expected) in or {
        assert_eq!(left.or(right), expected, "{left:?} or {right:?}");
    }
}

#[test]
fn negation_keeps_unknown() {
    assert_eq!([!True, !False, !Unknown], [False, True, Unknown]);
}

#[test]
fn an_unknown_choice_is_known_only_where_the_branches_agree() {
    for then in Tri::ALL {
        for otherwise in Tri::ALL {
            assert_eq!(True.choose(then, otherwise), then);
            assert_eq!(False.choose(then, otherwise), otherwise);
            let expected = if then == otherwise { then } else { Unknown };
            assert_eq!(Unknown.choose(then, otherwise), expected);
        }
    }
}
