//! Short-time Fourier transforms and their inverses: librosa, PyTorch, SciPy, ONNX.

use ndwindow::audio::{Complex, FftNum, Sample, Scale, Stft};
use ndwindow::{Array, PadMode, View};

use super::{Outputs, one};
use crate::case::{Case, Fail, Operand, Outcome};
use crate::tensor::{Scalar, Tensor, with_types};

/// A number the transforms take.
trait Real: Scalar + Sample + FftNum {}
impl<T: Scalar + Sample + FftNum> Real for T {}

/// `librosa.stft`, `torch.stft`.
pub fn stft(case: &Case) -> Outcome<Outputs> {
    forward(case, &plan(case)?, false)
}

/// `librosa.istft`, `torch.istft`.
pub fn istft(case: &Case) -> Outcome<Outputs> {
    let plan = plan(case)?;
    // librosa leaves a sample alone where the squared windows add up to nothing; PyTorch refuses.
    inverse(case, &if case.op.starts_with("librosa") { plan.allow_gaps() } else { plan })
}

fn plan(case: &Case) -> Outcome<Stft> {
    let n_fft = case.size(&["n_fft"])?.unwrap_or(2048);
    let win_length = case.size(&["win_length"])?.unwrap_or(n_fft);
    let hop = case.size(&["hop_length"])?.unwrap_or(win_length / 4);
    let mut plan = Stft::new(n_fft, hop).window(&window(case, win_length)?);
    if case.flag(&["center"]).unwrap_or(true) {
        let mode = case.word(&["pad_mode"]);
        let default = if case.op.starts_with("torch") { "reflect" } else { "constant" };
        plan = plan.centered(pad_mode(mode.unwrap_or(default))?);
    }
    if case.flag(&["normalized"]).unwrap_or(false) {
        plan = plan.scale(Scale::Unitary);
    }
    Ok(if case.flag(&["onesided"]).unwrap_or(true) { plan } else { plan.two_sided() })
}

/// `scipy.signal.stft`.
pub fn scipy_stft(case: &Case) -> Outcome<Outputs> {
    let mut plan = scipy_plan(case)?;
    // SciPy extends by zeros unless told; null turns the extension off.
    let boundary = case.attrs.get("boundary").map_or(Some("zeros"), |boundary| boundary.as_str());
    if let Some(boundary) = boundary {
        plan = plan.centered(scipy_mode(boundary)?);
    }
    if case.flag(&["padded"]).unwrap_or(true) {
        plan = plan.whole_hops();
    }
    if case.flag(&["return_onesided"]) == Some(false) {
        plan = plan.two_sided();
    }
    forward(case, &plan, false)
}

/// `scipy.signal.istft`.
pub fn scipy_istft(case: &Case) -> Outcome<Outputs> {
    let plan = scipy_plan(case)?;
    let centered = case.flag(&["boundary"]).unwrap_or(true);
    inverse(case, &if centered { plan.centered(PadMode::Empty) } else { plan })
}

fn scipy_plan(case: &Case) -> Outcome<Stft> {
    let nperseg = case.size(&["nperseg"])?.unwrap_or(256);
    let overlap = case.size(&["noverlap"])?.unwrap_or(nperseg / 2);
    let nfft = case.size(&["nfft"])?.unwrap_or(nperseg);
    let hop = nperseg.checked_sub(overlap).ok_or_else(|| Fail::Inexpressible("a hop below zero".into()))?;
    let scale = if case.word(&["scaling"]) == Some("psd") { Scale::Density } else { Scale::Spectrum };
    Ok(Stft::new(nfft, hop).window(&window(case, nperseg)?).window_first().scale(scale))
}

