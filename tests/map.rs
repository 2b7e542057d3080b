//! Any function of a window against the naive oracle: `map`, `map_in_order` and `map_into` over numbers, strings, and structs
//! that are neither `Copy` nor `Default`.

mod oracle;
mod threads;

use ndwindow::{Error, PadMode, Tail, View, unfold};
use oracle::library::{self, MODES, TAILS};
use oracle::{Ask, Layout, Line, Pads, Stand};
use std::sync::atomic::{AtomicUsize, Ordering};
use threads::in_pools;

/// An element that can only be cloned, and owns memory.
#[derive(Clone, Debug, PartialEq)]
struct Tag(Box<usize>);

fn tag(i: usize) -> Tag {
    Tag(Box::new(i))
}

fn word(i: usize) -> String {
    format!("word {i}")
}

/// Every way to see the windows, against the cells the oracle names. (A macro, as the type of the elements chooses the method.)
macro_rules! agree {
    ($windows:expr, $want:expr, $shape:expr, $sizes:expr) => {{
        let (windows, want, shape, sizes) = ($windows, $want, $shape, $sizes);
        let cells: usize = sizes.iter().product();
        let copied = |w: &View<'_, _>| {
            assert_eq!(w.shape(), &sizes[..]);
            w.iter().cloned().collect::<Vec<_>>()
        };
        let seen = windows.map(copied);
        assert_eq!(seen.shape(), &shape[..]);
        assert!(seen.iter().flatten().eq(&want), "{:?}\n{seen:?}\n{want:?}", windows.plan().axes());
        let mut count = 0;
        let in_order = windows.map_in_order(|w| {
            count += 1;
            copied(w)
        });
        assert_eq!((&in_order, count), (&seen, seen.len()));
        let mut rows = vec![want.first().cloned(); want.len()];
        windows
            .map_into(&mut rows, cells, |window, row| {
                assert_eq!((window.len(), row.len()), (cells, cells));
                row.iter_mut().zip(window).for_each(|(r, w)| *r = Some(w.clone()));
            })
            .unwrap();
        assert!(rows.iter().flatten().eq(&want), "{:?}\n{rows:?}\n{want:?}", windows.plan().axes());
    }};
}

/// The first axis, window and cell that are empty.
fn first_empty(layout: &Layout) -> Option<(usize, usize, usize)> {
    layout.axes.iter().zip(&layout.lines).find_map(|(&axis, line)| {
        let cells = (0..line.count()).flat_map(|i| (0..line.window()).map(move |j| (i, j)));
        cells.filter(|&(i, j)| !matches!(line.cell(i, j), Stand::Element(_))).map(|(i, j)| (axis, i, j)).next()
    })
}

