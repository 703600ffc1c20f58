use super::*;

#[test]
fn quantiles_of_the_normal_distribution_are_those_of_the_tables() {
    let known = [
        (0.5, 0.0),
        (0.975, 1.959_963_984_540_054),
        (0.995, 2.575_829_303_548_900_4),
        (0.9995, 3.290_526_731_491_925_5),
        (0.999_999_5, 4.891_638_475_698_719),
    ];
    for (share, value) in known {
        assert!((normal_quantile(share) - value).abs() < 1e-9, "{share}");
        assert!((normal_quantile(1.0 - share) + value).abs() < 1e-8, "{share}");
    }
}

#[test]
fn quantiles_lie_between_their_neighbours() {
    let values = [1.0, 2.0, 4.0, 8.0];
    assert_eq!(quantile(&values, 0.0), Some(1.0));
    assert_eq!(quantile(&values, 0.5), Some(3.0));
    assert_eq!(quantile(&values, 1.0), Some(8.0));
    assert_eq!(quantile(&[], 0.5), None);
    assert_eq!(percentile(&mut [5.0], 0.95), Some(Interval { low: 5.0, high: 5.0 }));
}

#[test]
fn settings_outside_their_range_are_refused() {
    assert!(Resampling::default().check().is_ok());
    assert!(Resampling { level: 1.0, ..Resampling::default() }.check().is_err());
    assert!(Resampling { level: f64::NAN, ..Resampling::default() }.check().is_err());
    assert!(Resampling { samples: 99, ..Resampling::default() }.check().is_err());
}
