//! "Same geometry as ..." (docs/geometry.md): every row of the page, with the numbers the peer itself gives.
//!
//! The starts are those of 100 elements, windows of 32 (33 where named) and step 24, and were computed with NumPy 2.4.6, SciPy 1.17.1,
//! scikit-image 0.26.0, OpenCV 5.0.0, TensorFlow 2.21.0, Keras 3.15.1, JAX 0.10.2, ONNX Runtime 1.32.0 (opsets 1 to 23), librosa 0.11.0, SAHI
//! 0.12.8, patchify 0.2.3, tiler 0.6.0, tokenizers 0.23.3, pandas 3.1.1 and polars 2.1.0, as minima and maxima of windows over `0, 1, ..`, by an
//! impulse, or as the first element of each window. Those of MONAI 1.6.1, torchio 1.2.1 and nnU-Net 2.8.1 are what the functions of their sources
//! that choose the starts return. Those of PyTorch and torchaudio 2.11.0 are derived from the formulas of their documentation and,
//! for `kaldi`, their source; their own results are recorded in `tests/conformance` for other sizes.

use ndwindow::audio::{Framing, Stft};
use ndwindow::image::{Filter, Tiles};
use ndwindow::nn::Pool;
use ndwindow::text::{Align, TokenWindows};
use ndwindow::{PadMode, Tail, Unfold, unfold};

const LEN: usize = 100;

/// Where the windows over [`LEN`] elements start.
trait Starts {
    fn starts(&self) -> ndwindow::Result<Vec<isize>>;
}

impl Starts for Unfold {
    fn starts(&self) -> ndwindow::Result<Vec<isize>> {
        let plan = self.plan([LEN; 3])?; // whichever axis it names
        Ok((0..plan.len()).map(|i| plan.start(0, i)).collect())
    }
}

impl Starts for Framing {
    fn starts(&self) -> ndwindow::Result<Vec<isize>> {
        self.unfold().starts()
    }
}

impl Starts for Stft {
    fn starts(&self) -> ndwindow::Result<Vec<isize>> {
        let analysis = self.analysis::<f32>()?;
        let before = analysis.framing().pads().0;
        Ok((0..analysis.frames(LEN)? as isize).map(|t| t * analysis.framing().hop() as isize - before).collect())
    }
}

impl Starts for Filter<f32> {
    fn starts(&self) -> ndwindow::Result<Vec<isize>> {
        self.request(1)?.starts()
    }
}

impl Starts for Pool {
    fn starts(&self) -> ndwindow::Result<Vec<isize>> {
        let plan = self.plan([1, 1, LEN])?;
        Ok((0..plan.len()).map(|i| plan.start(0, i)).collect())
    }
}

impl Starts for Tiles {
    fn starts(&self) -> ndwindow::Result<Vec<isize>> {
        let tiling = self.on(LEN)?;
        Ok((0..tiling.len()).map(|k| tiling.plan().start(0, k)).collect())
    }
}

impl Starts for TokenWindows {
    fn starts(&self) -> ndwindow::Result<Vec<isize>> {
        Ok(self.plan(LEN)?.iter().map(|w| w.full.start as isize).collect())
    }
}