/// One request over an array whose axes lie in memory in this order, and all that can be seen of its windows. `false` for a
/// request that is refused.
fn check(shape: &[usize], order: &[isize], axes: &[usize], asks: &[Ask]) -> bool {
    let laid: Result<Vec<Line>, _> = asks.iter().map(Ask::lay).collect();
    let signed: Vec<isize> = axes.iter().map(|&a| a as isize).collect();
    let request = library::request(&signed, asks, false);
    let Ok(lines) = laid else {
        assert!(request.plan(shape).is_err());
        return false;
    };
    let layout = Layout { shape: shape.to_vec(), axes: axes.to_vec(), lines };
    let mut in_memory = vec![0; shape.len()];
    order.iter().zip(shape).for_each(|(&o, &n)| in_memory[o as usize] = n);
    let len: usize = shape.iter().product();
    let numbers: Vec<usize> = (1..=len).collect();
    let turned = View::new(&numbers, &in_memory).unwrap().permute(order).unwrap();
    let ids: Vec<Option<usize>> = turned.iter().map(|&i| Some(i)).collect();
    let out = layout.order(false);
    let cells = layout.copy(&out, &ids, None);
    let shape = layout.out_shape(&out[..shape.len()]);
    let sizes: Vec<usize> = layout.lines.iter().map(Line::window).collect();
    let want = |blank: usize| cells.iter().map(|c| c.unwrap_or(blank)).collect::<Vec<_>>();

    agree!(request.windows(&turned).unwrap(), want(0), &shape, &sizes);
    agree!(request.windows(&turned).unwrap().fill(77), want(77), &shape, &sizes);

    let tags: Vec<Tag> = numbers.iter().map(|&i| tag(i)).collect();
    let turned = View::new(&tags, &in_memory).unwrap().permute(order).unwrap();
    let tagged: Vec<Tag> = want(99).into_iter().map(tag).collect();
    agree!(request.windows(&turned).unwrap().fill(tag(99)), tagged.clone(), &shape, &sizes);
    let bare = request.windows(&turned).unwrap();
    match first_empty(&layout).filter(|_| !cells.is_empty()) {
        None => agree!(bare, tagged, &shape, &sizes),
        Some((axis, window, cell)) => {
            let refused = bare.map_into(&mut vec![0; shape.iter().product()], 1, |_, _| panic!("a window was shown"));
            assert_eq!(refused, Err(Error::EmptyCell { axis, window, cell }));
        }
    }

    let words: Vec<String> = numbers.iter().map(|&i| word(i)).collect();
    let turned = View::new(&words, &in_memory).unwrap().permute(order).unwrap();
    let spelled: Vec<String> = cells.iter().map(|c| c.map_or(String::new(), word)).collect();
    agree!(request.windows(&turned).unwrap(), spelled, &shape, &sizes);
    true
}

/// Every request for one short axis within small numbers: all tails, modes and base dilations.
#[test]
fn one_axis_exhaustively() {
    let most: &[usize] = if cfg!(miri) { &[3, 2, 2, 2, 1, 2, 2, 2, 2] } else { &[5, 3, 2, 2, 2, 2, 2, 5, 4] };
    let mut fit = 0;
    for i in oracle::indices(most) {
        let [window, step, dilation, base] = [i[1] + 1, i[2] + 1, i[3] + 1, i[4] + 1].map(|n| n as i128);
        let pads = Pads::Numbers(2 * i[5] as i128 - 1, 3 * i[6] as i128 - 1);
        let ask = Ask { len: i[0], window, step, dilation, base, pads, mode: MODES[i[7]].1, tail: TAILS[i[8]].1 };
        fit += usize::from(check(&[i[0]], &[0], &[0], &[ask]));
    }
    assert!(fit > 20, "{fit} requests were not refused");
}

/// Requests of two to four axes, some of them unfolded, in any order of memory and of the request.
#[test]
fn several_axes() {
    let mut state = 7u64;
    let mut below = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut fit = 0;
    for _ in 0..if cfg!(miri) { 8 } else { 1500 } {
        let rank = 2 + below(3);
        let shape: Vec<usize> = (0..rank).map(|_| 1 + below([0, 0, 9, 6, 4][rank])).collect();
        let mut shuffled = || {
            let mut order: Vec<usize> = (0..rank).collect();
            (1..rank).for_each(|a| order.swap(a, below(a + 1)));
            order
        };
        let (order, mut axes) = (shuffled(), shuffled());
        axes.truncate(1 + below(rank));
        let ask = |&a: &usize| {
            let plain = below(2) == 0;
            let pads = if plain { (0, 0) } else { (below(4) as i128 - 1, below(4) as i128 - 1) };
            Ask {
                dilation: 1 + below(2) as i128,
                base: 1 + i128::from(below(4) == 0),
                pads: Pads::Numbers(pads.0, pads.1),
                mode: MODES[below(5)].1,
                tail: TAILS[below(4)].1,
                ..Ask::new(shape[a], 1 + below(3) as i128, 1 + below(3) as i128)
            }
        };
        let asks: Vec<Ask> = axes.iter().map(ask).collect();
        let order: Vec<isize> = order.iter().map(|&o| o as isize).collect();
        fit += usize::from(check(&shape, &order, &axes, &asks));
    }
    assert!(fit > 2, "{fit} requests were not refused");
}

