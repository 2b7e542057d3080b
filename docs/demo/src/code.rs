//! A plan of one axis as code.

use ndwindow::{AxisPlan, PadMode, Tail};

/// The request as Rust: the title of its picture.
pub(crate) fn rust(picture: &str) -> String {
    let title = picture.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let code = title.map_or("", |(title, _)| title);
    code.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What both Python libraries need to know.
struct Line<'p> {
    axis: &'p AxisPlan,
    /// The elements a crop leaves, as an expression, and how many.
    data: String,
    kept: usize,
    /// Pads that are not negative.
    before: isize,
    after: isize,
    /// Elements and pads.
    total: isize,
}

impl Line<'_> {
    fn new(axis: &AxisPlan) -> Line<'_> {
        let (before, after) = axis.pads();
        let kept = axis.line();
        let data = match (before < 0, after < 0) {
            (false, false) => "x".to_string(),
            (true, false) => format!("x[{}:]", kept.start),
            (false, true) => format!("x[:{}]", kept.end),
            (true, true) => format!("x[{}:{}]", kept.start, kept.end),
        };
        let (before, after) = (before.max(0), after.max(0));
        let total = before + kept.len() as isize + after;
        Line { axis, data, kept: kept.len(), before, after, total }
    }

    fn is_padded(&self) -> bool {
        (self.before, self.after) != (0, 0)
    }

    /// Zeros behind the padding that overhanging windows read.
    fn overhang(&self) -> isize {
        let last = self.axis.count().saturating_sub(1) * self.axis.step() + self.axis.span();
        if self.axis.tail() == Tail::Partial { (last as isize - self.total).max(0) } else { 0 }
    }

    /// Whether the starts follow from the step alone.
    fn is_even(&self) -> bool {
        matches!(self.axis.tail(), Tail::Drop | Tail::Partial)
    }

    /// Windows that a plain slice would make beyond those there are.
    fn bound(&self) -> String {
        let natural = (self.total + self.overhang() - self.axis.span() as isize) / self.axis.step() as isize + 1;
        if natural > self.axis.count() as isize { self.axis.count().to_string() } else { String::new() }
    }

    fn shape(&self) -> String {
        format!("  # ({}, {})\n", self.axis.count(), self.axis.window())
    }

    /// Where windows start in the padded line, if unevenly.
    fn starts(&self, library: &str) -> String {
        let (count, step, room) = (self.axis.count(), self.axis.step(), self.total - self.axis.span() as isize);
        let least = match library {
            "np" => format!("np.minimum(np.arange({count}) * {step}, {room})"),
            _ => format!("torch.clamp(torch.arange({count}) * {step}, max={room})"),
        };
        match self.axis.tail() {
            Tail::Spread if count > 1 => format!("{library}.arange({count}) * {room} // {}", count - 1),
            _ => least,
        }
    }

    /// What is read of the starts.
    fn uneven(&self, library: &str, name: &str) -> String {
        let (span, dilation) = (self.axis.span(), self.axis.dilation());
        let taps = match dilation {
            1 => format!("{library}.arange({span})"),
            _ => format!("{library}.arange(0, {span}, {dilation})"),
        };
        format!("starts = {}\nw = {name}[starts[:, None] + {taps}]{}", self.starts(library), self.shape())
    }

    fn is_nothing(&self) -> bool {
        self.axis.count() == 0 || (self.kept == 0 && !self.is_padded())
    }
}

