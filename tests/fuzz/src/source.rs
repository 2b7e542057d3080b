//! A request decoded from bytes: every sequence of bytes is one, and what lies behind their end reads as zero.

pub struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
    /// What was decoded, in words; only gathered when a failure is to be told.
    words: Option<Vec<String>>,
    /// Whether the words are printed as they come.
    traced: bool,
}

impl<'a> Source<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Source { bytes, at: 0, words: None, traced: false }
    }

    pub fn telling(bytes: &'a [u8]) -> Self {
        Source { bytes, at: 0, words: Some(Vec::new()), traced: false }
    }

    /// Prints the words at once, before what is asked is tried.
    pub fn tracing(bytes: &'a [u8]) -> Self {
        Source { traced: true, ..Source::telling(bytes) }
    }

    /// Notes a part of the request.
    pub fn say(&mut self, words: impl FnOnce() -> String) {
        if let Some(all) = &mut self.words {
            all.push(words());
            if self.traced {
                println!("    {}", all[all.len() - 1]);
            }
        }
    }

    pub fn told(self) -> String {
        self.words.unwrap_or_default().join("\n    ")
    }

    pub fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        match n {
            0 | 1 => 0,
            2..=256 => self.byte() as usize % n,
            _ => (self.byte() as usize * 256 + self.byte() as usize) % n,
        }
    }

    /// A number from `low` to `high`.
    pub fn from_to(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True once in about `n` times, never behind the end.
    pub fn rarely(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    pub fn flag(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// The beginning of a row of random values.
    pub fn dice(&mut self) -> Dice {
        let [a, b] = [self.byte(), self.byte()];
        Dice(u64::from(a) * 256 + u64::from(b) + 1)
    }
}

/// Random numbers (SplitMix64).
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n.max(1) as u64) as usize
    }
}
