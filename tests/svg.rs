//! Pictures of plans: their text is pinned, and every number drawn is what the plan says stands there.

use ndwindow::image::Tiles;
use ndwindow::{Cell, PadMode, Plan, Tail, Taper, Unfold, unfold};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The pictures that pages show, with those of the gallery; all others are data of this test alone.
const SHOWN: [&str; 3] = ["reflect", "tails", "tiles"];

/// Compares a picture with its file; `BLESS=1` writes the file.
fn golden(name: &str, picture: &str) {
    let shown = SHOWN.contains(&name) || name.starts_with("gallery_");
    let folder = if shown { "docs/images" } else { "tests/data/svg" };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(format!("{name}.svg"));
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, picture).unwrap();
    }
    let want = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(picture == want, "{} differs: look at the picture, then BLESS=1", path.display());
}

fn requests() -> Vec<(&'static str, Plan)> {
    let of = |request: Unfold, shape: &[usize]| request.plan(shape).unwrap();
    let mut all = vec![
        ("plain", of(unfold(0, 4, 3), &[12])),
        ("reflect", of(unfold(0, 5, 3).pad(2).pad_mode(PadMode::Reflect).tail(Tail::Partial), &[14])),
        ("dilated", of(unfold(0, 3, 2).dilation(3).pad((2, 1)), &[16])),
        ("holes", of(unfold(0, 4, 2).base_dilation(3).full(), &[5])),
        ("cropped", of(unfold(0, 3, 2).pad((-2, -3)).tail(Tail::Partial), &[14])),
        ("long", of(unfold(0, 32, 24).dilation(2).pad(3).pad_mode(PadMode::Reflect).tail(Tail::Partial), &[100])),
        ("matrix", of(unfold([0, 1], 3, [1, 2]).pad([(1, 1), (0, 0)]), &[6, 8])),
        ("patches", of(unfold([0, 1], 16, 16).grid_first(), &[300, 451, 3])),
        ("empty", of(unfold(0, 3, 2).tail(Tail::Partial), &[0])),
    ];
    // More than 32-bit machines can count.
    if let Some(len) = 1usize.checked_shl(40) {
        all.push(("huge", of(unfold(0, 1 << 20, 3).pad(1).pad_mode(PadMode::Edge).tail(Tail::Spread), &[len])));
    }
    all
}

#[test]
fn pictures_are_pinned() {
    for (name, plan) in requests() {
        golden(name, &plan.to_svg());
    }
    golden("tails", &Plan::compare_svg(17, 6, 4).unwrap());
    golden("tails_short", &Plan::compare_svg(4, 6, 4).unwrap());
    let tiles = |size, overlap, taper, shape: &[usize]| {
        Tiles::new([0, 1], size, overlap).taper(taper).on(shape).unwrap().to_svg()
    };
    golden("tiles", &tiles(32, 12, Taper::Linear, &[90, 100, 3]));
    golden("tiles_many", &tiles(256, 64, Taper::Hann, &[8192, 300, 3]));
    let plan = unfold([0, 1], 5, 2).pad(2).plan([100, 80]).unwrap();
    golden("part", &plan.part(&[10..20, 30..40]).unwrap().to_svg());
}

/// The requests of docs/gallery.md in its order: the picture's name, and the code that stands beside it.
fn gallery() -> Vec<(&'static str, &'static str, String)> {
    macro_rules! requests {
        ($($name:literal: $code:expr;)+) => {
            vec![$(($name, stringify!($code), ($code).unwrap().to_svg())),+]
        };
    }
    // More than 32-bit machines can count.
    #[cfg(target_pointer_width = "64")]
    let huge = requests! { "huge": unfold(0, 1 << 20, 3 << 18).tail(Tail::Spread).plan(1 << 40); };
    #[cfg(not(target_pointer_width = "64"))]
    let huge = Vec::new();
    let mut all = requests! {
        "plain": unfold(0, 3, 2).plan(9);
        "frames": unfold(0, 32, 24).plan(100);
        "apart": unfold(0, 2, 5).plan(19);
        "dilated": unfold(0, 3, 1).dilation(3).plan(16);
        "same": unfold(0, 5, 2).same().plan(14);
        "causal": unfold(0, 4, 1).dilation(2).pad((6, 0)).plan(12);
        "mirror": unfold(0, 5, 3).pad(4).pad_mode(PadMode::Reflect).plan(8);
        "circle": unfold(0, 9, 4).pad(7).pad_mode(PadMode::Wrap).plan(4);
        "cropped": unfold(0, 4, 3).pad((-3, 4)).pad_mode(PadMode::Symmetric).tail(Tail::Partial).plan(14);
        "holes": unfold(0, 3, 1).base_dilation(3).full().plan(5);
        "patches": unfold([0, 1], 16, 16).grid_first().plan([300, 451, 3]);
        "box": unfold([0, 1], [3, 2], [2, 1]).pad([(1, 1), (0, 2)]).plan([6, 8]);
        "everything": unfold([1, 0], [4, 3], [3, 2]).dilation([1, 2]).pad(2).pad_mode([PadMode::Wrap, PadMode::Edge])
            .tail([Tail::Spread, Tail::Partial]).plan([9, 7]);
        "part": unfold([0, 1], 9, 1).same().plan([300, 451]).and_then(|plan| plan.part(&[100..200, 0..128]));
        "tiles": Tiles::new([0, 1], 96, 24).taper(Taper::Hann).on([300, 451, 3]);
    };
    all.extend(huge);
    all
}

