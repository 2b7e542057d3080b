//! A text cut into overlapping windows of tokens, as a language model or a search index takes them, and its trigrams.
//!
//! ```text
//! cargo run --example text_windows [FILE [SIZE [OVERLAP]]]
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::Array;
use ndwindow::text::{TokenPlan, TokenWindows, Unit, ngrams};
use std::collections::HashMap;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let file = arguments.next().unwrap_or_else(|| shipped.to_string());
    let size: usize = arguments.next().map_or(Ok(128), |s| s.parse())?;
    let overlap: usize = arguments.next().map_or(Ok(16), |s| s.parse())?;
    let text = std::fs::read_to_string(&file)?;

    // Words and marks stand in for a tokenizer; windows are ranges, so any sequence will do.
    let tokens = tokenize(&text);
    let request = TokenWindows::new(size).reserve(2).overlap(overlap);
    let plan = request.plan(tokens.len())?;
    println!(
        "{} tokens in windows of {size}, 2 of them reserved, {overlap} shared: {} windows\n",
        tokens.len(),
        plan.len()
    );
    println!("{:>6}  {:>14}  {:>14}  what is fresh begins with", "window", "full", "fresh");
    for (i, window) in plan.iter().enumerate() {
        let words: String = tokens[window.fresh.clone()].iter().take(8).flat_map(|t| [*t, " "]).collect();
        let range = |r: &std::ops::Range<usize>| format!("{}..{}", r.start, r.end);
        println!("{i:>6}  {:>14}  {:>14}  {}", range(&window.full), range(&window.fresh), words.trim_end());
    }
    let fresh: usize = plan.iter().map(|w| w.fresh.len()).sum();
    assert_eq!(fresh, tokens.len(), "every token is fresh exactly once");

    let out = std::path::Path::new("out");
    std::fs::create_dir_all(out)?;
    picture::write(&draw(&plan, tokens.len()), out.join("text_windows.png"))?;
    println!("\nwrote out/text_windows.png: one row a window, dark what is fresh in it");
    if std::env::args().len() == 1 {
        // A text that does not change with the README.
        picture::shown(&draw(&request.plan(1000)?, 1000), "text_windows", 1)?;
    }

    // The same on the text itself, counted in chars: slices of it.
    let slices = TokenWindows::new(1000).overlap(100).over(&text, Unit::Chars)?;
    let together: String = slices.iter().map(|w| w.fresh).collect();
    assert_eq!(together, text);
    println!("\nby 1000 chars with 100 shared: {} slices, whose fresh parts are the text", slices.len());

    // Trigrams are slices of the words; none is copied to be counted.
    let words: Vec<&str> = tokens.into_iter().filter(|t| t.starts_with(char::is_alphabetic)).collect();
    let mut counts: HashMap<&[&str], usize> = HashMap::new();
    for gram in ngrams(&words, &[3], false)? {
        *counts.entry(gram.items).or_default() += 1;
    }
    let mut frequent: Vec<_> = counts.into_iter().collect();
    frequent.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    println!("\nmost frequent trigrams of words");
    for (gram, count) in frequent.iter().take(10) {
        println!("{count:>6}  {}", gram.join(" "));
    }
    Ok(())
}

/// One row a window over all tokens: light what it shares with the one before, dark what is fresh.
fn draw(plan: &TokenPlan, tokens: usize) -> Array<u8> {
    let (width, row) = (640, 12);
    let mut picture = picture::plain([plan.len() * row + 4, width], [252, 252, 250]);
    for (i, window) in plan.iter().enumerate() {
        for (range, color) in [(&window.full, [168, 211, 239]), (&window.fresh, [0, 114, 178])] {
            let columns = range.start * width / tokens..range.end * width / tokens;
            for (y, x) in (0..row - 3).flat_map(|y| columns.clone().map(move |x| (y, x))) {
                picture::put(&mut picture, [4 + i * row + y, x], color);
            }
        }
    }
    picture
}

/// Runs of letters and digits, and every other visible char by itself.
fn tokenize(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if first.is_alphanumeric() {
            rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            tokens.push(&rest[..end]);
        }
        rest = &rest[end..];
    }
    tokens
}
