//! What pages may not get wrong: tables as wide as their header, jobs that the bench has, links that lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page of the crate, by its path from the root, with its text.
fn pages() -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    for folder in ["", "docs", "docs/why"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "md") {
                let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
                out.push((path.strip_prefix(root()).unwrap().to_path_buf(), text));
            }
        }
    }
    assert!(out.len() > 10, "pages are missing: {out:?}");
    out
}

/// The lines outside of blocks of code, with their numbers from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    text.lines().enumerate().filter_map(move |(n, line)| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        (!inside && !fence).then_some((n + 1, line))
    })
}

/// How many cells a row of a table has; `\|` is a character of a cell.
fn cells(row: &str) -> usize {
    let row = row.trim().replace("\\|", "");
    let row = row.strip_prefix('|').unwrap_or(&row);
    row.strip_suffix('|').unwrap_or(row).split('|').count()
}

#[test]
fn tables_are_as_wide_as_their_headers() {
    let mut tables = 0;
    for (page, text) in pages() {
        let (mut width, mut last) = (0, 0);
        for (n, line) in prose(&text).filter(|(_, line)| line.trim_start().starts_with('|')) {
            if n != last + 1 {
                (width, tables) = (cells(line), tables + 1);
            }
            last = n;
            assert_eq!(cells(line), width, "{}:{n}: {line}", page.display());
        }
    }
    assert!(tables > 30, "only {tables} tables were found");
}

/// The names of the bench's jobs as they are written, each cut at its holes: `median_{k}` is `["median_", ""]`.
fn jobs() -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for entry in fs::read_dir(root().join("benches/worklist")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for literal in text.split('"').skip(1).step_by(2).filter(|l| l.contains('_') && !l.contains(' ')) {
            let mut pieces = vec![String::new()];
            for (i, piece) in literal.split(['{', '}']).enumerate() {
                if i % 2 == 0 { pieces.last_mut().unwrap().push_str(piece) } else { pieces.push(String::new()) }
            }
            out.push(pieces);
        }
    }
    out
}

/// Whether a name is a pattern with its holes filled by a number or a word.
fn fits(name: &str, pattern: &[String]) -> bool {
    match pattern {
        [] => false,
        [whole] => name == whole,
        [first, rest @ ..] => name.strip_prefix(&first[..]).is_some_and(|after| {
            let word = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
            (1..=word).any(|end| fits(&after[end..], rest))
        }),
    }
}

/// What stands in backticks on a page.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    prose(text).flat_map(|(_, line)| line.split('`').skip(1).step_by(2))
}

#[test]
fn jobs_that_pages_name_are_in_the_bench() {
    let jobs = jobs();
    let families: Vec<&str> = jobs.iter().map(|j| j[0].split('_').next().unwrap()).collect();
    let mut named = 0;
    for (page, text) in pages().into_iter().filter(|(page, _)| page.starts_with("docs")) {
        for name in quoted(&text) {
            let like_a_job = name.contains('_')
                && name.contains(|c: char| c.is_ascii_digit())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
                && families.contains(&name.split('_').next().unwrap());
            if like_a_job {
                named += 1;
                assert!(jobs.iter().any(|job| fits(name, job)), "{}: no job is called {name}", page.display());
            }
        }
    }
    assert!(named > 40, "only {named} jobs were found");
}

#[test]
fn holes_are_filled_by_words_alone() {
    let pattern = |text: &[&str]| text.iter().map(|s| s.to_string()).collect::<Vec<_>>();
    assert!(fits("median_u8_w3", &pattern(&["median_u8_w", ""])));
    assert!(fits("median_u8_w101", &pattern(&["median_u8_w", ""])));
    assert!(fits("median_u8_w3_x", &pattern(&["median_", "_w3_", ""])));
    assert!(!fits("median_u8_w", &pattern(&["median_u8_w", ""])));
    assert!(!fits("median_u8_w3_x", &pattern(&["median_u8_w", ""])));
    assert!(!fits("median_u8_w3", &pattern(&["median_u8_w5"])));
}

#[test]
fn links_lead_somewhere() {
    let mut links = 0;
    for (page, text) in pages() {
        let folder = root().join(&page).parent().unwrap().to_path_buf();
        for (n, line) in prose(&text) {
            for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if link.contains("://") {
                    continue;
                }
                links += 1;
                let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
                let target = if file.is_empty() { root().join(&page) } else { folder.join(file) };
                let place = format!("{}:{n}: {link}", page.display());
                if outside_the_package(&target) {
                    continue;
                }
                assert!(target.exists(), "{place} leads nowhere");
                if !anchor.is_empty() {
                    let there = fs::read_to_string(&target).unwrap();
                    let found = prose(&there).filter(|(_, l)| l.starts_with('#')).any(|(_, l)| anchor_of(l) == anchor);
                    assert!(found, "{place}: no such heading");
                }
            }
        }
    }
    assert!(links > 40, "only {links} links were found");
}

/// Folders that pages link to on the web, and that a package as it is published does without.
fn outside_the_package(target: &Path) -> bool {
    let published = root().join("Cargo.toml.orig").exists();
    let left_out =
        ["examples/arrays", "examples/python", "examples/zarr", "docs/demo", "tests/fuzz", "tests/data/conformance"];
    published && left_out.iter().any(|folder| target.to_string_lossy().replace('\\', "/").contains(folder))
}

/// What the web makes of a heading.
fn anchor_of(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    words
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_')
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn the_table_of_times_can_be_written() {
    let page = fs::read_to_string(root().join("docs/performance.md")).unwrap();
    let script = fs::read_to_string(root().join("benches/table.py")).unwrap();
    for mark in ["<!-- table: written by benches/table.py -->", "<!-- table: end -->"] {
        assert_eq!((page.matches(mark).count(), script.matches(mark).count()), (1, 1), "{mark}");
    }
}
