//! `f16` and `bf16`: every operation that takes them does what it does to the same numbers as `f32`, rounded once where it rounds.

use half::{bf16, f16};
use ndwindow::image::Filter;
use ndwindow::nn::{Divisor, Indices, Pool};
use ndwindow::{Array, PadMode, View, unfold};

/// Numbers that both formats hold, so that sums of a few are exact in `f32`.
const X: [f32; 12] = [1.5, -2.0, 0.0, -0.0, 3.0, f32::NAN, 2.0, f32::NEG_INFINITY, f32::INFINITY, -4.0, 0.25, 6.0];

macro_rules! formats {
    ($($name:ident: $half:ty;)*) => { $(
        mod $name {
            use super::*;

            /// The same array twice; `keep` says which elements are used.
            fn arrays(keep: impl Fn(f32) -> bool) -> (Vec<$half>, Vec<f32>) {
                let from: Vec<f32> = X.into_iter().filter(|&x| keep(x)).collect();
                let wide: Vec<f32> = (0..9 * 17).map(|i: usize| from[(i * i * 5 + i / 3) % from.len()]).collect();
                (wide.iter().map(|&x| <$half>::from_f32(x)).collect(), wide)
            }

            /// The same value, to the sign of a zero.
            fn same(a: $half, b: f32) {
                let b = <$half>::from_f32(b);
                assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(), "{a} is not {b}");
            }

            fn all(a: &Array<$half>, b: &Array<f32>) {
                assert_eq!(a.shape(), b.shape());
                a.iter().zip(b).for_each(|(a, b)| same(*a, *b));
            }

            fn wide(a: &Array<f32>, b: &Array<f32>) {
                assert_eq!(a.shape(), b.shape());
                for (a, b) in a.iter().zip(b) {
                    assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(), "{a} is not {b}");
                }
            }

            #[test]
            fn reductions_and_copies() {
                for numbers in [true, false] {
                    let (x, y) = arrays(|x| !numbers || !x.is_nan());
                    let (x, y) = (View::new(&x, [9, 17]).unwrap(), View::new(&y, [9, 17]).unwrap());
                    for (window, mode) in [(2, PadMode::Empty), (3, PadMode::Edge), (3, PadMode::Empty), (9, PadMode::Wrap)] {
                        let request = unfold([0, 1], window, 1).pad(1).pad_mode(mode);
                        let (a, b) = (request.windows(&x).unwrap(), request.windows(&y).unwrap());
                        all(&a.max(), &b.max());
                        all(&a.min(), &b.min());
                        wide(&a.sum(), &b.sum());
                        wide(&a.mean(), &b.mean());
                        wide(&a.median().unwrap(), &b.median().unwrap());
                        wide(&a.quantile(0.3).unwrap(), &b.quantile(0.3).unwrap());
                        wide(&a.var(0), &b.var(0));
                        wide(&a.norm(2.0).unwrap(), &b.norm(2.0).unwrap());
                        all(&a.rank(0).unwrap(), &b.rank(0).unwrap());
                        assert_eq!(a.argmax().unwrap(), b.argmax().unwrap());
                        assert_eq!(a.argmin().unwrap(), b.argmin().unwrap());
                        let (c, d) = (a.skip_nan().min_count(2), b.skip_nan().min_count(2));
                        all(&c.max(), &d.max());
                        all(&c.min(), &d.min());
                        wide(&c.sum(), &d.sum());
                        wide(&c.mean(), &d.mean());
                        wide(&c.std(1), &d.std(1));
                        wide(&c.median(), &d.median());
                        assert_eq!((c.argmax(), c.argmin()), (d.argmax(), d.argmin()));
                        all(&a.to_array(), &b.to_array());
                        all(&a.fill(<$half>::ONE).max(), &b.fill(1.0).max());
                    }
                }
            }

            #[test]
            fn pools_and_filters() {
                for numbers in [true, false] {
                    let (x, y) = arrays(|x| !numbers || !x.is_nan());
                    let (x, y) = (View::new(&x, [1, 9, 17]).unwrap(), View::new(&y, [1, 9, 17]).unwrap());
                    for pool in [Pool::new([2, 2]), Pool::new([3, 3]).step(2).pad(1).ceil(), Pool::new([4, 5]).step(1)] {
                        all(&pool.max_pool(&x).unwrap(), &pool.max_pool(&y).unwrap());
                        for divisor in [Divisor::Padded, Divisor::Elements, Divisor::Fixed(3)] {
                            all(&pool.avg_pool(&x, divisor).unwrap(), &pool.avg_pool(&y, divisor).unwrap());
                        }
                        wide(&pool.lp_pool(&x, 2.0).unwrap(), &pool.lp_pool(&y, 2.0).unwrap());
                        let (a, b) = (pool.max_pool_with_indices(&x, Indices::Plane), pool.max_pool_with_indices(&y, Indices::Plane));
                        let ((a, at), (b, too)) = (a.unwrap(), b.unwrap());
                        all(&a, &b);
                        assert_eq!(at, too);
                    }
                    let (x, y) = (x.index_axis(0, 0).unwrap(), y.index_axis(0, 0).unwrap());
                    let (a, b) = (Filter::new(3), Filter::new(3));
                    all(&a.median_filter(&x).unwrap(), &b.median_filter(&y).unwrap());
                    all(&a.blur(&x).unwrap(), &b.blur(&y).unwrap());
                    if numbers {
                        let (x, y) = (x.permute(&[1, 0]).unwrap(), y.permute(&[1, 0]).unwrap());
                        all(&Filter::gaussian(0.8).run(&x).unwrap(), &Filter::gaussian(0.8).run(&y).unwrap());
                    }
                }
                // A window wholly in padding holds nothing to divide.
                let pool = Pool::new([1]).step(1).pad(1);
                let one = pool.avg_pool(View::new(&[<$half>::ONE], [1, 1]).unwrap(), Divisor::Elements).unwrap();
                assert!(one.as_slice()[0].is_nan() && one.as_slice()[1] == <$half>::ONE);
            }

            #[test]
            fn sums_are_wide_and_rounded_once() {
                // 2048 + 1 is 2048 in either format.
                let x = [2048.0, 1.0, 1.0, 1.0].map(<$half>::from_f32);
                let w = unfold(0, 4, 1);
                assert_eq!(w.windows(&x).unwrap().sum().as_slice(), [2051.0]);
                assert_eq!(w.windows(&x).unwrap().mean().as_slice(), [512.75]);
            }
        }
    )* };
}

formats! {
    binary16: f16;
    brain: bf16;
}
