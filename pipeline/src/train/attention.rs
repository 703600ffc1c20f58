//! How often each place of a list is looked at, from lists in random order:
//! there, what stands in a place has nothing to do with how good it is, so the
//! rates of opening by place differ by attention alone (Joachims, Swaminathan
//! & Schnabel 2017).

use zhida_store::feedback::Entry;

/// Places that are told apart; the last stands for all below it.
const PLACES: usize = 10;
/// Fewer openings at random places teach nothing.
const FEWEST: f64 = 200.0;

/// Attention by place, from 1; the first is 1, none rises. All ones where
/// there were not enough lists in random order.
#[must_use]
pub fn attention<'e>(log: impl Iterator<Item = &'e Entry>) -> Vec<f64> {
    let (mut shown, mut opened) = ([0.0; PLACES], [0.0; PLACES]);
    for entry in log.filter(|entry| entry.shuffled) {
        let place = usize::from(entry.position.max(1) - 1).min(PLACES - 1);
        if let (Some(shown), Some(opened)) = (shown.get_mut(place), opened.get_mut(place)) {
            *shown += 1.0;
            *opened += f64::from(u8::from(entry.opened_on.is_some()));
        }
    }
    if opened.iter().sum::<f64>() < FEWEST || opened[0] == 0.0 {
        return vec![1.0; PLACES];
    }
    // A falling curve by pooling neighbours that rise.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (shown, opened) in shown.iter().zip(&opened) {
        pools.push((*opened, *shown, 1));
        while let [.., before, last] = pools.as_mut_slice() {
            if last.1 > 0.0 && before.0 / before.1.max(1.0) >= last.0 / last.1 {
                break;
            }
            before.0 += last.0;
            before.1 += last.1;
            before.2 += last.2;
            pools.pop();
        }
    }
    let rates: Vec<f64> = pools
        .iter()
        .flat_map(|(opened, shown, places)| vec![opened / shown.max(1.0); *places])
        .collect();
    let first = rates.first().copied().unwrap_or(1.0);
    rates.iter().map(|rate| (rate / first).max(0.01)).collect()
}

/// Attention of a place, from 1.
#[must_use]
pub fn of(attention: &[f64], position: u16) -> f64 {
    let place = usize::from(position.max(1) - 1).min(attention.len().saturating_sub(1));
    attention.get(place).copied().unwrap_or(1.0)
}
