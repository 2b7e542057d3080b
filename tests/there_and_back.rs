//! What cuts and what puts together again: whatever the one gives, the other takes, empty pictures and signals included.

use ndwindow::audio::{Edges, Framing, OverlapAdd};
use ndwindow::image::{Channels, Patches, Tiles, patchify, unpatchify};
use ndwindow::nn::Columns;
use ndwindow::text::{Align, TokenWindows};
use ndwindow::{Array, Error, Merge, PadMode, Tail, View};

const TAILS: [Tail; 4] = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];

/// All index tuples of a shape in row-major order.
fn indices<const N: usize>(shape: [usize; N]) -> impl Iterator<Item = [usize; N]> {
    (0..shape.iter().product()).map(move |mut at| {
        let mut index = [0; N];
        for a in (0..N).rev() {
            index[a] = at % shape[a];
            at /= shape[a];
        }
        index
    })
}

fn picture(shape: &[usize]) -> Array<u16> {
    Array::new((1..=shape.iter().product::<usize>()).map(|v| v as u16).collect(), shape).unwrap()
}

#[test]
fn patches_of_every_picture() {
    use Channels::{First, Last};
    let (mut joined, mut empty) = (0, 0);
    for [h, w, rows, cols, sides, numbers] in indices([8, 8, 4, 4, 4, 4]) {
        let (rows, cols) = (rows + 1, cols + 1);
        let [from, to] = [[First, First], [First, Last], [Last, First], [Last, Last]][sides];
        let (batch, channels) = [(2, 3), (0, 1), (2, 0), (1, 1)][numbers];
        let shape = if from == First { [batch, channels, h, w] } else { [batch, h, w, channels] };
        let x = picture(&shape);
        for tail in [None, Some(Tail::Drop), Some(Tail::Partial), Some(Tail::ShiftBack), Some(Tail::Spread)] {
            let mut cut = Patches::new([rows, cols]).picture(from).vector(to);
            if let Some(tail) = tail {
                cut = cut.tail(tail);
            }
            let what = || format!("{shape:?} by {rows} by {cols}, {tail:?}, {from:?} {to:?}");
            let patches = match cut.split(&x) {
                Ok(patches) => patches,
                Err(error) => {
                    assert_ne!(tail, Some(Tail::Partial), "{}: {error}", what());
                    let any = View::new(&[0u16; 0], [batch, 0, rows * cols * channels]).unwrap();
                    assert_eq!(cut.join(&any, shape), Err(error), "{}", what());
                    continue;
                }
            };
            // Only `Drop` leaves something out.
            let mut want = x.clone();
            let (height, width) = (h / rows * rows, w / cols * cols);
            for index in indices(shape) {
                let at = if from == First { [index[2], index[3]] } else { [index[1], index[2]] };
                if tail == Some(Tail::Drop) && (at[0] >= height || at[1] >= width) {
                    want[index] = 0;
                }
            }
            assert_eq!(cut.join(&patches, shape).as_ref(), Ok(&want), "{}", what());
            // Patches that lie otherwise in memory.
            let turned = patches.permute(&[2, 1, 0]).unwrap().to_array();
            assert_eq!(cut.join(turned.permute(&[2, 1, 0]).unwrap(), shape).as_ref(), Ok(&want), "{}", what());
            (joined, empty) = (joined + 1, empty + usize::from(x.is_empty()));
        }
    }
    assert!(joined > 5000 && empty > 2500, "only {joined}, {empty} of them empty");
}

#[test]
fn patchify_and_back() {
    for shape in [vec![4, 6, 1], vec![4, 6, 0], vec![0, 4, 6, 3], vec![2, 3, 4, 6, 2]] {
        let x = picture(&shape);
        assert_eq!(unpatchify(&patchify(&x, 2).unwrap(), 2, &shape), Ok(x), "{shape:?}");
    }
    // Patches far larger than the picture: a view that repeats one number costs nothing, and neither does what is cut off.
    let huge = View::new(&[7u8], [1, 1]).unwrap().broadcast(1, 1 << 28).unwrap();
    let cut = Patches::new(1 << 14).tail(Tail::Partial);
    assert_eq!(cut.join(&huge, [2, 3, 1]).unwrap().as_slice(), [7; 6]);
}

