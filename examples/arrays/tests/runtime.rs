//! The lines on `ort` of `docs/arrays.md` with ONNX Runtime itself, where `ORT_DYLIB_PATH` names its library; elsewhere this test
//! says that it did nothing. The library comes with the Python package `onnxruntime`, as `capi/libonnxruntime.so`.

use ndwindow::{Array, View, unfold};
use ort::{inputs, session::Session, value::TensorRef};

/// As on the page.
fn pooled(session: &mut Session, batch: &Array<f32>) -> Result<Array<f32>, Box<dyn std::error::Error>> {
    let input = TensorRef::from_array_view((batch.shape(), batch.as_slice()))?;
    let outputs = session.run(inputs![input])?;
    let (shape, elements) = outputs[0].try_extract_tensor::<f32>()?;
    let shape: Vec<usize> = shape.iter().map(|&n| n as usize).collect();
    Ok(unfold([2, 3], 2, 2).windows(View::new(elements, shape)?)?.max())
}

#[test]
fn a_session_borrows_and_lends() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::var_os("ORT_DYLIB_PATH").is_none() {
        println!("skipped: ORT_DYLIB_PATH is not set, so there is no ONNX Runtime to run");
        return Ok(());
    }
    let file = ndwindow_arrays::model::blur(3, [4, 6]);
    let mut session = Session::builder()?.commit_from_memory(&file)?;
    let batch = Array::new((0..72).map(|v| v as f32).collect(), [1, 3, 4, 6])?;
    let pooled = pooled(&mut session, &batch)?;
    // The mean of the nine elements around row 2, column 4 of the first channel is that element: 6 * 2 + 4.
    assert_eq!(pooled.shape(), [1, 3, 2, 3]);
    assert!((pooled[[0, 0, 1, 2]] - 16.0).abs() < 1e-5, "{pooled:?}");
    Ok(())
}