/// As the page writes it: all of a few, or the first, the last and how many, one apart.
fn spelled(starts: &[isize]) -> String {
    match starts {
        [first, .., last] if starts.len() > 8 => {
            assert!(starts.windows(2).all(|pair| pair[1] == pair[0] + 1), "one apart");
            format!("{first} .. {last} ({})", starts.len())
        }
        _ => starts.iter().map(isize::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// A row: the peer's call, ours, and the starts.
struct Row {
    theirs: &'static str,
    ours: &'static str,
    starts: String,
    golden: &'static str,
}

macro_rules! rows {
    ($($theirs:literal: $ours:expr => $golden:literal;)+) => {
        vec![$(Row {
            theirs: $theirs,
            ours: stringify!($ours),
            starts: spelled(&$ours.starts().expect($theirs)),
            golden: $golden,
        }),+]
    };
}

fn rows() -> Vec<Row> {
    let mut all = arrays();
    all.extend(networks());
    all.extend(sound_tiles_text_tables());
    all
}

fn arrays() -> Vec<Row> {
    rows! {
        // NumPy
        "sliding_window_view(x, 32)[::24]": unfold(0, 32, 24) => "0 24 48";
        "as_strided(x, (3, 32), (24 * x.itemsize, x.itemsize))": unfold(0, 32, 24) => "0 24 48";
        "np.convolve(x, k, \"valid\")": unfold(0, 32, 1) => "0 .. 68 (69)";
        "np.convolve(x, k, \"same\")": unfold(0, 32, 1).same_lower() => "-16 .. 83 (100)";
        "np.convolve(x, k, \"full\")": unfold(0, 32, 1).full() => "-31 .. 99 (131)";
        "np.pad(x, (3, 5), \"reflect\")": unfold(0, 1, 1).pad((3, 5)).pad_mode(PadMode::Reflect) => "-3 .. 104 (108)";
        // SciPy
        "ndimage.maximum_filter(x, 32)": Filter::new([32]) => "-16 .. 83 (100)";
        "ndimage.grey_dilation(x, 32)": Filter::new([32]).origin([-1]) => "-15 .. 84 (100)";
        "signal.spectrogram(x, nperseg=32, noverlap=8)": Framing::new(32, 24) => "0 24 48";
        "signal.stft(x, nperseg=32, noverlap=8)": Stft::new(32, 24).centered(PadMode::Empty).whole_hops()
            => "-16 8 32 56 80 104";
        "signal.ShortTimeFFT(w, 24, 1).stft(x)": Framing::new(32, 24).centered(PadMode::Empty) => "-16 8 32 56 80";
        // The standard library and ndarray
        "x.windows(32)": unfold(0, 32, 1) => "0 .. 68 (69)";
        "x.chunks(32)": unfold(0, 32, 32).tail(Tail::Partial) => "0 32 64 96";
        "a.windows_with_stride(32, 24)": unfold(0, 32, 24) => "0 24 48";
        "a.exact_chunks(32)": unfold(0, 32, 32) => "0 32 64";
        // scikit-image
        "view_as_windows(x, 32, 24)": unfold(0, 32, 24) => "0 24 48";
        "view_as_blocks(x, (25,))": unfold(0, 25, 25) => "0 25 50 75";
        "block_reduce(x, 32, np.max)": unfold(0, 32, 32).tail(Tail::Partial) => "0 32 64 96";
        // OpenCV
        "cv2.blur(x, (32, 1))": Filter::new([32]).border(PadMode::Reflect) => "-16 .. 83 (100)";
        "cv2.dilate(x, np.ones((1, 32)))": Filter::new([32]).border(PadMode::Empty) => "-16 .. 83 (100)";
    }
}

fn networks() -> Vec<Row> {
    rows! {
        // PyTorch
        "x.unfold(0, 32, 24)": unfold(0, 32, 24) => "0 24 48";
        "F.unfold(x, (1, 32), stride=(1, 24), padding=(0, 3))": unfold(-1, 32, 24).pad(3) => "-3 21 45 69";
        "F.max_pool1d(x, 32, 24)": Pool::new([32]).step(24) => "0 24 48";
        "F.max_pool1d(x, 32, 24, ceil_mode=True)": Pool::new([32]).step(24).ceil() => "0 24 48 72";
        "F.max_pool1d(x, 32, 24, 16, ceil_mode=True)": Pool::new([32]).step(24).pad(16).ceil() => "-16 8 32 56 80";
        "F.conv1d(x, w, stride=24, padding=8)": unfold(-1, 32, 24).pad(8) => "-8 16 40 64";
        "F.conv1d(x, w, padding=\"same\")": unfold(-1, 32, 1).same() => "-15 .. 84 (100)";
        "F.conv_transpose1d(x, w, stride=24)": unfold(-1, 32, 1).base_dilation(24).full() => "-31 .. 2376 (2408)";
        // TensorFlow and Keras
        "tf.nn.max_pool1d(x, 32, 24, \"VALID\")": unfold(1, 32, 24) => "0 24 48";
        "tf.nn.max_pool1d(x, 33, 24, \"SAME\")": unfold(1, 33, 24).same() => "-14 10 34 58 82";
        "tf.image.extract_patches(x, .., \"SAME\")": unfold(-2, 32, 24).same() => "-14 10 34 58 82";
        "tf.signal.frame(x, 32, 24)": unfold(-1, 32, 24) => "0 24 48";
        "tf.signal.frame(x, 32, 24, pad_end=True)": unfold(-1, 32, 24).pad((0, 31)) => "0 24 48 72 96";
        "timeseries_dataset_from_array(x, None, 32, sequence_stride=24)": unfold(0, 32, 24) => "0 24 48";
        "keras.ops.extract_sequences(x, 32, 24)": unfold(-1, 32, 24) => "0 24 48";
        "keras.layers.Conv1D(1, 32, 24, padding=\"causal\")": unfold(1, 32, 24).pad((31, 0)) => "-31 -7 17 41 65";
        // JAX
        "lax.reduce_window(x, .., (32,), (24,), \"VALID\")": unfold(0, 32, 24) => "0 24 48";
        "lax.reduce_window(x, .., (32,), (24,), \"SAME\")": unfold(0, 32, 24).same() => "-14 10 34 58 82";
        "lax.reduce_window(x, .., (32,), (24,), ((3, 5),))": unfold(0, 32, 24).pad((3, 5)) => "-3 21 45 69";
        "lax.conv_general_dilated_patches(x, (32,), (24,), ((8, -4),), (2,))":
            unfold(-1, 32, 24).pad((8, -4)).base_dilation(2) => "-8 16 40 64 88 112 136 160";
        // ONNX
        "MaxPool, AveragePool, LpPool, Conv: pads=[3, 5]": unfold(-1, 32, 24).onnx([3, 5]) => "-3 21 45 69";
        "auto_pad=\"SAME_UPPER\", 33": unfold(-1, 33, 24).same() => "-14 10 34 58 82";
        "auto_pad=\"SAME_LOWER\", 33": unfold(-1, 33, 24).same_lower() => "-15 9 33 57 81";
        "MaxPool, AveragePool (10): ceil_mode=1": unfold(-1, 32, 24).tail(Tail::Partial) => "0 24 48 72";
        "pads=[8, 16], ceil_mode=1": unfold(-1, 32, 24).onnx([8, 16]).tail(Tail::Partial) => "-8 16 40 64 88";
        "pads=[0, 30], ceil_mode=1": unfold(-1, 32, 24).onnx([0, 30]).tail(Tail::Partial) => "0 24 48 72 96";
        "Col2Im (18): block_shape=[32], strides=[24]": unfold(-1, 32, 24) => "0 24 48";
        "STFT (17): frame_length=32, frame_step=24": Framing::new(32, 24) => "0 24 48";
    }
}

fn sound_tiles_text_tables() -> Vec<Row> {
    rows! {
        // librosa and torchaudio
        "librosa.util.frame(x, 32, 24)": Framing::new(32, 24) => "0 24 48";
        "librosa.stft(x, n_fft=32, hop_length=24)": Framing::new(32, 24).centered(PadMode::Empty) => "-16 8 32 56 80";
        "librosa.feature.zero_crossing_rate(x, 32, 24)": Framing::new(32, 24).centered(PadMode::Edge)
            => "-16 8 32 56 80";
        "torch.stft(x, 32, 24)": Framing::new(32, 24).centered(PadMode::Reflect) => "-16 8 32 56 80";
        "torchaudio.transforms.Spectrogram(32, hop_length=24)": Framing::new(32, 24).centered(PadMode::Reflect)
            => "-16 8 32 56 80";
        "kaldi.fbank(x, snip_edges=True)": Framing::new(32, 24) => "0 24 48";
        "kaldi.fbank(x, snip_edges=False)": Framing::new(32, 24).pad(4, 0, PadMode::Symmetric) => "-4 20 44 68";
        // tiles
        "sliding_window_inference(x, 32, .., overlap=0.25)": Tiles::new(0, 32, 8) => "0 24 48 68";
        "sahi.get_slice_bboxes(.., 32, 32, .., 0.25, 0.25)": Tiles::new(0, 32, 8) => "0 24 48 68";
        "torchio.GridSampler(x, 32, 8)": Tiles::new(0, 32, 8) => "0 24 48 68";
        "compute_steps_for_sliding_window((100,), (32,), 0.75)": Tiles::new(0, 32, 8).tail(Tail::Spread)
            => "0 22 45 68";
        "patchify(x, (32,), 24)": unfold(0, 32, 24) => "0 24 48";
        "Tiler((100,), (32,), overlap=8, mode=\"drop\")": unfold(0, 32, 24) => "0 24 48";
        "Tiler((100,), (32,), overlap=8, mode=\"constant\")": Tiles::new(0, 32, 8).tail(Tail::Partial) => "0 24 48 72";
        "Tiler((100,), (32,), overlap=8, mode=\"reflect\")": unfold(0, 32, 24).pad((0, 4)).pad_mode(PadMode::Reflect)
            => "0 24 48 72";
        // text
        "enable_truncation(32, stride=8)": TokenWindows::new(32).overlap(8) => "0 24 48 72";
        "enable_truncation(32, stride=8, direction=\"left\")": TokenWindows::new(32).overlap(8).align(Align::Right)
            => "0 20 44 68";
        // tables
        "s.rolling(32)": unfold(0, 32, 1) => "0 .. 68 (69)";
        "s.rolling(32, min_periods=1)": unfold(0, 32, 1).pad((31, 0)) => "-31 .. 68 (100)";
        "s.rolling(32, min_periods=1, step=24)": unfold(0, 32, 24).pad((31, 0)) => "-31 -7 17 41 65";
        "s.rolling(32, min_periods=1, center=True)": unfold(0, 32, 1).pad((16, 15)) => "-16 .. 83 (100)";
        "s.rolling(32, min_periods=1, closed=\"left\")": unfold(0, 32, 1).pad((32, -1)) => "-32 .. 67 (100)";
        "s.rolling(32, min_periods=1, closed=\"both\")": unfold(0, 33, 1).pad((32, 0)) => "-32 .. 67 (100)";
        "s.rolling(32, min_periods=1, closed=\"neither\")": unfold(0, 31, 1).pad((31, -1)) => "-31 .. 68 (100)";
        "s.rolling(FixedForwardWindowIndexer(window_size=32), step=24)": unfold(0, 32, 24).pad((0, 31))
            => "0 24 48 72 96";
        "s.rolling_mean(32, min_samples=1)": unfold(0, 32, 1).pad((31, 0)) => "-31 .. 68 (100)";
        "s.rolling_mean(32, min_samples=1, center=True)": unfold(0, 32, 1).pad((16, 15)) => "-16 .. 83 (100)";
        "df.group_by_dynamic(\"i\", every=\"24i\", period=\"32i\")": unfold(0, 32, 24).pad((0, 31)) => "0 24 48 72 96";
    }
}

#[test]
fn starts_are_the_peers() {
    for row in rows() {
        assert_eq!(row.starts, row.golden, "{} as {}", row.theirs, row.ours);
    }
}

/// The peers that are at hand are asked themselves.
#[test]
fn rust_itself() {
    let x: Vec<isize> = (0..LEN as isize).collect();
    let golden = |theirs: &str| rows().into_iter().find(|row| row.theirs == theirs).unwrap().golden;
    let firsts = |windows: &mut dyn Iterator<Item = isize>| spelled(&windows.collect::<Vec<_>>());
    assert_eq!(firsts(&mut x.windows(32).map(|w| w[0])), golden("x.windows(32)"));
    assert_eq!(firsts(&mut x.chunks(32).map(|w| w[0])), golden("x.chunks(32)"));
    let a = ndarray::aview1(&x);
    let strided = a.windows_with_stride(32, 24);
    assert_eq!(firsts(&mut strided.into_iter().map(|w| w[0])), golden("a.windows_with_stride(32, 24)"));
    assert_eq!(firsts(&mut a.exact_chunks(32).into_iter().map(|w| w[0])), golden("a.exact_chunks(32)"));
}

/// nnU-Net rounds starts to the nearest, we round down: never more than one apart.
#[test]
fn spread_tiles_are_one_apart_at_most() {
    for (step, theirs) in [(24, vec![0, 23, 45, 68]), (16, vec![0, 14, 27, 41, 54, 68])] {
        let ours = Tiles::new(0, 32, 32 - step).tail(Tail::Spread).starts().unwrap();
        assert_eq!(ours.len(), theirs.len());
        assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() <= 1), "{ours:?}");
    }
}

/// The rows of the page are those above, in this order, and say the same.
#[test]
fn the_page_has_every_row() {
    let page = include_str!("../docs/geometry.md");
    let code = |cell: &str| cell.trim().trim_matches('`').to_string();
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(code).collect::<Vec<_>>();
    let table = page.lines().filter(|l| l.starts_with("| `")).map(cells).filter(|cells| cells.len() == 4);
    let table: Vec<Vec<String>> = table.collect();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    for (row, cells) in rows().iter().zip(&table) {
        assert_eq!(cells[0], row.theirs);
        assert_eq!(squeezed(&cells[1]), squeezed(row.ours), "{}", row.theirs);
        assert_eq!(cells[2], row.golden, "{}", row.theirs);
    }
    assert_eq!(table.len(), rows().len());
}