#[test]
fn tiles_of_every_picture() {
    let (mut blended, mut empty) = (0, 0);
    for [h, w, channels, size, overlap, tail] in indices([8, 6, 3, 5, 4, 4]) {
        let (size, tail) = (size + 1, TAILS[tail]);
        let shape = [h, w, channels];
        let Ok(tiling) = Tiles::new([0, 1], size, overlap).tail(tail).on(shape) else {
            assert!(tail != Tail::Partial || overlap >= size, "{shape:?} by {size}");
            continue;
        };
        let x = picture(&shape).map(f64::from);
        let tiles = tiling.cut(&x).unwrap();
        let back = tiling.blend(&tiles).unwrap();
        assert_eq!(back.shape(), shape);
        assert!(back.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-9), "{shape:?} by {size}, {overlap}, {tail:?}");
        assert_eq!(tiling.merge(&tiles, Merge::last()).as_ref(), Ok(&x));
        let same = tiling.process(&x, |tile| tile.to_array()).unwrap();
        assert_eq!(same, back);
        (blended, empty) = (blended + 1, empty + usize::from(x.is_empty()));
    }
    assert!(blended > 800 && empty > 300, "only {blended}, {empty} of them empty");
}

#[test]
fn columns_of_every_array() {
    let (mut checked, mut empty) = (0, 0);
    for [n, c, h, w, window, pad, last, lone] in indices([3, 3, 5, 4, 3, 2, 2, 2]) {
        let columns =
            if lone == 1 { Columns::new(window + 1).step([1, 1]) } else { Columns::new([window + 1; 2]) }.pad(pad);
        let (columns, shape) = match last {
            0 => (columns, [n, c, h, w]),
            _ => (columns.channels_last(), [n, h, w, c]),
        };
        let x = picture(&shape).map(u64::from);
        let ones = Array::from_elem(1u64, shape).unwrap();
        let Ok(matrix) = columns.im2col(&x) else { continue };
        let cover = columns.col2im(&columns.im2col(&ones).unwrap(), [h, w]).unwrap();
        let back = columns.col2im(&matrix, [h, w]).unwrap();
        assert_eq!(back.shape(), shape);
        assert!(back.iter().zip(&cover).zip(&x).all(|((b, c), x)| *b == c * x), "{shape:?} by {columns:?}");
        (checked, empty) = (checked + 1, empty + usize::from(x.is_empty()));
    }
    assert!(checked > 1000 && empty > 500, "only {checked}, {empty} of them empty");
    // Without spatial axes, and without a batch.
    let x = picture(&[3, 2]);
    let flat = Columns::new([0usize; 0]);
    let matrix = flat.im2col(&x).unwrap();
    assert_eq!((matrix.shape(), flat.col2im(&matrix, [0usize; 0])), (&[3, 2, 1][..], Ok(x)));
    let x = picture(&[0, 5]);
    let matrix = Columns::new([2]).im2col(&x).unwrap();
    assert_eq!((matrix.shape(), Columns::new([2]).col2im(&matrix, 5).unwrap()), (&[0, 4][..], x));
}

#[test]
fn frames_of_every_signal() {
    let mut checked = 0;
    for [rows, samples, size, hop, pad, tail] in indices([3, 14, 5, 6, 3, 2]) {
        let (size, hop, tail) = (size + 1, hop + 1, [Tail::Drop, Tail::Partial][tail]);
        let x = picture(&[rows, samples]).map(f64::from);
        let framing = Framing::new(size, hop).pad(pad as isize, pad as isize, PadMode::Empty).tail(tail);
        let Ok(framed) = framing.windowed(&x, &vec![1.0; size]) else { continue };
        let (ones, number) = (vec![1.0; size], framed.shape()[1]);
        for (divided, add) in
            [(true, OverlapAdd::plain(&ones, hop, Edges::Normalized)), (false, OverlapAdd::sum(&ones, hop))]
        {
            let Ok(add) = add else { continue };
            let back = add.whole(&framed).unwrap();
            assert_eq!(back.shape(), [rows, if number == 0 { 0 } else { (number - 1) * hop + size }]);
            for [row, p] in indices([rows, back.shape()[1]]) {
                let over = (0..number).filter(|t| (t * hop..t * hop + size).contains(&p)).count();
                let sample = p.checked_sub(pad).and_then(|p| x.get(&[row, p])).copied().unwrap_or(0.0);
                let want = if divided { sample } else { sample * over as f64 };
                assert!((back[[row, p]] - want).abs() < 1e-9, "{samples} by {size}, hop {hop}, pad {pad}, at {p}");
            }
            checked += 1;
        }
    }
    assert!(checked > 2000, "only {checked}");
}

