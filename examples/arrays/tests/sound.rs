//! The callback of `docs/arrays.md` is one that `cpal` takes: compiled, and not called, as there may be no microphone.
#![cfg(feature = "cpal")]

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{Device, InputCallbackInfo, Stream, StreamConfig};
use ndwindow::audio::Framer;

fn listen(device: &Device, config: StreamConfig) -> Result<Stream, Box<dyn std::error::Error>> {
    let mut framer = Framer::new(400, 160)?;
    let callback = move |block: &[f32], _: &InputCallbackInfo| {
        framer
            .process(block, |frame| {
                let loudest = frame.channel(0).iter().fold(0.0f32, |a, b| a.max(b.abs()));
                assert!(loudest.is_finite());
            })
            .expect("whole blocks");
    };
    let stream = device.build_input_stream(config, callback, |error| eprintln!("{error}"), None)?;
    stream.play()?;
    Ok(stream)
}

#[test]
fn a_framer_runs_in_a_callback() {
    let _: fn(&Device, StreamConfig) -> _ = listen;
}
