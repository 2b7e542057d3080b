//! Every constructor and builder of the fronts for networks and pictures under numbers at the ends of their types: an error,
//! or work that is asked for; never a panic, an abort or a hang.
#![cfg(target_pointer_width = "64")]

use ndwindow::image::{Channels, Filter, Patches, Tiles};
use ndwindow::nn::{
    Columns, Conv, ConvTranspose, Divisor, Indices, Pool, adaptive_avg_pool, adaptive_max_pool, global_avg_pool,
    global_max_pool,
};
use ndwindow::{Error, PadMode, Tail, View};

const SIZES: [usize; 12] = [
    0,
    1,
    2,
    (1 << 61) - 1,
    1 << 61,
    (1 << 62) - 1,
    1 << 62,
    (1 << 63) - 2,
    (1 << 63) - 1,
    1 << 63,
    usize::MAX - 1,
    usize::MAX,
];

const PADS: [isize; 12] = [
    0,
    1,
    -1,
    (1 << 61) - 1,
    1 << 61,
    1 << 62,
    isize::MAX - 1,
    isize::MAX,
    -(1 << 61),
    -(1 << 62),
    isize::MIN + 1,
    isize::MIN,
];

/// What a request came to is asked for, but nothing is said about it: that it came back is the test.
fn back<T>(result: Result<T, Error>) -> bool {
    match result {
        Ok(_) => true,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

const X: [f32; 5] = [1.0, -2.0, 3.0, 0.5, 4.0];

fn line() -> View<'static, f32> {
    View::new(&X, [1, 1, 5]).unwrap()
}

/// Everything a pooling does.
fn pool(pool: &Pool) {
    let x = line();
    let indices = [Indices::Plane, Indices::Tensor, Indices::TensorColumnMajor, Indices::Window];
    back(pool.plan([1, 1, 5]));
    back(pool.shape([1, 1, 5]));
    back(pool.shape([usize::MAX, 1, 5]));
    back(pool.max_pool(&x));
    for divisor in [Divisor::Padded, Divisor::Elements, Divisor::Fixed(usize::MAX), Divisor::Fixed(1 << 63)] {
        back(pool.avg_pool(&x, divisor));
        back(pool.avg_pool(View::new(&[1u8, 2, 3], [1, 3]).unwrap(), divisor));
    }
    for p in [0.0, 1e-300, 0.5, 2.0, 1e300, f64::INFINITY] {
        back(pool.lp_pool(&x, p));
        back(pool.lp_pool_signed(&x, p));
    }
    for space in indices {
        if let Ok((y, at)) = pool.max_pool_with_indices(&x, space) {
            back(pool.max_unpool(&y, &at, space, [1, 1, 5]));
            back(pool.max_pool_gradient(&y, &at, space, [1, 1, 5]));
            if let Ok(shape) = pool.unpooled_shape(y.shape()) {
                back(pool.max_unpool(&y, &at, space, shape));
            }
        }
    }
    unpool(pool);
    if let Ok(shape) = pool.shape([1, 1, 5])
        && shape.iter().product::<usize>() < 100
    {
        let gradient = vec![1.0f32; shape.iter().product()];
        back(pool.avg_pool_gradient(View::new(&gradient, &shape).unwrap(), Divisor::Elements, [1, 1, 5]));
    }
}

/// The way back from numbers that are given.
fn unpool(pool: &Pool) {
    let indices = [Indices::Plane, Indices::Tensor, Indices::TensorColumnMajor, Indices::Window];
    for n in SIZES {
        back(pool.unpooled_shape([1, 1, n]));
        back(pool.unpooled_shape([n, n, n]));
        let at = [n];
        let (value, index) = (View::new(&[1.0f32], [1, 1, 1]).unwrap(), View::new(&at, [1, 1, 1]).unwrap());
        for space in indices {
            back(pool.max_unpool(&value, &index, space, [1, 1, 7]));
            back(pool.max_unpool(&value, &index, space, [1, 1, n]));
            back(pool.max_pool_gradient(&value, &index, space, [1, n, n]));
        }
        back(pool.avg_pool_gradient(&value, Divisor::Padded, [1, 1, n]));
    }
}

#[test]
fn pools() {
    let one = |n: usize| Pool::new([n]);
    for n in SIZES {
        for request in [
            one(n),
            one(n).step(1),
            one(2).step(n),
            one(2).dilation(n),
            one(n).dilation(n).step(n),
            one(1).dilation(n).step(n).ceil(),
            one(n).same(),
            one(3).step(n).same_lower(),
            one(2).step(1).dilation(n).same(),
            Pool::new(n).step([n]),
            Pool::new([n, n, n, n]),
        ] {
            pool(&request);
            pool(&request.ceil());
        }
    }
    for p in PADS {
        for q in PADS {
            pool(&one(2).pad((p, q)));
            pool(&one(2).step(usize::MAX).pad((p, q)).ceil());
        }
    }
}

#[test]
fn unpooled_shapes() {
    // window, step, pads, length of the values; what comes out
    type Case = (usize, usize, (isize, isize), usize, Option<usize>);
    let table: [Case; 12] = [
        (2, 2, (0, 0), 3, Some(6)),
        (3, 2, (1, 1), 3, Some(5)),
        (2, 2, (9, 9), 3, Some(0)),
        (2, 2, (0, 0), 0, Some(2)),
        (2, usize::MAX - 1, (0, 0), 1, Some(2)),
        (2, usize::MAX - 1, (0, 0), 2, None),
        (2, usize::MAX, (0, 0), usize::MAX, None),
        (usize::MAX - 1, 1, (0, 0), 1, None),
        (usize::MAX - 1, 1, (isize::MAX, isize::MAX), 2, Some(1)),
        (1, 1, (isize::MIN, isize::MIN), 1, None),
        (1, 1 << 60, (0, 0), 2, Some((1 << 60) + 1)),
        (1, 1 << 60, (0, 0), 4, None),
    ];
    for (window, step, pads, n, want) in table {
        let got = Pool::new([window]).step(step).pad(pads).unpooled_shape([1, 1, n]);
        match want {
            Some(want) => assert_eq!(got.unwrap()[..], [1, 1, want]),
            None => assert!(matches!(got, Err(Error::TooLarge { what: "an unpooling", .. })), "{got:?}"),
        }
    }
    let far = Pool::new([2]).unpooled_shape([1, 1, usize::MAX - 1]).unwrap_err();
    assert_eq!(
        far.to_string(),
        "an unpooling of shape [1, 1, 18446744073709551615] holds more than 2305843009213693951 elements: ask for less at a time"
    );
}

#[test]
fn sizes_of_results() {
    let x = line();
    let plane = View::new(&X, [1, 1, 5, 1]).unwrap();
    let none = View::new(&X[..0], [0, 1, 5]).unwrap();
    for n in SIZES {
        back(adaptive_avg_pool(&x, [n]));
        back(adaptive_max_pool(&x, [n]));
        back(adaptive_max_pool(&none, [n]));
        back(adaptive_avg_pool(&none, [n]));
        for m in SIZES {
            back(adaptive_avg_pool(&plane, [n, m]));
            back(adaptive_max_pool(&plane, [n, m]));
            back(adaptive_max_pool(&x, [n, m, 1]));
        }
        let refused = adaptive_avg_pool(&x, [n.max(1 << 61)]);
        assert!(matches!(refused, Err(Error::TooLarge { .. } | Error::OutOfMemory { .. })), "{refused:?}");
        let value = View::new(&[1.0f64], [1, 1, 1]).unwrap();
        let at = View::new(&[0], [1, 1, 1]).unwrap();
        let refused = Pool::new([2]).max_unpool(&value, &at, Indices::Plane, [1, 1, n.max(1 << 60)]);
        assert!(matches!(refused, Err(Error::TooLarge { .. } | Error::OutOfMemory { .. })), "{refused:?}");
    }
    // As long as there is an element, its mean can be had in any form.
    assert_eq!(adaptive_avg_pool(&x, [0]).unwrap().shape(), [1, 1, 0]);
    assert_eq!(adaptive_avg_pool(&none, [1 << 59]).unwrap().shape(), [0, 1, 1 << 59]);
    let one = [7.0f32];
    let wide = View::new(&one, [1, 1, 1]).unwrap().broadcast(2, 1 << 60).unwrap();
    assert!(adaptive_avg_pool(&wide, [1]).is_err() && adaptive_max_pool(&wide, [1]).is_err());
    assert!(global_max_pool(&none).is_ok() && global_avg_pool(View::new(&X, [5]).unwrap()).is_err());
}

/// Everything a convolution does with weights of three taps.
fn conv(conv: &Conv) {
    let (x, w) = (line(), View::new(&[1.0f32, 2.0, 4.0], [1, 1, 3]).unwrap());
    if let Ok(shape) = conv.shape([1, 1, 5], [1, 1, 3])
        && shape.iter().product::<usize>() < 1000
    {
        assert_eq!(conv.run(&x, &w, None).unwrap().shape(), &shape[..]);
        let gradient = vec![1.0; shape.iter().product()];
        let gradient = View::new(&gradient, &shape).unwrap();
        back(conv.input_gradient(&gradient, &w, [1, 1, 5]));
        back(conv.weight_gradient(&x, &gradient, [1, 1, 3]));
        back(conv.prepare([1, 1, 5], &w));
    } else {
        back(conv.run(&x, &w, None));
        back(conv.prepare([1, 1, 5], &w));
    }
    let (x, w) = (View::new(&[1u8, 2, 3], [1, 1, 3]).unwrap(), View::new(&[1i8], [1, 1, 1]).unwrap());
    back(conv.integer(&x, &w, 1, &[]));
    for n in SIZES {
        back(conv.shape([1, 1, n], [1, 1, 3]));
        back(conv.shape([n, n, 5], [1, n, 3]));
        back(conv.shape([1, 1, 5], [n, 1, n]));
        back(conv.shape([1, 1, n], [1, 1, n]));
        back(conv.input_gradient(line(), View::new(&[1.0f32], [1, 1, 1]).unwrap(), [1, 1, n]));
        back(conv.weight_gradient(line(), line(), [n, 1, 1]));
    }
}

fn transposed(conv: &ConvTranspose) {
    let (x, w) = (line(), View::new(&[1.0f32, 2.0, 4.0], [1, 1, 3]).unwrap());
    if let Ok(shape) = conv.shape([1, 1, 5], [1, 1, 3]) {
        let run = conv.run(&x, &w, None);
        assert!(
            run.as_ref().is_ok_and(|y| y.shape() == &shape[..]) || shape.iter().product::<usize>() > 1000,
            "{run:?}"
        );
    } else {
        back(conv.run(&x, &w, None));
    }
    for n in SIZES {
        back(conv.shape([1, 1, n], [1, 1, 3]));
        back(conv.shape([n, n, 5], [n, n, 3]));
        back(conv.shape([1, 1, 5], [1, n, n]));
        back(conv.shape([1, 1, n], [1, 1, n]));
    }
}

#[test]
fn convolutions() {
    for n in SIZES {
        for request in [
            Conv::new().groups(n),
            Conv::new().step(n),
            Conv::new().dilation(n),
            Conv::new().base_dilation(n),
            Conv::new().base_dilation(n).step(n),
            Conv::new().dilation(n).step(n).same(),
            Conv::new().step(n).same_lower(),
            Conv::new().base_dilation(n).dilation(n).same(),
            Conv::new().step([n, n]),
        ] {
            conv(&request);
            conv(&request.channels_last());
        }
        for request in [
            ConvTranspose::new().groups(n),
            ConvTranspose::new().step(n),
            ConvTranspose::new().dilation(n),
            ConvTranspose::new().step(n).output_padding(n),
            ConvTranspose::new().step(n).output_padding(n.saturating_sub(1)),
            ConvTranspose::new().output_size(n),
            ConvTranspose::new().step(n).output_size(n),
            ConvTranspose::new().step(n).same(),
            ConvTranspose::new().step(n).dilation(n).same_lower(),
        ] {
            transposed(&request);
        }
        columns(&Columns::new([n]), n);
        columns(&Columns::new([2]).step(n), n);
        columns(&Columns::new([2]).dilation(n), n);
        columns(&Columns::new([n]).step(n).dilation(n).channels_last(), n);
    }
    for p in PADS {
        for q in PADS {
            for mode in [PadMode::Empty, PadMode::Edge, PadMode::Wrap, PadMode::Reflect, PadMode::Symmetric] {
                conv(&Conv::new().pad((p, q)).pad_mode(mode).step(usize::MAX));
            }
            conv(&Conv::new().pad((p, q)));
            transposed(&ConvTranspose::new().pad((p, q)));
            columns(&Columns::new([2]).pad((p, q)), 5);
        }
    }
}

fn columns(columns: &Columns, n: usize) {
    let matrix = View::new(&[1.0f32, 2.0, 3.0, 4.0], [2, 2]).unwrap();
    back(columns.im2col(View::new(&X, [1, 5]).unwrap()));
    back(columns.im2col(line()));
    back(columns.im2col(View::new(&X[..0], [1, 0, 5]).unwrap()));
    back(columns.im2col_into(line(), &mut [0.0; 3]));
    back(columns.col2im(&matrix, [3]));
    back(columns.col2im(&matrix, [n]));
    back(columns.col2im(&matrix, [n, n]));
    back(columns.col2im(View::new(&X[..0], [0, 2, 2]).unwrap(), [n]));
    back(columns.col2im_into(&matrix, [n], &mut [0.0; 3]));
}

#[test]
fn filters() {
    let x = View::new(&[3, 1, 2, 5, 4, 0], [3, 2]).unwrap();
    let all = |filter: &Filter<i32>| {
        back(filter.max_filter(&x));
        back(filter.min_filter(&x));
        back(filter.mean_filter(&x));
        back(filter.median_filter(&x));
        back(filter.open(&x));
        back(filter.close(&x));
        back(filter.gradient(&x));
        back(filter.white_top_hat(&x));
        back(filter.black_top_hat(&x));
        for n in SIZES {
            back(filter.rank_filter(&x, n));
            back(filter.request(n.min(9)));
        }
    };
    for n in SIZES {
        all(&Filter::new(n));
        all(&Filter::new([n, 1]));
        all(&Filter::new([2, n]).constant(7));
        for mode in [PadMode::Empty, PadMode::Edge, PadMode::Wrap, PadMode::Reflect, PadMode::Symmetric] {
            all(&Filter::new([n]).border(mode));
        }
    }
    for p in PADS {
        all(&Filter::new([3, 3]).origin([p, 0]));
        all(&Filter::new(usize::MAX).origin([p, p]));
        all(&Filter::new(3).axes([p, 0]));
    }
}

#[test]
fn tiles_and_patches() {
    let x = View::new(&X, [1, 5, 1]).unwrap();
    for n in SIZES {
        for m in SIZES {
            for tail in [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread] {
                let tiles = Tiles::new(1, n, m).tail(tail);
                if let Ok(tiling) = tiles.on([1, 5, 1])
                    && back(tiling.cut(&x))
                {
                    back(tiling.process(&x, |tile| tile.to_array()));
                }
                back(tiles.on([1, n, m]));
                back(tiles.on([n, 5, m]));
            }
            back(Tiles::new(.., n, 0).on([n, m]));
            back(Tiles::new([0, 1, 2], [n, m, n], [m, n, m]).on([1, 5, 1]));
        }
        for tail in [None, Some(Tail::Drop), Some(Tail::Partial), Some(Tail::ShiftBack), Some(Tail::Spread)] {
            for channels in [Channels::First, Channels::Last] {
                let patches = Patches::new([1, n]).picture(channels);
                let patches = tail.into_iter().fold(patches, |patches, tail| patches.tail(tail));
                if let Ok(matrix) = patches.split(&x) {
                    back(patches.join(&matrix, [1, 5, 1]));
                }
                back(patches.split(View::new(&X[..0], [1, 0, 1]).unwrap()));
                back(patches.split_into(&x, &mut [0.0; 2]));
                back(patches.join(&x, [1, n, n]));
                back(patches.join(View::new(&X[..0], [0, 3]).unwrap(), [n, n, n]));
                back(patches.join(View::new(&X[..0], [0, n.min(9)]).unwrap(), [n, 0, n]));
                back(
                    Patches::new(n).picture(channels).vector(channels).join(View::new(&X, [5, 1]).unwrap(), [1, 5, 1]),
                );
            }
        }
    }
}
