//! Many numbers divided by one, rounded as a division is, by multiplications.

/// Numbers a chunk of which is divided by the same number.
pub(crate) trait Quotient: Copy {
    /// `out[i] = values[i] / by`, to the bit. `FUSED` says that a fused multiply-add is one instruction.
    ///
    /// A division takes as long as ten to twenty multiplications. With `share` the nearest number to `1 / by`, `q = v * share` is at most
    /// two units in its last place off the quotient, and `v - q * by` is exact; adding `share` times that, fused, leaves an error
    /// of two units times that of `share`, `2^-23` of a unit for `f32` and `2^-52` for `f64`, before it is rounded. No quotient by a
    /// whole number comes closer than `1 / (2 by)` of a unit to where rounding turns (there it would take a longer `v`), so that it is rounded
    /// as it should be, as long as nothing overflows or loses bits below the smallest normal number. A chunk with a value for which
    /// that might happen, or with -0.0, is divided. (After Markstein, "Computation of elementary functions on the IBM RISC
    /// System/6000 processor", 1990.)
    fn divide<const FUSED: bool, const L: usize>(values: &[Self; L], by: Self, out: &mut [Self; L]);
}

/// Numbers of a chunk.
pub(crate) const CHUNK: usize = 64;

/// `out[i] = values[i] / by`, for as many as there are of both.
#[inline(always)]
pub(crate) fn quotients<const FUSED: bool, Q: Quotient + core::ops::Div<Output = Q>>(
    values: &[Q],
    by: Q,
    out: &mut [Q],
) {
    let n = values.len().min(out.len());
    let mut at = 0;
    while n >= CHUNK && at < n {
        // What does not fill a chunk is a part of one.
        let from = at.min(n - CHUNK);
        if let (Some(values), Some(out)) = (values[from..].first_chunk(), out[from..].first_chunk_mut()) {
            Q::divide::<FUSED, CHUNK>(values, by, out);
        }
        at += CHUNK;
    }
    for k in at..n {
        out[k] = values[k] / by;
    }
}

macro_rules! impl_quotient {
    ($($t:ty: $most:expr, $low:expr, $high:expr;)*) => { $(
        impl Quotient for $t {
            #[inline(always)]
            fn divide<const FUSED: bool, const L: usize>(values: &[$t; L], by: $t, out: &mut [$t; L]) {
                // `core` has no fused multiply-add.
                #[cfg(feature = "std")]
                if FUSED && (1.0..=$most).contains(&by) && by == by.trunc() {
                    let share = 1.0 / by;
                    let mut safe = true;
                    for i in 0..L {
                        let v = values[i];
                        let q = v * share;
                        out[i] = (-q).mul_add(by, v).mul_add(share, q);
                        safe &= (v.abs() >= $low) & (v.abs() <= $high) | (v.to_bits() == 0);
                    }
                    if safe {
                        return;
                    }
                }
                for i in 0..L {
                    out[i] = values[i] / by;
                }
            }
        }
    )* };
}

impl_quotient! {
    // Whole numbers up to 2^20 and 2^30. Far from both ends: a remainder is as small as 2^-24 (2^-53) times its value.
    f32: 1_048_576.0, 1e-18, 1e30;
    f64: 1_073_741_824.0, 1e-250, 1e300;
}

#[cfg(test)]
mod tests {
    use super::Quotient;
    use crate::kernel::level::{Kernel, Level};

    struct Divide<'a, T>([T; 64], T, &'a mut [T; 64]);
    impl<T: Quotient> Kernel for Divide<'_, T> {
        type Out = ();
        #[inline(always)]
        fn run(self) {
            T::divide::<false, 64>(&self.0, self.1, self.2);
        }
        #[inline(always)]
        fn run_at<const BYTES: usize>(self) {
            if BYTES > 16 {
                T::divide::<true, 64>(&self.0, self.1, self.2);
            } else {
                self.run();
            }
        }
    }

    macro_rules! divides {
        ($t:ty, $special:expr) => {
            let mut state = 88172645463325252u64;
            let mut random = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state
            };
            for level in Level::all() {
                for round in 0..4000usize {
                    // All small numbers, then any; values of all sizes, near each other, near multiples of the divisor.
                    let n = if round < 1000 { round as u64 + 1 } else { random() % 1_000_000_000 + 1 } as $t;
                    let mut values: [$t; 64] = core::array::from_fn(|_| match random() % 8 {
                        0 => <$t>::from_bits(random() as _),
                        1 | 2 => (random() % 1000) as $t * n,
                        3 => ((random() % 1000) as $t * n).next_up(),
                        4 => ((random() % 100_000) as $t + 0.5) * n,
                        _ => random() as $t / 1e18 - 9.0,
                    });
                    if round % 2 == 0 {
                        values = values.map(|v| if v.abs() > 1e-15 && v.abs() < 1e25 { v } else { 1.0 });
                    }
                    if round % 16 == 1 {
                        values[round % 64] = $special[round / 16 % $special.len()];
                    }
                    let mut out = [0.0; 64];
                    level.run(Divide(values, n, &mut out));
                    for (v, q) in values.iter().zip(out) {
                        let want = v / n;
                        let same = q.to_bits() == want.to_bits() || q.is_nan() && want.is_nan();
                        assert!(same, "{v:e} / {n} gave {q:e} at {level:?}");
                    }
                }
            }
        };
    }

    #[test]
    fn quotients_are_those_of_a_division() {
        divides!(f32, [0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX, f32::MIN_POSITIVE, 1e-45]);
        divides!(f64, [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN_POSITIVE, 5e-324]);
    }
}