#[test]
fn an_array_without_axes_is_one_window() {
    let x = [5];
    let one = unfold(.., 1, 1).windows(View::new(&x, []).unwrap()).unwrap();
    assert_eq!(one.map(|w| w[[]]).as_slice(), [5]);
    let mut out = [0; 2];
    one.map_into(&mut out, 2, |window, row| row.fill(window[0])).unwrap();
    assert_eq!(out, [5, 5]);
}

/// Jobs large enough for threads, with windows cut between them anywhere.
#[test]
#[cfg_attr(miri, ignore = "thousands of windows")]
fn threads_change_nothing() {
    let x: Vec<f32> = (0..41 * 401 * 3).map(|i| (i * 37 % 1009) as f32).collect();
    let image = View::new(&x, [41, 401, 3]).unwrap();
    let long = View::new(&x, [x.len()]).unwrap();
    let requests = [
        (unfold([0, 1], [3, 5], 1).pad(2), image.clone()),
        (unfold([1, 0], [7, 2], [3, 1]).pad(3).pad_mode(PadMode::Reflect).tail(Tail::Partial), image.clone()),
        (unfold(-1, 2, 1), image.permute(&[2, 0, 1]).unwrap()),
        (unfold([0, 1], 17, 16).tail(Tail::Spread), image.clone()),
        (unfold(0, 400, 160), long.clone()),
        (unfold(0, 5, 1).pad(9).dilation(2), long.clone()),
        (unfold(0, 20_000, 3001).tail(Tail::ShiftBack), long),
        (unfold(0, 3, 2), View::new(&x, [41, 1203]).unwrap()),
    ];
    for (request, x) in requests {
        let windows = request.windows(&x).unwrap();
        let cells = windows.plan().window_len();
        let weigh = |cells: &mut dyn Iterator<Item = &f32>| {
            cells.enumerate().fold(0f32, |sum, (j, c)| sum + c * ((j % 13) as f32 - 3.5))
        };
        let want = windows.map_in_order(|w| weigh(&mut w.iter()));
        in_pools(|| {
            assert_eq!(windows.map(|w| weigh(&mut w.iter())), want);
            let mut out = vec![f32::NAN; 2 * want.len()];
            windows
                .map_into(&mut out, 2, |window, row| {
                    assert_eq!(window.len(), cells);
                    row.copy_from_slice(&[weigh(&mut window.iter()), window[cells - 1]]);
                })
                .unwrap();
            assert!(out.chunks(2).map(|row| row[0]).eq(want.iter().copied()));
            // Nothing to write: every window is seen all the same, once.
            let (seen, sum) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let add = |window: &[f32], row: &mut [u8]| {
                assert!(row.is_empty());
                seen.fetch_add(1, Ordering::Relaxed);
                sum.fetch_add(window[0] as usize, Ordering::Relaxed);
            };
            windows.map_into(&mut [], 0, add).unwrap();
            assert_eq!(seen.into_inner(), want.len());
            let firsts = windows.map(|w| *w.iter().next().unwrap() as usize);
            assert_eq!(sum.into_inner(), firsts.iter().sum::<usize>());
        });
    }
}

