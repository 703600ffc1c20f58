use super::*;

#[test]
fn the_stream_is_that_of_the_published_generator() {
    let mut draw = Draw::new(1_234_567);
    let first: Vec<u64> = (0..3).map(|_| draw.bits()).collect();
    assert_eq!(
        first,
        [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
    );
}

#[test]
fn numbers_stay_below_their_bound_and_reach_all_of_it() {
    let mut draw = Draw::new(1);
    let mut seen = [0_u32; 7];
    (0..70_000).for_each(|_| seen[draw.below(7)] += 1);
    assert!(seen.iter().all(|&count| (9_600..10_400).contains(&count)), "{seen:?}");
    assert_eq!(draw.below(0), 0);
    assert!((0..1000).map(|_| draw.unit()).all(|value| (0.0..1.0).contains(&value)));
}

#[test]
fn streams_differ() {
    assert_ne!(Draw::stream(1, 0).bits(), Draw::stream(1, 1).bits());
    assert_ne!(Draw::stream(1, 0).bits(), Draw::stream(2, 0).bits());
}