#[test]
fn the_gallery_shows_what_it_says() {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let page = include_str!("../docs/gallery.md").replace("\r\n", "\n");
    let mut sections = page.split("\n## ").skip(1);
    for (name, code, picture) in gallery() {
        golden(&format!("gallery_{name}"), &picture);
        let section = sections.next().unwrap_or_default();
        assert!(section.contains(&format!("](images/gallery_{name}.svg)")), "{name} is not in its place");
        let shown = section.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
        assert_eq!(
            squeezed(shown.unwrap_or_default()),
            squeezed(code).trim_end_matches('?').to_string() + "?",
            "{name}"
        );
    }
}

/// The numbers written with an attribute, as `(attribute, number)`.
fn drawn(picture: &str, attribute: &str) -> Vec<(Vec<usize>, usize)> {
    let name = format!(" {attribute}=\"");
    let tags = picture.split(&name).skip(1).map(|rest| {
        let (value, rest) = rest.split_once("\">").unwrap();
        let number = rest.split('<').next().unwrap().parse().unwrap();
        (value.split(',').map(|n| n.parse().unwrap()).collect(), number)
    });
    tags.collect()
}

/// Every number in a cell and under a bar is what the plan says; nothing is missing on a short axis. Gives how many there were.
fn check(plan: &Plan) -> usize {
    let picture = plan.to_svg();
    let axis = |number: usize| plan.axes().iter().find(|a| a.axis() == number).unwrap();
    let cells = drawn(&picture, "data-cell");
    for (at, number) in &cells {
        let &[a, i, j] = &at[..] else { panic!("{at:?}") };
        assert_eq!(axis(a).cell(i, j), Cell::Element(*number), "cell {j} of window {i}: {plan}");
    }
    let bars = drawn(&picture, "data-count");
    let mut coverage = BTreeMap::new();
    for (at, number) in &bars {
        let &[a, e] = &at[..] else { panic!("{at:?}") };
        let counts = coverage.entry(a).or_insert_with(|| axis(a).coverage());
        assert_eq!(counts[e], *number, "element {e}: {plan}");
    }
    // The formula's own numbers give its result.
    for line in picture.lines().filter(|l| l.contains("windows = (")) {
        let numbers: Vec<i64> = line
            .split("windows = ")
            .nth(1)
            .unwrap()
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|n| n.parse().ok())
            .collect();
        assert_eq!((numbers[0] - numbers[1]) / numbers[2] + numbers[3], numbers[4], "{line}");
    }
    if let [a] = plan.axes()
        && a.count() <= 7
        && a.len() <= 24
    {
        let elements = (0..a.count()).flat_map(|i| (0..a.window()).map(move |j| a.cell(i, j)));
        assert_eq!(cells.len(), elements.filter(|c| matches!(c, Cell::Element(_))).count(), "{plan}");
        let read = a.coverage().iter().any(|&c| c > 0);
        assert_eq!(bars.len(), if read { a.len() } else { 0 }, "{plan}");
    }
    cells.len() + bars.len()
}