/// `scipy.signal.ShortTimeFFT.stft`.
pub fn short_time_fft(case: &Case) -> Outcome<Outputs> {
    let needed = |name: &str| {
        let value = case.wholes(&[name])?.and_then(|values| values.first().copied());
        value.ok_or_else(|| Fail::runner(format!("no {name}")))
    };
    let (size, middle, hop) = (needed("m_num")?, needed("m_num_mid")?, needed("hop")?);
    let (first, end) = (needed("p_min")?, needed("p_max")?);
    let samples = case.x()?.shape().last().copied().unwrap_or(0) as isize;
    // Slice p starts at p * hop - middle, and the last one ends where the padding does.
    let before = middle - first * hop;
    let after = (end - 1) * hop - middle + size - samples;
    let mode = scipy_mode(case.word(&["padding"]).unwrap_or("zeros"))?;
    let mut plan = Stft::new(needed("mfft")? as usize, hop as usize)
        .window(&window(case, size as usize)?)
        .window_first()
        .pad(before, after, mode);
    if case.flag(&["phase_shift"]).is_some() {
        plan = plan.rotated((middle % size) as usize);
    }
    match case.word(&["fft_mode"]) {
        Some("onesided") => forward(case, &plan, false),
        Some("centered") => forward(case, &plan.two_sided(), true),
        _ => forward(case, &plan.two_sided(), false),
    }
}

/// ONNX: signal `[batch, samples, 1 or 2]` to `[batch, frames, bins, 2]`.
pub fn onnx_stft(case: &Case) -> Outcome<Outputs> {
    let signal = case.x()?;
    let step = case.input(&["frame_step"], 1).ok_or_else(|| Fail::runner("no frame step".into()))?;
    let step = scalar(step)?;
    // Window and frame length are both optional; the window is the one of floats.
    let rest = case.inputs.get(2..).unwrap_or(&[]);
    let is_window = |input: &&Operand| input.tensor.dtype().starts_with(['F', 'B']) && input.rank() == 1;
    let window = rest.iter().find(is_window).map(|input| input.tensor.to_f64s());
    let length = rest.iter().find(|input| !is_window(input)).map(scalar).transpose()?;
    let window = match (window, length) {
        (Some(window), _) => window,
        (None, Some(length)) => vec![1.0; length],
        (None, None) => return Err(Fail::runner("neither a window nor a frame length".into())),
    };
    let plan = Stft::new(length.unwrap_or(window.len()), step).window(&window);
    let onesided = case.flag(&["onesided"]).unwrap_or(true);
    let plan = if onesided { plan } else { plan.two_sided() };
    one(
        "output",
        with_types!(&signal.tensor, array => {
        let view = signal.view(array)?;
        let spectra = match view.shape() {
            [_, _, 2] => plan.analysis()?.forward_complex(&complex(&view)?)?,
            [_, _, 1] => plan.analysis()?.forward(&view.index_axis(2, 0)?)?,
            _ => plan.analysis()?.forward(&view)?,
        };
        let shape = spectra.shape().to_vec();
        parts(&spectra.view(), &shape)
    }; F32 F64),
    )
}

fn scalar(input: &Operand) -> Outcome<usize> {
    let values = input.tensor.to_i64s()?;
    let value = values.first().and_then(|&value| usize::try_from(value).ok());
    value.ok_or_else(|| Fail::Inexpressible(format!("{} {values:?}", input.name)))
}

/// The window that is an input, or the one that is only named (in records of errors), or ones.
fn window(case: &Case, length: usize) -> Outcome<Vec<f64>> {
    match case.find(&["window"]) {
        Some(input) => values(input),
        None if case.word(&["window"]) == Some("hann") => Ok(ndwindow::audio::WindowFn::Hann.periodic(length)?),
        None => Ok(vec![1.0; length]),
    }
}

fn values(input: &Operand) -> Outcome<Vec<f64>> {
    with_types!(&input.tensor, array => {
        Ok(input.view(array)?.iter().map(|&w| w.to_f64()).collect())
    }; F16 F32 F64)
}