#[test]
#[cfg_attr(miri, ignore = "thousands of windows")]
fn threads_share_strings_and_structs() {
    let words: Vec<String> = (0..20_000).map(word).collect();
    let pairs = unfold(0, 2, 1).pad(1).windows(&words).unwrap().fill("|".to_string());
    let tags: Vec<Tag> = (0..20_000).map(tag).collect();
    let triples = unfold(0, 3, 2).windows(&tags).unwrap();
    in_pools(|| {
        let joined = pairs.map(|w| format!("{} {}", w[[0]], w[[1]]));
        assert!(joined.iter().enumerate().all(|(i, got)| {
            let at = |p: usize| if (1..=20_000).contains(&p) { word(p - 1) } else { "|".to_string() };
            *got == format!("{} {}", at(i), at(i + 1))
        }));
        let mut sums = vec![0; 9999];
        triples.map_into(&mut sums, 1, |w, row| row[0] = w.iter().map(|t| *t.0).sum()).unwrap();
        assert!(sums.iter().enumerate().all(|(i, &s)| s == 6 * i + 3));
    });
}

/// Borrowed strings, whose lifetime is no longer than the text's.
#[test]
fn windows_of_parts_of_a_text() {
    let text = String::from("the quick brown fox");
    let words: Vec<&str> = text.split(' ').collect();
    let pairs = unfold(0, 2, 1).pad((0, 1)).windows(&words).unwrap().map(|w| [w[[0]], w[[1]]].join("-"));
    assert_eq!(pairs.as_slice(), ["the-quick", "quick-brown", "brown-fox", "fox-"]);
}

/// Windows that lie in the array as they are shown are shown there.
#[test]
fn windows_in_one_piece_are_not_copied() {
    let x: Vec<u16> = (0..60).collect();
    let here = |window: &[u16], row: &mut [usize]| row[0] = (window.as_ptr().addr() - x.as_ptr().addr()) / 2;
    let cases: [(_, &[usize], &[usize]); 5] = [
        (unfold(0, 7, 20), &[60], &[0, 20, 40]),
        (unfold(-1, 3, 4), &[6, 10], &[0, 4, 10, 14, 20, 24, 30, 34, 40, 44, 50, 54]),
        (unfold([0, 1], [2, 10], [2, 1]), &[6, 10], &[0, 20, 40]),
        (unfold([0, 1, 2], [1, 2, 5], [1, 1, 1]), &[3, 4, 5], &[0, 5, 10, 20, 25, 30, 40, 45, 50]),
        (unfold(0, 1, 30).dilation(4), &[60], &[0, 30]),
    ];
    for (request, shape, want) in cases {
        let windows = request.windows(View::new(&x, shape).unwrap()).unwrap();
        let mut places = vec![0; want.len()];
        windows.map_into(&mut places, 1, here).unwrap();
        assert_eq!(places, want);
    }
}

#[test]
fn buffers_of_another_length_are_refused() {
    let x = [1, 2, 3, 4];
    let windows = unfold(0, 2, 1).windows(&x).unwrap();
    for (len, k, expected) in [(5, 2, 6), (7, 2, 6), (0, 1, 3), (1, 0, 0)] {
        let refused = windows.map_into(&mut vec![0u8; len], k, |_, _| panic!("a window was shown"));
        assert_eq!(refused, Err(Error::BufferLength { shape: vec![3, k], expected, found: len }));
    }
    let none = windows.map_into(&mut [0u8; 3], usize::MAX, |_, _| panic!("a window was shown"));
    assert!(matches!(none, Err(Error::TooLarge { .. })));
}

#[test]
fn no_windows_no_calls() {
    let x: [Tag; 0] = [];
    let windows = unfold(1, 2, 1).pad(1).windows(View::new(&x, [0, 4]).unwrap()).unwrap();
    windows.map_into(&mut [] as &mut [u8], 3, |_, _| panic!("a window was shown")).unwrap();
    assert_eq!(windows.map(|_| 1).shape(), [0, 5]);
}

#[test]
#[should_panic(expected = "cell 0 of window 0 on axis 0 is empty, and elements of this type have no default")]
fn map_says_what_an_empty_cell_lacks() {
    let x = [tag(1), tag(2)];
    unfold(0, 2, 1).pad(1).windows(&x).unwrap().map(|w| w.len());
}