#[test]
fn every_number_is_what_the_plan_says() {
    for (_, plan) in requests().into_iter().filter(|r| r.0 != "huge") {
        check(&plan);
    }
    let modes = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
    let tails = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];
    let (mut plans, mut numbers) = (0, 0);
    for len in [1, 2, 5, 9] {
        for (window, step, dilation, base) in
            [(1, 1, 1, 1), (3, 2, 1, 1), (2, 3, 2, 1), (4, 1, 1, 2), (3, 5, 3, 2), (6, 4, 1, 1)]
        {
            for pads in [(0, 0), (2, 1), (7, 9), (-1, 2), (1, -1)] {
                for mode in modes {
                    for tail in tails {
                        let request = unfold(0, window, step).dilation(dilation).base_dilation(base);
                        let Ok(plan) = request.pad(pads).pad_mode(mode).tail(tail).plan([len]) else { continue };
                        numbers += check(&plan);
                        plans += 1;
                    }
                }
            }
        }
    }
    assert!(plans > 1000 && numbers > 10_000, "{plans} plans, {numbers} numbers");
}

#[test]
fn broken_axes_count_as_whole_ones() {
    for mode in [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Wrap] {
        for tail in [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread] {
            for (window, step, dilation) in [(30, 7, 1), (5, 40, 3), (80, 1, 2)] {
                let request = unfold(0, window, step).dilation(dilation).pad((20, 33)).pad_mode(mode).tail(tail);
                assert!(check(&request.plan([300]).unwrap()) > 0);
            }
        }
    }
}

/// The request in a title, read back by hand: what is chained and in which order.
#[test]
fn the_title_is_the_request() {
    let title =
        |plan: &Plan| plan.to_svg().split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_string();
    let plan = unfold([-2, -1], [3, 2], 1).dilation([1, 2]).pad([(1, 1), (0, 2)]).tail(Tail::Partial);
    let plan = plan.pad_mode(PadMode::Edge).grid_first().plan([4, 9, 8]).unwrap();
    let code = unfold([1, 2], [3, 2], 1).dilation([1, 2]).pad([(1, 1), (0, 2)]).pad_mode(PadMode::Edge);
    assert_eq!(code.tail(Tail::Partial).grid_first().plan([4, 9, 8]).unwrap(), plan);
    assert_eq!(
        title(&plan),
        "unfold([1, 2], [3, 2], 1).dilation([1, 2]).pad([(1, 1), (0, 2)]).pad_mode(PadMode::Edge)\
         .tail(Tail::Partial).grid_first().plan([4, 9, 8])?"
    );
    let plan = unfold(1, 3, 2).same().plan([4, 9]).unwrap().permute(&[2, 0, 1]).unwrap();
    assert_eq!(unfold(1, 3, 2).pad(1).plan([4, 9]).unwrap().permute(&[2, 0, 1]).unwrap(), plan);
    assert_eq!(title(&plan), "unfold(1, 3, 2).pad(1).plan([4, 9])?.permute(&amp;[2, 0, 1])?");
}

#[test]
fn huge_plans_have_small_pictures() {
    let far = 1usize << (usize::BITS - 5);
    let modes = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
    for mode in modes {
        for tail in [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread] {
            for (len, window, step, dilation, pads) in [
                (far, 1, 1, 1, 0),
                (far, 3, 1, 1, 1),
                (far, far / 4, 1, 1, 1),
                (far, 2, 1, far / 8, 0),
                (far, 3, far / 3, 1, 2),
                (far, 1, far / 1000, 1, 1 << 20),
                (5, 3, 1, 1, far as isize / 4),
                (5, far / 8, 7, 1, far as isize / 4),
                (1 << 16, 1 << 15, 1, 1, 1 << 15),
            ] {
                let request = unfold(0, window, step).dilation(dilation).pad(pads).pad_mode(mode).tail(tail);
                let Ok(plan) = request.plan([len]) else { continue };
                let picture = plan.to_svg();
                assert!(picture.len() < 60_000, "{} bytes: {plan}", picture.len());
            }
        }
    }
    let tiles = Tiles::new(.., 1 << 10, 1 << 9).tail(Tail::Spread).on([(1 << 18) + 1, 1 << 10]).unwrap();
    assert!(tiles.to_svg().len() < 60_000, "{} bytes", tiles.to_svg().len());
    let plan = unfold(.., 3, 1).plan([100; 6]).unwrap();
    assert!(plan.to_svg().len() < 300_000, "{}", plan.to_svg().len());
}

#[test]
fn a_request_without_a_plan_is_an_error() {
    assert_eq!(Plan::compare_svg(10, 0, 1).unwrap_err(), unfold(0, 0, 1).plan([10]).unwrap_err());
}
