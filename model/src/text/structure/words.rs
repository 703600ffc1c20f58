//! The words by which titles, publication data and the furniture of web pages
//! are told from the text, all as they look after folding. Facts about how
//! offices and their sites write; extend freely.

use crate::text::span::{Span, begins, ends, find, has_any};

/// What titles of documents end with.
const TYPES: [&str; 44] = [
    "办法",
    "条例",
    "规定",
    "细则",
    "通知",
    "意见",
    "决定",
    "公告",
    "通告",
    "公示",
    "方案",
    "指南",
    "指引",
    "规划",
    "措施",
    "规则",
    "标准",
    "法",
    "要点",
    "计划",
    "函",
    "批复",
    "命令",
    "令",
    "纲要",
    "章程",
    "制度",
    "说明",
    "政策",
    "须知",
    "问答",
    "答复",
    "解释",
    "目录",
    "清单",
    "决议",
    "通报",
    "规程",
    "规范",
    "流程",
    "解读",
    "奖励",
    "申报",
    "入學指南",
];

/// Words of publication data.
const DATA: [&str; 35] = [
    "文 号",
    "文  号",
    "名 称",
    "索 引",
    "公开方式",
    "发布时间",
    "发布日期",
    "发文日期",
    "成文日期",
    "成文时间",
    "印发日期",
    "公开日期",
    "生成日期",
    "来源",
    "发文字号",
    "文号",
    "文件编号",
    "索引号",
    "索引",
    "主题分类",
    "发布机构",
    "发文机关",
    "发文单位",
    "制定机关",
    "信息分类",
    "有效性",
    "时效性",
    "浏览次数",
    "点击数",
    "阅读次数",
    "公布日期",
    "施行日期",
    "发布单位",
    "发布人",
    "作者:",
];

/// Words of buttons, paths and footers. A short line that has one and closes
/// no sentence belongs to the page.
const FURNITURE: [&str; 62] = [
    "打印本页",
    "打印文章",
    "打印此文",
    "[打印",
    "关闭窗口",
    "关闭本页",
    "[关闭",
    "分享到",
    "上一篇",
    "下一篇",
    "上一个:",
    "下一个:",
    "上一条:",
    "下一条:",
    "版权所有",
    "版权声明",
    "主办单位",
    "主办:",
    "承办单位",
    "承办:",
    "ICP备",
    "备案号",
    "备案序号",
    "备案编号",
    "Copyright",
    "copyright",
    "COPYRIGHT",
    "©",
    "网站地图",
    "网站声明",
    "网站介绍",
    "网站导航",
    "网站标识码",
    "联系我们",
    "关于我们",
    "隐私声明",
    "隐私保护",
    "法律声明",
    "返回顶部",
    "返回首页",
    "友情链接",
    "公网安备",
    "相关附件",
    "相关链接",
    "相关文章",
    "相关新闻",
    "扫一扫",
    "内容纠错",
    "技术支持:",
    "收藏本站",
    "添加收藏",
    "加入收藏",
    "设为首页",
    "转摘声明",
    "责任编辑",
    "最佳分辨率",
    "无障碍浏览",
    "您的当前位置",
    "当前位置",
    "您的位置",
    "所在位置",
    "字体大小",
];

/// Whole lines that are buttons.
const BUTTONS: [&str; 32] = [
    "打印",
    "关闭",
    "推荐",
    "分享",
    "收藏",
    "返回",
    "更多",
    "更多>>",
    "首页",
    "首 页",
    "繁体",
    "简体",
    "繁体版",
    "简体版",
    "English",
    "登录",
    "注册",
    "搜索",
    "搜 索",
    "大",
    "中",
    "小",
    "大 中 小",
    "|",
    "TOP",
    "打印|关闭",
    "保护视力色:",
    "背景色:",
    "字体:大",
    "无障碍",
    "移动版",
    "手机版",
];

/// What names of offices end with.
const OFFICES: [&str; 24] = [
    "政府",
    "办公室",
    "办公厅",
    "委员会",
    "局",
    "厅",
    "部",
    "院",
    "中心",
    "总局",
    "署",
    "银行",
    "协会",
    "联合会",
    "领导小组",
    "管委会",
    "党委",
    "省委",
    "市委",
    "区委",
    "常委会",
    "总工会",
    "大队",
    "支队",
];

/// What ends a sentence or a clause.
pub(super) fn closes(symbol: char) -> bool {
    matches!(symbol, '。' | ';' | ':' | '!' | '?' | ',' | '、')
}

