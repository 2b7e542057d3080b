//! Timing a job inside the pool.

use std::time::{Duration, Instant};

use rayon::ThreadPool;

use crate::job::Job;

/// Seconds per run, one number a sample.
pub(crate) struct Times(Vec<f64>);

/// A sample lasts at least this long: short jobs run several times in one.
const SHORTEST_SAMPLE: Duration = Duration::from_micros(300);

/// `samples` timings of `job` after one run that is not counted.
pub(crate) fn measure(job: &mut dyn Job, pool: &ThreadPool, samples: usize) -> Times {
    pool.install(|| {
        let mut time = |runs: usize| {
            let start = Instant::now();
            job.run(runs);
            start.elapsed()
        };
        let mut runs = 1;
        let mut took = time(runs);
        while took < SHORTEST_SAMPLE {
            runs = if took.is_zero() {
                runs * 16
            } else {
                runs * (SHORTEST_SAMPLE.as_nanos() / took.as_nanos() + 1) as usize
            };
            took = time(runs);
        }
        Times((0..samples.max(1)).map(|_| time(runs).as_secs_f64() / runs as f64).collect())
    })
}

impl Times {
    pub(crate) fn samples(&self) -> &[f64] {
        &self.0
    }

    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
    }

    pub(crate) fn min(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }
}