#[test]
fn tokens_are_fresh_once() {
    for [len, size, overlap, align] in indices([20, 6, 5, 3]) {
        let align = [Align::Left, Align::Right, Align::Full][align];
        let Ok(plan) = TokenWindows::new(size + 1).overlap(overlap).align(align).plan(len) else { continue };
        let fresh: Vec<usize> = plan.iter().flat_map(|w| w.fresh).collect();
        assert!(fresh.into_iter().eq(0..len), "{len} by {size}");
    }
}

fn no_memory(what: &str, error: Option<Error>) {
    let text = error.map(|e| e.to_string()).unwrap_or_default();
    assert!(text.starts_with(what) && text.contains("cannot be had"), "{what}: {text}");
}

/// Results that no memory holds, asked for by sizes alone.
#[test]
#[cfg(target_pointer_width = "64")]
fn results_that_no_memory_holds() {
    let one = View::new(&[1.0f32], [1, 1, 1]).unwrap();
    let large =
        one.clone().broadcast(0, 1 << 20).unwrap().broadcast(1, 1 << 20).unwrap().broadcast(2, 1 << 18).unwrap();
    no_memory("patches", Patches::new(1 << 29).tail(Tail::Partial).split(&one).err());
    no_memory("patches", Patches::new(1).split(&large).err());
    no_memory("columns", Columns::new([1]).im2col(&large).err());
    no_memory("tiles", Tiles::new(.., 1, 0).on(large.shape()).unwrap().cut(&large).err());
    no_memory("a fold", Columns::new([1]).step(1 << 58).col2im(&one, 1 << 58).err());
    let pasted =
        Patches::new(1).join(large.index_axis(0, 0).unwrap().insert_axis(2).unwrap(), [1 << 20, 1 << 20, 1 << 18, 1]);
    assert!(pasted.is_err());
    no_memory("a taper", Tiles::new(.., 1 << 57, 0).tail(Tail::Partial).on(5).err());
    let (plan, few) = (ndwindow::unfold(0, 1, 1 << 57).plan([1 << 57]).unwrap(), View::new(&[1.0f32], [1, 1]).unwrap());
    no_memory("a fold", plan.fold(&few).err());
    no_memory("coverage", plan.fold_with(&few, Merge::mean().uncovered(0.0)).err());
    no_memory("coverage", plan.fold_with(&few, Merge::last().uncovered(0.0)).err());
    let frames = one.broadcast(0, 1 << 58).unwrap();
    no_memory("a signal of overlapped frames", OverlapAdd::sum(&[1.0], 1).unwrap().whole(&frames).err());
    for shape in [1 << 60, usize::MAX / 8, usize::MAX] {
        assert!(Columns::new(1).step(1 << 60).col2im(&View::new(&[1.0f64], [1, 1]).unwrap(), shape).is_err());
    }
}

/// Numbers at the ends of their types, wherever one goes in: a result or an error.
#[test]
#[cfg(target_pointer_width = "64")]
fn extreme_numbers() {
    const ENDS: [usize; 8] = [0, 1, 2, 3, 1 << 59, usize::MAX / 4, usize::MAX / 2, usize::MAX];
    let x = View::new(&[1.0f32; 8], [1, 2, 2, 2]).unwrap();
    let matrix = View::new(&[1.0f32; 8], [1, 8, 1]).unwrap();
    let (mut errors, mut results) = (0, 0);
    let mut tally = |ok: bool| if ok { results += 1 } else { errors += 1 };
    for [size, step, pad, other] in indices([ENDS.len(); 4]).map(|index| index.map(|i| ENDS[i])) {
        let columns = Columns::new([size, size]).step(step).pad(pad).dilation(other);
        tally(columns.im2col(&x).is_ok());
        tally(columns.clone().channels_last().im2col(&x).is_ok());
        tally(Columns::new(size).step(step).pad(pad).col2im(&matrix, [other, 2]).is_ok());
        tally(columns.col2im(&matrix, [1, 1]).is_ok());
        for tail in TAILS {
            if pad == 0 {
                tally(Patches::new([size, step]).tail(tail).split(&x).is_ok());
                tally(Patches::new(size).tail(tail).join(&matrix, [1, step, other, 2]).is_ok());
                tally(Tiles::new(.., size, step).tail(tail).on([other, 2]).is_ok());
            }
        }
        if let Ok(add) = OverlapAdd::sum(&[1.0f32, 1.0], size) {
            tally(add.samples(step).is_ok());
            assert!(add.stream().push(&[1.0, 1.0], &mut [0.0; 2]).is_ok());
        }
    }
    assert!(errors > 10_000 && results > 1000, "{errors} errors, {results} results");
}