/// The windows by NumPy.
pub(crate) fn numpy(axis: &AxisPlan) -> String {
    let line = Line::new(axis);
    let mut code = "import numpy as np\n".to_string();
    if line.is_even() {
        code += "from numpy.lib.stride_tricks import sliding_window_view\n";
    }
    code += &format!("\nx = np.arange({})\n", axis.len());
    if line.is_nothing() {
        return code + &format!("w = np.empty(({}, {}))\n", axis.count(), axis.window());
    }
    let mut name = line.data.clone();
    if line.is_padded() {
        let mode = match axis.pad_mode() {
            PadMode::Edge => ", mode=\"edge\"",
            PadMode::Reflect => ", mode=\"reflect\"",
            PadMode::Symmetric => ", mode=\"symmetric\"",
            PadMode::Wrap => ", mode=\"wrap\"",
            _ => "",
        };
        code += &format!("p = np.pad({name}, ({}, {}){mode})\n", line.before, line.after);
        name = "p".to_string();
    }
    if line.overhang() > 0 {
        code += &format!("p = np.pad({name}, (0, {}))  # the overhang\n", line.overhang());
        name = "p".to_string();
    }
    if !line.is_even() {
        return code + &line.uneven("np", &name);
    }
    let (span, step) = (axis.span(), axis.step());
    let end = match line.bound() {
        bound if bound.is_empty() => bound,
        _ => ((axis.count() - 1) * step + 1).to_string(),
    };
    let mut picked = match (end.is_empty(), step) {
        (true, 1) => ":".to_string(),
        (_, 1) => format!(":{end}"),
        _ => format!(":{end}:{step}"),
    };
    match axis.dilation() {
        1 => {}
        dilation => picked += &format!(", ::{dilation}"),
    }
    let picked = if picked == ":" { String::new() } else { format!("[{picked}]") };
    code + &format!("w = sliding_window_view({name}, {span}){picked}{}", line.shape())
}

/// The windows by PyTorch.
pub(crate) fn torch(axis: &AxisPlan) -> String {
    let line = Line::new(axis);
    let (before, after, n) = (line.before, line.after, line.kept as isize);
    let mode = match axis.pad_mode() {
        PadMode::Edge => Some("replicate"),
        PadMode::Reflect if before < n && after < n => Some("reflect"),
        PadMode::Wrap if before <= n && after <= n => Some("circular"),
        _ => None,
    };
    let index = line.is_padded() && mode.is_none() && axis.pad_mode() != PadMode::Empty;
    let mut code = "import torch\n".to_string();
    if (line.is_padded() && !index) || line.overhang() > 0 {
        code += "import torch.nn.functional as F\n";
    }
    code += &format!("\nx = torch.arange({}.)\n", axis.len());
    if line.is_nothing() {
        return code + &format!("w = torch.empty({}, {})\n", axis.count(), axis.window());
    }
    let mut name = line.data.clone();
    if index {
        // PyTorch has no such border: which element stands where.
        code += &format!("i = torch.arange({}, {})\n", -before, n + after);
        code += &match axis.pad_mode() {
            PadMode::Symmetric => format!("i = i % {0}\ni = torch.where(i < {n}, i, {1} - i)\n", 2 * n, 2 * n - 1),
            PadMode::Reflect => format!("i = i % {0}\ni = torch.where(i < {n}, i, {0} - i)\n", (2 * n - 2).max(1)),
            _ => format!("i = i % {n}\n"),
        };
        code += &format!("p = {name}[i]\n");
        name = "p".to_string();
    } else if line.is_padded() {
        code += &match mode {
            Some(mode) => format!("p = F.pad({name}[None], ({before}, {after}), mode=\"{mode}\")[0]\n"),
            None => format!("p = F.pad({name}, ({before}, {after}))\n"),
        };
        name = "p".to_string();
    }
    if line.overhang() > 0 {
        code += &format!("p = F.pad({name}, (0, {}))  # the overhang\n", line.overhang());
        name = "p".to_string();
    }
    if !line.is_even() {
        return code + &line.uneven("torch", &name);
    }
    let picked = match (line.bound(), axis.dilation()) {
        (bound, 1) if bound.is_empty() => String::new(),
        (bound, 1) => format!("[:{bound}]"),
        (bound, dilation) => format!("[:{bound}, ::{dilation}]"),
    };
    code + &format!("w = {name}.unfold(0, {}, {}){picked}{}", axis.span(), axis.step(), line.shape())
}
