//! Sets of truths against all the values they stand for.

use crate::{domain::Tri, office::upcoming::truths::Truths};

/// Every set but the empty one, with its members.
fn sets() -> Vec<(Truths, Vec<Tri>)> {
    (1..8_usize)
        .map(|pick| {
            let chosen = Tri::ALL.into_iter().enumerate();
            let members: Vec<Tri> =
                chosen.filter(|(at, _)| pick >> at & 1 == 1).map(|(_, value)| value).collect();
            let mut set = Truths::NONE;
            members.iter().for_each(|member| set.add(*member));
            (set, members)
        })
        .collect()
}

fn collect(values: impl IntoIterator<Item = Tri>) -> Truths {
    let mut set = Truths::NONE;
    values.into_iter().for_each(|value| set.add(value));
    set
}

#[test]
fn joins_hold_exactly_what_their_members_give() {
    for (a, own) in sets() {
        assert_eq!(a.not(), collect(own.iter().map(|value| !*value)));
        assert_eq!(a.certain(), (own.len() == 1).then(|| own[0]));
        for (b, other) in sets() {
            let pairs = || own.iter().flat_map(|x| other.iter().map(move |y| (*x, *y)));
            assert_eq!(a.and(b), collect(pairs().map(|(x, y)| x.and(y))));
            assert_eq!(a.or(b), collect(pairs().map(|(x, y)| x.or(y))));
            for (c, third) in sets() {
                let all = pairs().flat_map(|(x, y)| third.iter().map(move |z| x.choose(y, *z)));
                assert_eq!(a.choose(b, c), collect(all));
            }
        }
    }
}

#[test]
fn at_least_loses_nothing() {
    for (a, first) in sets() {
        for (b, second) in sets() {
            for (c, third) in sets() {
                for count in 1..=3 {
                    let found = Truths::at_least(count, &[a, b, c]);
                    for x in &first {
                        for y in &second {
                            for z in &third {
                                let value = at_least(count, &[*x, *y, *z]);
                                assert!(found.may(value), "{count} of {x:?} {y:?} {z:?}");
                            }
                        }
                    }
                    if [&first, &second, &third].iter().all(|members| members.len() == 1) {
                        let value = at_least(count, &[first[0], second[0], third[0]]);
                        assert_eq!(found.certain(), Some(value));
                    }
                }
            }
        }
    }
}

fn at_least(count: usize, values: &[Tri]) -> Tri {
    let those = |wanted| values.iter().filter(|value| **value == wanted).count();
    match those(Tri::True) {
        sure if sure >= count => Tri::True,
        sure if sure + those(Tri::Unknown) >= count => Tri::Unknown,
        _ => Tri::False,
    }
}
