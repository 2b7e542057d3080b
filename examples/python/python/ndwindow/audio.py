"""Frames of signals, and their spectra."""

from . import _core


def frames(x, size, hop, *, axis=-1, center=False, mode="reflect", tail="drop", window=None):
    """Frames of ``size`` samples whose starts lie ``hop`` apart: ``[.., time] -> [.., frames, size]``.

    A read-only view of ``x`` where nothing is padded or overhangs, else a copy. ``center`` pads by half a frame on both ends, as ``mode``
    says ("reflect", "edge", "symmetric", "wrap", "empty"). ``window`` is multiplied onto every frame.
    """
    pad = size // 2 if center else 0
    windows = _core.unfold(x, axis, size, hop, pad=pad, mode=mode if center else "empty", tail=tail)
    try:
        made = windows.view()
    except ValueError:
        made = windows.copy()
    return made if window is None else made * window


def stft(x, n_fft, hop, *, window=None, center=False, mode="reflect", scale=None, two_sided=False, whole_hops=False,
         window_first=False, out=None, threads=None):
    """Short-time Fourier transform of real signals: ``[.., time] -> [.., frames, bins]``, complex.

    ``window`` is a name ("hann", the default; "hamming", "blackman", "cosine", "boxcar") or its values; a shorter one than ``n_fft``
    stands in the middle of a frame, or at its start with ``window_first`` (SciPy). ``center`` centres frame t on sample t * hop.
    ``scale`` is None, "unitary", "spectrum" or "density"; ``whole_hops`` fills one more frame up with zeros.

    ``librosa.stft(y, n_fft=n, hop_length=h)`` is ``stft(y, n, h, center=True, mode="empty").swapaxes(-1, -2)``.
    """
    asked = _asked(window, center, mode, scale, two_sided, whole_hops, window_first, False)
    return _core.stft(x, n_fft, hop, asked, out, threads)


def istft(spectra, n_fft, hop, *, window=None, center=False, mode="reflect", scale=None, two_sided=False, whole_hops=False,
          window_first=False, allow_gaps=False, length=None, out=None, threads=None):
    """The signal whose spectra come closest to ``spectra``: ``[.., frames, bins] -> [.., time]``; the arguments of ``stft``.

    ``length`` cuts the signal or lengthens it with zeros. A window and hop that cannot be divided out are a ``ValueError`` unless
    ``allow_gaps``.
    """
    asked = _asked(window, center, mode, scale, two_sided, whole_hops, window_first, allow_gaps)
    return _core.istft(spectra, n_fft, hop, asked, length, out, threads)


def _asked(window, center, mode, scale, two_sided, whole_hops, window_first, allow_gaps):
    return {
        "window": window, "center": center, "mode": mode, "scale": scale, "two_sided": two_sided,
        "whole_hops": whole_hops, "window_first": window_first, "allow_gaps": allow_gaps,
    }
