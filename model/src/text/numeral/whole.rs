//! A numeral of digits and multipliers (三千五, 1.5亿, 2万5千), read once from
//! left to right. Signs and fractions are added by the parent.

use super::arabic;
use super::glyph;
use super::{Style, Trouble};
use crate::domain::Number;
use crate::text::exact;
use crate::text::scan;

/// A numeral without sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    /// Behind its last character.
    pub(super) end: usize,
    pub(super) value: Number,
    pub(super) vague: bool,
    pub(super) style: Style,
    /// Arabic digits only, without point, comma or multiplier.
    pub(super) plain: bool,
    /// One lone Chinese digit, which may be part of a word.
    pub(super) lone: bool,
}

/// A digit, or several, that wait for their multiplier.
#[derive(Debug, Clone, Copy)]
struct Pending {
    start: usize,
    value: Number,
    arabic: bool,
    /// One figure, which 三千五 reads as five hundred.
    single: bool,
}

/// What has been read so far.
#[derive(Debug)]
struct Reader<'a> {
    chars: &'a [char],
    start: usize,
    at: usize,
    /// Behind the last character that surely belongs.
    end: usize,
    /// Finished groups and the multiplier of each, largest first.
    groups: Vec<(Number, i128)>,
    section: Number,
    pending: Option<Pending>,
    /// The last of 十百千 in this section, or 万 as none of them.
    small: i128,
    /// The last multiplier.
    last: Option<i128>,
    zero: bool,
    vague: bool,
    arabic: bool,
    chinese: bool,
}

/// Reads the longest numeral at `start`.
pub(super) fn at(chars: &[char], start: usize) -> Option<Result<Whole, Trouble>> {
    let &first = chars.get(start)?;
    if let Some(run) = figures(chars, start) {
        return Some(match run {
            Ok((end, value)) => Reader::new(chars, start).run(end, value),
            Err(trouble) => Err(trouble),
        });
    }
    let begins = first.is_ascii_digit()
        || first == '.'
        || glyph::digit(first).is_some()
        || glyph::tens(first).is_some()
        || opens_with_multiplier(chars, start)
        || opens_vaguely(chars, start);
    let inside = start > 0
        && glyph::digit(first).is_some()
        && chars.get(start - 1).is_some_and(|&before| glyph::digit(before).is_some());
    if !begins || inside {
        return None;
    }
    Reader::new(chars, start).read()
}

/// 十 alone, and 百三 or 千三 with a digit behind.
fn opens_with_multiplier(chars: &[char], start: usize) -> bool {
    match chars.get(start).and_then(|&c| glyph::small(c)) {
        Some(10) => true,
        Some(_) => {
            let digit = |index: usize| {
                chars.get(index).and_then(|&c| glyph::digit(c)).is_some_and(|value| value > 0)
            };
            let before = start.checked_sub(1).and_then(|index| chars.get(index));
            digit(start + 1)
                && chars.get(start + 2).is_none_or(|&c| !glyph::is_numeral(c))
                && before.is_none_or(|&c| !glyph::is_numeral(c) && !glyph::is_more(c))
        }
        None => false,
    }
}

/// 几十, 数百万: some of a multiplier. 人数十人 holds ten, not tens.
fn opens_vaguely(chars: &[char], start: usize) -> bool {
    let multiplier = |index: usize| {
        chars.get(index).is_some_and(|&c| glyph::small(c).or(glyph::big(c)).is_some())
    };
    match chars.get(start) {
        Some(&first) if glyph::is_few(first) => multiplier(start + 1),
        Some('数' | '數') => {
            let before = start.checked_sub(1).and_then(|index| chars.get(index));
            multiplier(start + 1)
                && before.is_none_or(|&c| {
                    !"人户戶次件台個个总總基倍岁年份项家参系指函少多半分天月额".contains(c)
                })
        }
        _ => false,
    }
}

/// A row of Chinese figures such as 二〇一七: three or more, or two with a zero.
/// Two without (三五, 七八) say about how many.
fn figures(chars: &[char], start: usize) -> Option<Result<(usize, Number), Trouble>> {
    let figure = |index: usize| chars.get(index).and_then(|&c| glyph::digit(c));
    figure(start)?;
    figure(start + 1)?;
    if start > 0 && figure(start - 1).is_some() {
        return None;
    }
    let mut end = start;
    let mut value = Some(0_i128);
    let mut zero = false;
    let mut counted = false;
    while let Some(next) = figure(end) {
        value = value.and_then(|sum| sum.checked_mul(10)?.checked_add(next));
        zero |= next == 0;
        counted |= chars.get(end).is_some_and(|&c| glyph::is_two_of(c));
        end += 1;
    }
    let length = end - start;
    let multiplied = chars.get(end).is_some_and(|&c| glyph::small(c).is_some());
    if length == 2 && zero && multiplied {
        return None; // 零五十 is read by the grammar.
    }
    if counted || multiplied || (length == 2 && !zero) {
        return Some(Err(Trouble::several(start, past(chars, end))));
    }
    Some(value.map(|value| (end, exact::whole(value))).ok_or(Trouble::overflow(start, end)))
}

