//! Where the strings of a page stand, and which of them make a line. Widths of
//! characters are estimated (a Chinese one as wide as the font is high, others
//! half as wide), which is enough to see the gaps between columns.

/// Strings at one height, most of them left to right.
#[derive(Debug)]
pub(super) struct Layout {
    text: String,
    /// `[a, b, c, d, e, f]` of the page, the line and the saved ones.
    page: [f32; 6],
    line: [f32; 6],
    saved: Vec<[f32; 6]>,
    size: f32,
    leading: f32,
    /// How far the line has come since it was placed, in text units.
    advance: f32,
    /// Height and right end of the last string, on the page.
    last: Option<(f32, f32)>,
}

/// Saved states beyond these are forgotten.
const DEEPEST: usize = 64;
const PLAIN: [f32; 6] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

impl Default for Layout {
    fn default() -> Layout {
        Layout {
            text: String::new(),
            page: PLAIN,
            line: PLAIN,
            saved: Vec::new(),
            size: 1.0,
            leading: 0.0,
            advance: 0.0,
            last: None,
        }
    }
}

impl Layout {
    pub(super) fn begin(&mut self) {
        self.place(PLAIN);
    }

    pub(super) fn transform(&mut self, by: [f32; 6]) {
        self.page = times(by, self.page);
    }

    pub(super) fn save(&mut self) {
        if self.saved.len() < DEEPEST {
            self.saved.push(self.page);
        }
    }

    pub(super) fn restore(&mut self) {
        if let Some(page) = self.saved.pop() {
            self.page = page;
        }
    }

    pub(super) fn font(&mut self, size: f32) {
        self.size = size;
    }

    pub(super) fn leading(&mut self, leading: f32) {
        self.leading = leading;
    }

    pub(super) fn place(&mut self, at: [f32; 6]) {
        (self.line, self.advance) = (at, 0.0);
    }

    pub(super) fn shift(&mut self, x: f32, y: f32) {
        self.line = times([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.advance = 0.0;
    }

    pub(super) fn next_line(&mut self) {
        self.shift(0.0, -self.leading);
    }

    /// Thousandths of the font's size to the left.
    pub(super) fn kern(&mut self, by: f32) {
        self.advance -= by / 1000.0 * self.size;
    }

    /// Writes a string where the line has come to.
    pub(super) fn show(&mut self, words: &str) {
        let at = times([1.0, 0.0, 0.0, 1.0, self.advance, 0.0], times(self.line, self.page));
        let [a, b, _, _, x, y] = at;
        let scale = (a * a + b * b).sqrt();
        let em = (self.size * scale).abs().max(0.1);
        let wide = |symbol: char| if symbol < '\u{2000}' { 0.5 } else { 1.0 };
        let width: f32 = words.chars().map(wide).sum::<f32>() * self.size;
        if let Some((height, right)) = self.last {
            if (height - y).abs() > em * 0.5 || x + em < right - em * 20.0 {
                self.end_line();
            } else if x - right > em * 1.8 {
                self.text.push('\t');
            } else if x - right > em * 0.3 && !self.text.ends_with([' ', '\t']) {
                let latin =
                    self.text.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
                let next = words.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
                if latin && next {
                    self.text.push(' ');
                }
            }
        }
        self.text.extend(words.chars().filter(|symbol| !symbol.is_control()));
        self.advance += width;
        self.last = Some((y, x + width * scale));
    }

    pub(super) fn finish(mut self) -> String {
        self.end_line();
        self.text
    }

    fn end_line(&mut self) {
        let end = self.text.trim_end_matches([' ', '\t']).len();
        self.text.truncate(end);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// First `a`, then `b`.
fn times(a: [f32; 6], b: [f32; 6]) -> [f32; 6] {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}
