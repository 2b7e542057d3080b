//! Keeps the import table of `docs/architecture.md` true, unsafe code in its two rooms, threads in their places, and files out of
//! circles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order in which data flows: a room imports only from rooms above it.
const ROOMS: [&str; 8] = ["error", "element", "spec", "array", "kernel", "ops", "front", "interop"];
/// Where `unsafe` may stand.
const UNSAFE: [&str; 2] = ["src/array/raw/", "src/kernel/"];
/// Where threads are: work that can be cut, and tiles, which are joined in order while others are under way.
const THREADS: [&str; 2] = ["src/kernel/threads.rs", "src/front/image/tiles/"];
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
fn threads_stay_in_their_places() {
    for (file, text) in sources() {
        let allowed = THREADS.iter().any(|t| file.starts_with(t));
        assert!(allowed || !code(&text).contains("rayon"), "threads in {file}");
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

/// A file's module path: `src/ops/fold/mod.rs` is `[ops, fold]`.
fn module_of(file: &str) -> Vec<String> {
    let inside = file.strip_prefix("src/").unwrap().trim_end_matches(".rs");
    let mut path: Vec<String> = inside.split('/').map(str::to_string).collect();
    if path.last().is_some_and(|last| last == "mod" || path == ["lib"]) {
        path.pop();
    }
    path
}

/// One path a file writes: its segments, the name it has in the file, and whether it is only handed on (`pub use`).
struct Import {
    path: Vec<String>,
    name: String,
    handed_on: bool,
}

/// The file cut into words, `::`, and single signs.
fn tokens(code: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let len = match first {
            c if word(c) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            _ if rest.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        out.push(&rest[..len]);
        rest = rest[len..].trim_start();
    }
    out
}

/// Reads `a::b::{c, d as e}` from `at` on; gives every path in it, and where it ends.
fn tree(tokens: &[&str], mut at: usize, prefix: &[String], handed_on: bool, out: &mut Vec<Import>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(at).copied() {
            Some("{") => {
                at += 1;
                while tokens[at] != "}" {
                    at = tree(tokens, at, &path, handed_on, out);
                    at += usize::from(tokens[at] == ",");
                }
                return at + 1;
            }
            // Everything of a module, or `::<T>` behind a function: the path so far.
            Some("*") => at += 1,
            Some(word) if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                if word != "self" {
                    path.push(word.to_string());
                }
                at += 1;
            }
            _ => {}
        }
        if tokens.get(at) != Some(&"::") {
            break;
        }
        at += 1;
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if tokens.get(at) == Some(&"as") {
        name = tokens[at + 1].to_string();
        at += 2;
    }
    out.push(Import { path, name, handed_on });
    at
}

/// Every path to another item of the crate, written from its root.
fn paths(module: &[String], children: &BTreeSet<&str>, code: &str) -> Vec<Import> {
    let tokens = tokens(code);
    let mut out = Vec::new();
    let mut at = 0;
    let (mut used, mut handed_on) = (false, false);
    while at < tokens.len() {
        let path = tokens.get(at + 1) == Some(&"::") && (at == 0 || tokens[at - 1] != "::");
        let mut prefix = match tokens[at] {
            "crate" if path => Vec::new(),
            "self" if path => module.to_vec(),
            "super" if path => module[..module.len() - 1].to_vec(),
            word if path && children.contains(word) => [module, &[word.to_string()]].concat(),
            word => {
                // `pub use`, `pub(crate) use`
                handed_on =
                    if word == "use" { at > 0 && matches!(tokens[at - 1], "pub" | ")") } else { handed_on && used };
                used = word == "use" || used && word != ";";
                at += 1;
                continue;
            }
        };
        at += 2;
        while tokens[at] == "super" {
            prefix.pop();
            at += 2;
        }
        at = tree(&tokens, at, &prefix, used && handed_on, &mut out);
    }
    out
}

/// Which files each file uses an item of. A path leads to the file that the item is written in, through any re-exports; a
/// `mod` line is no use, nor is a re-export of a name that the file itself never says.
fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let files: Vec<(String, String)> = sources().into_iter().filter(|(f, _)| !f.ends_with("/tests.rs")).collect();
    let modules: BTreeMap<Vec<String>, &str> = files.iter().map(|(f, _)| (module_of(f), f.as_str())).collect();
    let imports: BTreeMap<&str, Vec<Import>> = files
        .iter()
        .map(|(f, text)| {
            let own = module_of(f);
            let below = modules.keys().filter(|m| m.len() == own.len() + 1 && m.starts_with(&own));
            (f.as_str(), paths(&own, &below.map(|m| m[own.len()].as_str()).collect(), &code(text)))
        })
        .collect();
    let home = |path: &[String]| -> String {
        let mut path = path.to_vec();
        // A name that is handed on in a circle has no home.
        for _ in 0..64 {
            let deepest = (0..=path.len()).rev().find(|&n| modules.contains_key(&path[..n])).unwrap();
            let file = modules[&path[..deepest]];
            let import = path.get(deepest).and_then(|n| imports[file].iter().find(|i| i.name == *n && i.path != path));
            match import {
                Some(import) => path = [&import.path[..], &path[deepest + 1..]].concat(),
                None => return file.to_string(),
            }
        }
        panic!("re-exports of {} go in a circle", path.join("::"));
    };
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in &files {
        let code = code(text);
        let said = |name: &str| tokens(&code).iter().filter(|t| **t == name).count() > 1;
        let used = imports[file.as_str()].iter().filter(|i| !i.handed_on || said(&i.name));
        let from: BTreeSet<String> = used.map(|i| home(&i.path)).filter(|to| to != file).collect();
        out.insert(file.clone(), from);
    }
    out
}

/// The files that stand in a circle of uses, circle by circle: each reaches each other of its circle.
fn circles(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<&str>> {
    fn reach<'a>(uses: &'a BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = uses[from].iter().map(String::as_str).collect();
        while let Some(file) = next.pop() {
            if seen.insert(file) {
                next.extend(uses[file].iter().map(String::as_str));
            }
        }
        seen
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = uses.keys().map(|f| (f.as_str(), reach(uses, f))).collect();
    let circle = |f: &str| reached[f].iter().copied().filter(|&g| reached[g].contains(f)).collect::<BTreeSet<_>>();
    let all: BTreeSet<BTreeSet<&str>> = uses.keys().map(|f| circle(f)).filter(|c| c.len() > 1).collect();
    all.into_iter().collect()
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let uses = uses();
    let mut found = String::new();
    for circle in circles(&uses) {
        for &file in &circle {
            let on: Vec<&str> = uses[file].iter().map(String::as_str).filter(|f| circle.contains(f)).collect();
            found += &format!("{file} uses {}\n", on.join(", "));
        }
        found += "\n";
    }
    assert!(found.is_empty(), "files that use each other in a circle:\n\n{found}");
}
