//! What single characters mean in a numeral, simplified, traditional and
//! financial. No grammar here.

/// The value of a Chinese digit. 参 is left out: it is nearly always 参加.
pub(crate) fn digit(character: char) -> Option<i128> {
    Some(match character {
        '零' | '〇' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '贰' | '貳' | '弍' | '两' | '兩' | '倆' => 2,
        '三' | '叁' | '叄' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The value of a digit after 点, where 两 is none.
pub(crate) fn decimal_digit(character: char) -> Option<i128> {
    if is_two_of(character) { None } else { digit(character) }
}

/// 两 and its kin: two of something, never a figure in a row of figures.
pub(crate) fn is_two_of(character: char) -> bool {
    matches!(character, '两' | '兩' | '倆')
}

/// Ten, hundred, thousand.
pub(crate) fn small(character: char) -> Option<i128> {
    Some(match character {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

/// 廿 and its kin: twenty, thirty, forty in one character.
pub(crate) fn tens(character: char) -> Option<i128> {
    Some(match character {
        '廿' => 20,
        '卅' => 30,
        '卌' => 40,
        _ => return None,
    })
}

/// Ten thousand and above.
pub(crate) fn big(character: char) -> Option<i128> {
    Some(match character {
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        '兆' => 1_000_000_000_000,
        _ => return None,
    })
}

/// The forms for cheques and contracts.
pub(crate) fn is_financial(character: char) -> bool {
    "壹贰貳叁叄參肆伍陆陸柒捌玖拾佰仟萬".contains(character)
}

/// 几: some, inside a numeral.
pub(crate) fn is_few(character: char) -> bool {
    matches!(character, '几' | '幾')
}

/// 余, 多: and more, behind a numeral or before 万.
pub(crate) fn is_more(character: char) -> bool {
    matches!(character, '余' | '餘' | '多')
}

/// 点 of a decimal.
pub(crate) fn is_point(character: char) -> bool {
    matches!(character, '点' | '點')
}

/// Whether a numeral could hold the character, besides Arabic digits.
pub(crate) fn is_numeral(character: char) -> bool {
    digit(character).or(small(character)).or(tens(character)).or(big(character)).is_some()
}

/// A counter: behind it, a lone digit such as 三 counts something. Before any
/// other word it is part of a name (四川) or a phrase (一切).
pub(crate) fn is_counter(character: char) -> bool {
    "个個件只隻项項条條种種类類次年月日天周週岁歲元圆圓角块塊毛人名户戶家位口张張台臺套辆輛份期级級层層\
栋棟间間所座处處片批组組对對双雙笔筆宗例起倍斤克吨噸米亩畝升寸尺丈时時秒刻钟鐘点點届屆轮輪步章节節\
篇页頁卷册冊部门門艘架颗顆粒头頭匹株棵枝支根把杯瓶袋箱桶号號旬季学"
        .contains(character)
}

/// A word of grammar behind which a lone digit stands for itself.
pub(crate) fn is_grammar(character: char) -> bool {
    "的不这這那却卻而和与與到至或及".contains(character)
}

/// What turns a digit behind it into part of a word: 统一, 第一, 其一.
pub(crate) fn binds(character: char) -> bool {
    "统統唯同单單任逐专專第其之划劃归歸整如万萬某".contains(character)
}