/// The words of a title without a note in brackets behind it.
fn without_note(words: &[char]) -> &[char] {
    if words.last() != Some(&')') {
        return words;
    }
    let open = words.iter().rposition(|&symbol| symbol == '(').unwrap_or(words.len());
    words.get(..open).unwrap_or(words)
}

/// Whether a line ends with a type of document: …办法（试行）.
pub(super) fn is_kind(words: &[char]) -> bool {
    let core = without_note(words);
    TYPES.iter().any(|kind| ends(core, kind))
}

/// Whether a line reads like the title of a document.
pub(super) fn is_title(words: &[char]) -> bool {
    if words.len() < 4 || words.len() > 100 || words.iter().any(|&c| matches!(c, '。' | ';' | '|'))
    {
        return false;
    }
    let (words, quoted) = match words {
        ['《', inner @ .., '》'] if !inner.contains(&'》') => (inner, true),
        _ => (words, false),
    };
    let unopened = words.contains(&')') && !words.contains(&'(');
    let core = without_note(words);
    let year = core.iter().rev().take_while(|c| c.is_ascii_digit()).count();
    let core = core.get(..core.len() - year).unwrap_or_default();
    let kind = TYPES.iter().any(|kind| ends(core, kind));
    let about = find(words, "关于").is_some_and(|at| at < 40) && words.len() > 8;
    let told = has_any(words, &["已经", "现予", "经市", "现印发", "根据"]);
    let open = words.iter().any(|&c| matches!(c, '《')) && !words.contains(&'》');
    let passed = has_any(words, &["会议通过", "原标题"]);
    (kind || quoted || about) && !told && !open && !unopened && !passed && !ends(words, ":")
}

/// Whether a line holds publication data: 发布时间, 来源, 索引号.
pub(super) fn is_data(words: &[char]) -> bool {
    words.len() <= 160 && !words.contains(&'。') && has_any(words, &DATA) && {
        words.contains(&':') || words.len() <= 40
    }
}

/// Whether a short line is a button, a path or a footer.
pub(super) fn is_furniture(words: &[char]) -> bool {
    if words.len() > 160 || words.contains(&'。') {
        return false;
    }
    BUTTONS.iter().any(|button| words.len() == button.chars().count() && begins(words, button))
        || has_any(words, &FURNITURE)
        || is_page_number(words)
        || begins(words, "<!--")
}

/// `- 3 -`, `第 3 页 共 10 页`.
fn is_page_number(words: &[char]) -> bool {
    let dashed = words.len() <= 12 && words.first() == Some(&'-') && words.last() == Some(&'-');
    let inner = words.iter().filter(|c| !matches!(c, '-' | ' '));
    let digits = inner.clone().count() > 0 && inner.clone().all(|c| c.is_ascii_digit());
    let page = words.len() <= 16 && words.first() == Some(&'第') && words.contains(&'页');
    (dashed && digits)
        || page
        || (words.len() > 4 && words.iter().all(|&c| matches!(c, '=' | '-' | '_' | '*')))
}

/// Whether a line addresses the document to somebody.
pub(super) fn is_addressee(words: &[char]) -> bool {
    let known = ["各", "有关", "人民政府", "单位", "局", "委", "部门", "企业"];
    words.len() <= 160
        && words.last() == Some(&':')
        && !words.contains(&'。')
        && (begins(words, "各")
            || (has_any(words, &known) && words.iter().any(|&c| matches!(c, ',' | '、'))))
        && !has_any(words, &["条件", "如下", "下列", "情形", "包括", "之一", "应当"])
}

/// Whether a line ends like the name of an office and is nothing else.
pub(super) fn is_office(words: &[char]) -> bool {
    (3..=40).contains(&words.len())
        && !words.iter().any(|&symbol| closes(symbol))
        && OFFICES.iter().any(|office| ends(words, office))
}

/// Whether a line is 附件 with or without a number and a name.
pub(super) fn is_attachment(words: &[char]) -> bool {
    words.len() <= 60
        && (begins(words, "附件") || begins(words, "附表") || begins(words, "附录"))
        && !words.iter().any(|&symbol| matches!(symbol, '。' | ','))
}

/// The span of a line's words without list markers of Markdown emphasis.
pub(super) fn plain(chars: &[char], span: Span) -> &[char] {
    let words = span.of(chars);
    let stars = words.iter().take_while(|&&symbol| symbol == '*').count();
    words.get(stars..).unwrap_or_default()
}