/// Behind the numeral characters at `index`, as far as any sensible numeral goes.
fn past(chars: &[char], index: usize) -> usize {
    const REACH: usize = 32;
    let behind =
        chars.iter().skip(index).take(REACH).take_while(|&&c| glyph::is_numeral(c)).count();
    index + behind
}

impl<'a> Reader<'a> {
    fn new(chars: &'a [char], start: usize) -> Reader<'a> {
        Reader {
            chars,
            start,
            at: start,
            end: start,
            groups: Vec::new(),
            section: Number::ZERO,
            pending: None,
            small: 10_000,
            last: None,
            zero: false,
            vague: false,
            arabic: false,
            chinese: false,
        }
    }

    /// Goes on behind a row of figures, which only 万 and 亿 may multiply.
    fn run(mut self, end: usize, value: Number) -> Result<Whole, Trouble> {
        self.chinese = true;
        self.hold(self.start, end, value, false, false);
        self.small = 0;
        let start = self.start;
        self.read().unwrap_or(Err(Trouble::overflow(start, end)))
    }

    fn peek(&self) -> Option<(usize, char)> {
        scan::visible(self.chars, self.at)
    }

    fn read(mut self) -> Option<Result<Whole, Trouble>> {
        while let Some((at, next)) = self.peek() {
            if !self.take(at, next) {
                break;
            }
        }
        self.finish()
    }

    /// Takes the character at `at` (or a number that starts there) if it can
    /// stand here.
    fn take(&mut self, at: usize, next: char) -> bool {
        if next.is_ascii_digit() || (next == '.' && at == self.start) {
            return self.take_arabic(at);
        }
        if let Some(value) = glyph::digit(next) {
            return if value == 0 { self.take_zero(at) } else { self.take_digit(at, value) };
        }
        if let Some(unit) = glyph::small(next) {
            return self.take_small(at, unit);
        }
        if let Some(value) = glyph::tens(next) {
            return self.take_tens(at, value);
        }
        if let Some(unit) = glyph::big(next) {
            return self.take_big(at, unit);
        }
        if glyph::is_few(next) || (at == self.start && matches!(next, '数' | '數')) {
            return self.take_few(at);
        }
        if glyph::is_more(next) {
            return self.take_more(at);
        }
        false
    }

    fn hold(&mut self, start: usize, end: usize, value: Number, arabic: bool, single: bool) {
        self.pending = Some(Pending { start, value, arabic, single });
        self.at = end;
        self.end = end;
    }

    fn take_arabic(&mut self, at: usize) -> bool {
        let first = at == self.start;
        if self.pending.is_some() {
            return false;
        }
        let Some(Ok(number)) = arabic::at(self.chars, at) else { return false };
        let multiplied = self
            .chars
            .get(number.end)
            .is_some_and(|&c| glyph::small(c).or(glyph::big(c)).is_some());
        if !first && at != self.at && !multiplied {
            return false;
        }
        let below = self.last.is_some_and(|unit| less(number.value, unit));
        if !first && !below {
            return false;
        }
        self.arabic = true;
        let single = number.plain && number.digits == 1;
        self.hold(at, number.end, number.value, true, single);
        true
    }

    fn take_digit(&mut self, at: usize, value: i128) -> bool {
        if self.pending.is_some() || (self.arabic && self.last.is_none()) || self.small == 1 {
            return false;
        }
        let single = self.last.is_some();
        self.chinese = true;
        self.hold(at, at + 1, exact::whole(value), false, single);
        true
    }

    fn take_zero(&mut self, at: usize) -> bool {
        if self.pending.is_some() {
            return false;
        }
        self.zero = true;
        self.at = at + 1;
        if at == self.start {
            self.chinese = true;
            self.end = at + 1;
        }
        true
    }

    fn take_small(&mut self, at: usize, unit: i128) -> bool {
        if unit >= self.small || self.part_of_unit(at) {
            return false;
        }
        let factor = match self.pending {
            Some(pending) if pending.value.num() == 0 => return false,
            Some(pending) => pending.value,
            None if unit == 10 || at == self.start => exact::whole(1),
            None => return false,
        };
        let Some(sum) =
            exact::mul(factor, exact::whole(unit)).and_then(|part| exact::add(self.section, part))
        else {
            return false;
        };
        if self.section.num() > 0 && self.small != 10_000 && !less(factor, 10) {
            return false;
        }
        self.section = sum;
        self.multiplied(at, unit);
        self.small = unit;
        true
    }

    fn take_tens(&mut self, at: usize, value: i128) -> bool {
        if self.pending.is_some() || self.small <= 10 {
            return false;
        }
        let Some(sum) = exact::add(self.section, exact::whole(value)) else { return false };
        self.section = sum;
        self.multiplied(at, 10);
        self.small = 10;
        true
    }

    /// What every multiplier does to the state.
    fn multiplied(&mut self, at: usize, unit: i128) {
        self.pending = None;
        self.zero = false;
        self.last = Some(unit);
        self.chinese = true;
        self.at = at + 1;
        self.end = at + 1;
    }

    fn take_big(&mut self, at: usize, unit: i128) -> bool {
        if self.part_of_unit(at) {
            return false;
        }
        // In 五亿一万 the digit waits for 万, while in 一百二万 it is twenty.
        let tail = match self.pending {
            Some(pending) if self.small >= 10_000 => pending.value,
            _ => self.tail(),
        };
        let Some(sum) = exact::add(self.section, tail) else { return false };
        let (mut value, mut unit_now) = (sum, unit);
        if sum.num() == 0 {
            // 万亿 and 万万 multiply what stands before them, with nothing between.
            let Some(&(group, before)) = self.groups.last() else { return false };
            let doubled = unit == before && unit == 10_000;
            if self.zero || !(unit > before || doubled) {
                return false;
            }
            if doubled {
                self.groups.pop();
                value = group;
                unit_now = unit * unit;
            }
        }
        while let Some(&(group, before)) = self.groups.last().filter(|(_, before)| *before < unit) {
            let Some(joined) = exact::add(value, group) else { return false };
            debug_assert!(before < unit);
            value = joined;
            self.groups.pop();
        }
        if self.groups.last().is_some_and(|(_, before)| *before <= unit) {
            return false;
        }
        let Some(product) = exact::mul(value, exact::whole(unit)) else { return false };
        self.groups.push((product, unit_now));
        self.section = Number::ZERO;
        self.multiplied(at, unit);
        self.small = 10_000;
        true
    }

    fn take_few(&mut self, at: usize) -> bool {
        if at == self.start {
            self.vague = true;
            self.chinese = true;
            self.hold(at, at + 1, exact::whole(1), false, false);
            return true;
        }
        if self.pending.is_some_and(|pending| !pending.arabic)
            || (self.last.is_none() && !self.arabic)
        {
            return false;
        }
        self.vague = true;
        self.at = at + 1;
        self.end = at + 1;
        true
    }

    /// 多 and 余 belong to the numeral before 万 and above: 五百余万.
    fn take_more(&mut self, at: usize) -> bool {
        if self.last.is_none() && !self.pending.is_some_and(|pending| pending.arabic) {
            return false;
        }
        let round = self.pending.is_none_or(|pending| pending.arabic);
        let bigger =
            scan::visible(self.chars, at + 1).is_some_and(|(_, c)| glyph::big(c).is_some());
        self.vague |= round && (bigger || at == self.end);
        self.at = at + 1;
        round && bigger
    }

    /// Whether the multiplier is the head of a unit (千瓦, 兆帕) or of 分之.
    fn part_of_unit(&self, at: usize) -> bool {
        let next = self.chars.get(at + 1);
        match self.chars.get(at) {
            Some('兆') => matches!(next, Some('瓦' | '赫' | '帕' | '伏' | '焦' | '字' | '比')),
            Some('千') => {
                matches!(next, Some('瓦' | '米' | '克' | '伏' | '卡' | '赫' | '帕' | '焦'))
            }
            _ => false,
        }
    }

    /// What the waiting digit is worth: five hundred in 三千五, five in 三千零五.
    fn tail(&self) -> Number {
        let Some(pending) = self.pending else { return Number::ZERO };
        match self.last {
            Some(last) if pending.single && !self.zero && last >= 100 => {
                exact::mul(pending.value, exact::whole(last / 10)).unwrap_or(Number::ZERO)
            }
            _ => pending.value,
        }
    }

    fn finish(mut self) -> Option<Result<Whole, Trouble>> {
        if self.end == self.start {
            // Only an Arabic number too long for us gets here with a start.
            return arabic::at(self.chars, self.start)?.err().map(Err);
        }
        if let Some(trouble) = self.settle() {
            return Some(Err(trouble));
        }
        let value = self.decimals().or_else(|| self.total());
        let Some(value) = value else {
            return Some(Err(Trouble::overflow(self.start, past(self.chars, self.end))));
        };
        let (start, end) = (self.start, self.end);
        Some(Ok(Whole {
            end,
            value,
            vague: self.vague,
            style: self.style(),
            plain: self.arabic
                && !self.chinese
                && self
                    .chars
                    .get(start..end)
                    .is_some_and(|part| part.iter().all(char::is_ascii_digit)),
            lone: !self.arabic && end == start + 1,
        }))
    }

    /// Gives back a last digit that belongs to what follows (五千六千), and
    /// finds the ones that make the whole approximate (十四五, 二三十).
    fn settle(&mut self) -> Option<Trouble> {
        let pending = self.pending.filter(|pending| !pending.arabic)?;
        let next = self.chars.get(pending.start + 1).copied();
        if pending.start == self.start {
            return None;
        }
        if next.is_some_and(|c| glyph::digit(c).is_some_and(|digit| digit > 0)) {
            return Some(Trouble::several(self.start, past(self.chars, self.end)));
        }
        let ordinal = self.chars.get(pending.start) == Some(&'一')
            && next.is_some_and(|c| "次般并定些致体".contains(c))
            && self.last.is_some_and(|last| last >= 100);
        if ordinal || next.is_some_and(|c| glyph::small(c).is_some() || glyph::big(c).is_some()) {
            self.pending = None;
            self.end = pending.start;
            while self.end > self.start && self.chars.get(self.end - 1) == Some(&' ') {
                self.end -= 1;
            }
        }
        None
    }

    fn total(&self) -> Option<Number> {
        let groups =
            self.groups.iter().try_fold(Number::ZERO, |sum, (group, _)| exact::add(sum, *group));
        exact::add(exact::add(groups?, self.section)?, self.tail())
    }

    /// 点 and its figures, and 万 or 亿 behind them: 三点五万.
    fn decimals(&mut self) -> Option<Number> {
        let (point, _) = scan::visible(self.chars, self.end)
            .filter(|(_, c)| glyph::is_point(*c) && !self.arabic)?;
        let (first, _) = scan::visible(self.chars, point + 1)?;
        let figure = |index: usize| self.chars.get(index).and_then(|&c| glyph::decimal_digit(c));
        let (mut end, mut value, mut places) = (first, Some(0_i128), 0);
        while let Some(next) = figure(end) {
            value = value.and_then(|sum| sum.checked_mul(10)?.checked_add(next));
            (end, places) = (end + 1, places + 1);
        }
        let stops =
            self.chars.get(end).is_some_and(|&c| glyph::small(c).is_some() || glyph::is_two_of(c));
        if places == 0 || stops {
            return None;
        }
        let fraction = exact::ratio(value?, exact::ten(places)?)?;
        let base =
            self.groups.iter().try_fold(Number::ZERO, |sum, (group, _)| exact::add(sum, *group))?;
        let mut part = exact::add(exact::add(self.section, self.tail())?, fraction)?;
        let mut limit = self.groups.last().map_or(i128::MAX, |(_, unit)| *unit);
        while let Some((at, unit)) = scan::visible(self.chars, end)
            .and_then(|(at, c)| Some((at, glyph::big(c)?)))
            .filter(|(_, unit)| *unit < limit)
        {
            part = exact::mul(part, exact::whole(unit))?;
            end = at + 1;
            // 三点五万亿 multiplies twice, and no more.
            limit = if limit == i128::MAX && unit == 10_000 { 1_000_000_000_000 } else { 0 };
        }
        self.end = end;
        exact::add(base, part)
    }

    fn style(&self) -> Style {
        match (self.arabic, self.chinese) {
            (true, true) => Style::Mixed,
            (true, false) => Style::Arabic,
            _ if self
                .chars
                .get(self.start..self.end)
                .is_some_and(|part| part.iter().any(|&c| glyph::is_financial(c))) =>
            {
                Style::Financial
            }
            _ => Style::Chinese,
        }
    }
}

/// Whether `value < limit`, false where that cannot be told.
fn less(value: Number, limit: i128) -> bool {
    value.compare(exact::whole(limit)) == Some(std::cmp::Ordering::Less)
}