/// librosa has NumPy's names, PyTorch has two of its own.
fn pad_mode(name: &str) -> Outcome<PadMode> {
    match name {
        "constant" => Ok(PadMode::Empty),
        "edge" | "replicate" => Ok(PadMode::Edge),
        "reflect" => Ok(PadMode::Reflect),
        "symmetric" => Ok(PadMode::Symmetric),
        "circular" | "wrap" => Ok(PadMode::Wrap),
        other => Err(Fail::Inexpressible(format!("a pad mode called {other}"))),
    }
}

fn scipy_mode(name: &str) -> Outcome<PadMode> {
    match name {
        "zeros" => Ok(PadMode::Empty),
        "constant" | "edge" => Ok(PadMode::Edge),
        "even" => Ok(PadMode::Reflect),
        other => Err(Fail::Inexpressible(format!("a boundary called {other}"))),
    }
}

/// `[.., time] -> [.., bins, frames, 2]`, the zero bin in the middle if `centered`.
fn forward(case: &Case, plan: &Stft, centered: bool) -> Outcome<Outputs> {
    let x = case.x()?;
    // `ShortTimeFFT` computes in the window's type.
    let wide = case.find(&["window"]).is_some_and(|w| w.tensor.dtype() == "F64") && case.op.contains("short_time");
    one(
        "y",
        with_types!(&x.tensor, array => {
        let view = x.view(array)?;
        if wide {
            let view = Array::new(view.iter().map(|&x| Scalar::to_f64(x)).collect(), view.shape())?;
            spectra(&view.view(), plan, centered)
        } else {
            spectra(&view, plan, centered)
        }
    }; F32 F64),
    )
}

fn spectra<T: Real>(x: &View<'_, T>, plan: &Stft, centered: bool) -> Outcome<Tensor>
where
    Tensor: From<Array<T>>,
{
    let spectra = plan.analysis::<T>()?.forward(x)?;
    let mut order: Vec<isize> = (0..spectra.rank() as isize).collect();
    order.swap(spectra.rank() - 2, spectra.rank() - 1);
    let by_bin = spectra.permute(&order)?.to_array();
    let shape = by_bin.shape().to_vec();
    if centered {
        let (bins, frames) = (shape[shape.len() - 2], shape[shape.len() - 1]);
        let mut shifted = by_bin.clone();
        let planes = by_bin.as_slice().chunks_exact(bins * frames);
        for (to, from) in shifted.as_mut_slice().chunks_exact_mut(bins * frames).zip(planes) {
            to.copy_from_slice(from);
            to.rotate_right(bins / 2 * frames);
        }
        return parts(&shifted.view(), &shape);
    }
    parts(&by_bin.view(), &shape)
}

/// Real and imaginary parts along a new last axis.
fn parts<T: Real>(spectra: &View<'_, Complex<T>>, shape: &[usize]) -> Outcome<Tensor>
where
    Tensor: From<Array<T>>,
{
    let values = spectra.iter().flat_map(|z| [z.re, z.im]).collect();
    Ok(Array::new(values, [shape, &[2]].concat())?.into())
}

fn complex<T: Real>(x: &View<'_, T>) -> Outcome<Array<Complex<T>>> {
    let flat: Vec<T> = x.iter().copied().collect();
    let values = flat.chunks_exact(2).map(|part| Complex::new(part[0], part[1])).collect();
    Ok(Array::new(values, &x.shape()[..x.rank() - 1])?)
}

/// `[.., bins, frames, 2] -> [.., time]`.
fn inverse(case: &Case, plan: &Stft) -> Outcome<Outputs> {
    let spec = case.input(&["spec"], 0).ok_or_else(|| Fail::runner("no spectra".into()))?;
    let length = case.size(&["length"])?;
    one(
        "y",
        with_types!(&spec.tensor, array => {
        let spectra = complex(&spec.view(array)?)?;
        let mut order: Vec<isize> = (0..spectra.rank() as isize).collect();
        order.swap(spectra.rank() - 2, spectra.rank() - 1);
        let view = spectra.permute(&order)?;
        Ok(plan.synthesis()?.inverse(&view, length)?.into())
    }; F32 F64),
    )
}
