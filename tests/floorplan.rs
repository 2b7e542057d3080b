//! Keeps the import table of `docs/architecture.md` true, and unsafe code in its two rooms.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order in which data flows: a room imports only from rooms above it.
const ROOMS: [&str; 8] = ["error", "element", "spec", "array", "kernel", "ops", "front", "interop"];
/// Where `unsafe` may stand.
const UNSAFE: [&str; 2] = ["src/array/raw/", "src/kernel/"];
/// Longer files are hard to read whole.
const LONGEST: usize = 480;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join("src"), &mut paths);
    paths.sort();
    let name = |p: &PathBuf| p.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    paths.iter().map(|p| (name(p), fs::read_to_string(p).unwrap())).collect()
}

fn room_of(file: &str) -> &str {
    let inside = file.strip_prefix("src/").unwrap();
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The file without comments and without unit tests.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod ").next().unwrap();
    body.lines().map(|l| l.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Which room each name re-exported at the root of the crate comes from.
fn exports(lib: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for statement in code(lib).split(';').filter_map(|s| s.split("pub use ").nth(1)) {
        let room = statement.split("::").next().unwrap().trim();
        let names = statement.rsplit("::").next().unwrap();
        for name in names.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|n| !n.is_empty()) {
            out.insert(name.to_string(), room.to_string());
        }
    }
    out
}

/// Every room's imports from other rooms.
fn imports() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let files = sources();
    let names = exports(&files.iter().find(|(f, _)| f == "src/lib.rs").unwrap().1);
    let mut table: BTreeMap<&str, BTreeSet<&str>> = ROOMS.iter().map(|&r| (r, BTreeSet::new())).collect();
    for (file, text) in &files {
        let Some(&room) = ROOMS.iter().find(|&&r| r == room_of(file)) else {
            assert_eq!(file, "src/lib.rs", "{file} is in no room");
            continue;
        };
        for path in code(text).split("crate::").skip(1) {
            let name: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let from = names.get(&name).unwrap_or(&name);
            let Some(&from) = ROOMS.iter().find(|r| *r == from) else {
                panic!("{file} imports crate::{name}, which is in no room");
            };
            if from != room {
                table.get_mut(room).unwrap().insert(from);
            }
        }
    }
    table
}

#[test]
fn rooms_import_only_from_above() {
    for (room, from) in imports() {
        let place = |r: &str| ROOMS.iter().position(|&x| x == r).unwrap();
        for above in from {
            assert!(place(above) < place(room), "{room} imports {above}, which is below it");
        }
    }
}

#[test]
fn the_table_in_the_architecture_page_is_true() {
    let table = imports();
    let mut want = String::from("| room | imports |\n| --- | --- |\n");
    for room in ROOMS {
        let from: Vec<&str> = ROOMS.iter().copied().filter(|r| table[room].contains(r)).collect();
        want += &format!("| `{room}` | {} |\n", if from.is_empty() { "nothing".to_string() } else { from.join(", ") });
    }
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap().replace("\r\n", "\n");
    assert!(page.contains(&want), "docs/architecture.md should hold this table:\n\n{want}");
}

#[test]
fn unsafe_code_stays_in_its_rooms() {
    for (file, text) in sources() {
        let found = code(&text).split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
        assert!(!found || UNSAFE.iter().any(|u| file.starts_with(u)), "unsafe code in {file}");
    }
}

#[test]
fn files_say_what_is_in_them_and_stay_short() {
    for (file, text) in sources() {
        assert!(text.starts_with("//!"), "{file} does not say what is in it");
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{file} has {lines} lines, more than {LONGEST}");
    }
}
