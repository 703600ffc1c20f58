//! Columns of text: keys, codes, regions, industries and reasons become
//! numbers, each text looked up once; free texts are shared where they lie.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;
use rustc_hash::FxHashMap;
use zhida_model::catalogue::Field;
use zhida_model::domain::{IndustryCode, Reason, RegionCode};
use zhida_model::frame::Values;
use zhida_model::reference::Reference;

use crate::cells::{Fault, Read, whole};

/// The columns of text there are.
enum Texts<'a> {
    Small(&'a arrow_array::StringArray),
    Large(&'a arrow_array::LargeStringArray),
    View(&'a arrow_array::StringViewArray),
}

impl<'a> Texts<'a> {
    fn of(array: &'a dyn Array) -> Option<Texts<'a>> {
        Some(match array.data_type() {
            DataType::Utf8 => Texts::Small(array.as_string()),
            DataType::LargeUtf8 => Texts::Large(array.as_string()),
            DataType::Utf8View => Texts::View(array.as_string_view()),
            _ => return None,
        })
    }

    fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Texts::Small(array) => array.is_valid(row).then(|| array.value(row)),
            Texts::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Texts::View(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }
}

/// Calls `visit` with every text, dictionaries looked up.
pub(crate) fn texts<'a>(
    array: &'a dyn Array,
    wanted: &str,
    mut visit: impl FnMut(usize, Option<&'a str>) -> Read<()>,
) -> Read<()> {
    if *array.data_type() == DataType::Null {
        return (0..array.len()).try_for_each(|row| visit(row, None));
    }
    let Some(dictionary) = array.as_any_dictionary_opt() else {
        let texts = Texts::of(array).ok_or_else(|| Fault::of_type(array, wanted))?;
        return (0..array.len()).try_for_each(|row| visit(row, texts.get(row)));
    };
    let values: &'a dyn Array = dictionary.values().as_ref();
    let texts = Texts::of(values).ok_or_else(|| Fault::of_type(array, wanted))?;
    if values.is_empty() {
        return (0..array.len()).try_for_each(|row| visit(row, None));
    }
    let keys = dictionary.normalized_keys();
    let known = dictionary.keys().nulls();
    keys.into_iter().enumerate().try_for_each(|(row, key)| {
        let there = known.is_none_or(|known| known.is_valid(row));
        visit(row, there.then(|| texts.get(key)).flatten())
    })
}

/// What a text stands for, or what is wrong with it and what to do.
pub(crate) type Lookup<T> = std::result::Result<T, (String, String)>;

/// The number each text stands for; each text is looked up once.
pub(crate) fn coded<T: Copy + Default>(
    array: &dyn Array,
    wanted: &str,
    lookup: impl Fn(&str) -> Lookup<T>,
) -> Read<Vec<T>> {
    let mut seen: FxHashMap<&str, T> = FxHashMap::default();
    let mut last: Option<(&str, T)> = None;
    let mut cells = Vec::with_capacity(array.len());
    texts(array, wanted, |row, text| {
        let Some(text) = text else {
            cells.push(T::default());
            return Ok(());
        };
        let value = match last {
            Some((same, value)) if std::ptr::eq(same, text) => value,
            _ => match seen.get(text) {
                Some(&value) => value,
                None => {
                    let found = lookup(text);
                    let value =
                        found.map_err(|(problem, remedy)| Fault::at(row, problem, remedy))?;
                    seen.insert(text, value);
                    value
                }
            },
        };
        last = Some((text, value));
        cells.push(value);
        Ok(())
    })?;
    Ok(cells)
}

/// Position of a code in the field's list.
pub(crate) fn code(field: &Field, text: &str) -> Lookup<u8> {
    let list = field.codes.as_ref();
    list.and_then(|list| list.position(text)).ok_or_else(|| {
        let problem = match list {
            Some(list) => format!("`{text}` is no code of the list `{}`", list.name),
            None => format!("`{text}` is no code: the field has no list"),
        };
        let near = list.and_then(|list| list.suggest(text));
        let remedy = match near {
            Some(near) => format!("did you mean `{near}`? give null where it is not known"),
            None => "give a code of the list, or null where it is not known".to_owned(),
        };
        (problem, remedy)
    })
}

/// Dense index of an industry.
pub(crate) fn industry(reference: &Reference, text: &str) -> Lookup<u16> {
    let remedy = || "give a code of GB/T 4754, or null where it is not known".to_owned();
    let code = IndustryCode::parse(text).map_err(|error| (error.to_string(), remedy()))?;
    let problem = || format!("`{text}` is not in industries.csv");
    reference.industries.index(code).ok_or_else(|| (problem(), remedy()))
}

fn region(reference: &Reference, code: Option<RegionCode>, text: &str) -> Lookup<u16> {
    code.and_then(|code| reference.regions.index(code)).ok_or_else(|| {
        let remedy = "give a code of GB/T 2260, or null where it is not known";
        (format!("`{text}` is not in regions.csv"), remedy.to_owned())
    })
}

/// Dense indices of regions, from numbers or from text.
pub(crate) fn regions(reference: &Reference, array: &ArrayRef) -> Read<Vec<u16>> {
    let wanted = "codes of GB/T 2260 as whole numbers or text";
    if !array.data_type().is_integer() {
        return coded(array, wanted, |text| region(reference, RegionCode::parse(text).ok(), text));
    }
    let mut seen: FxHashMap<i64, u16> = FxHashMap::default();
    let codes = whole(array, wanted)?;
    let cells = codes.iter().enumerate().map(|(row, &value)| {
        if array.is_null(row) {
            return Ok(0);
        }
        if let Some(&index) = seen.get(&value) {
            return Ok(index);
        }
        let code = u32::try_from(value).ok().and_then(RegionCode::from_value);
        let index = region(reference, code, &format!("{value:06}"));
        let index = index.map_err(|(problem, remedy)| Fault::at(row, problem, remedy))?;
        seen.insert(value, index);
        Ok(index)
    });
    cells.collect()
}

/// Texts: shared, or put together anew where they lie in another form.
pub(crate) fn text(array: &ArrayRef) -> Read<Values> {
    if let Some(array) = array.as_string_opt::<i32>() {
        let bytes = ScalarBuffer::from(array.values().clone());
        return Ok(Values::Text { offsets: array.offsets().clone(), bytes });
    }
    let mut bytes: Vec<u8> = Vec::new();
    let mut lengths = Vec::with_capacity(array.len());
    texts(array, "text (string)", |_, text| {
        let text = text.unwrap_or_default();
        bytes.extend_from_slice(text.as_bytes());
        lengths.push(text.len());
        Ok(())
    })?;
    if i32::try_from(bytes.len()).is_err() {
        return Err(Fault::whole("its texts are longer than 2 GiB in 65,536 rows", "shorten them"));
    }
    Ok(Values::Text { offsets: OffsetBuffer::from_lengths(lengths), bytes: bytes.into() })
}

/// Reasons by their stored byte; null is known.
pub(crate) fn reason_codes(array: &ArrayRef) -> Read<Vec<u8>> {
    let lookup = |text: &str| {
        let found = Reason::ALL.into_iter().find(|reason| reason.name() == text);
        found.map(Reason::code).ok_or_else(|| {
            let names: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
            (
                format!("`{text}` is no reason beside a value"),
                format!("give null or {}", names.join(", ")),
            )
        })
    };
    coded(array, "reasons as text", lookup)
}

/// Keys of 32 hexadecimal digits.
pub(crate) fn keys(array: &ArrayRef) -> Read<Vec<u128>> {
    let mut keys = Vec::with_capacity(array.len());
    texts(array, "keys as text of 32 hexadecimal digits", |row, text| {
        let remedy = "give the key that `zhida build` wrote, 32 hexadecimal digits";
        let text = text.ok_or_else(|| Fault::at(row, "the key is null", remedy))?;
        let key = (text.len() == 32)
            .then(|| {
                text.bytes().try_fold(0_u128, |key, digit| {
                    Some(key << 4 | u128::from(char::from(digit).to_digit(16)?))
                })
            })
            .flatten();
        keys.push(key.ok_or_else(|| Fault::at(row, format!("`{text}` is no key"), remedy))?);
        Ok(())
    })?;
    Ok(keys)
}
