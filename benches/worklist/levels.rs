//! The same jobs at every instruction-set level: one process a level, which take turns.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// What `NDWINDOW_LEVEL` is set to; the last one, which is empty, leaves the machine's own level.
const LEVELS: [&str; 3] = ["baseline", "avx2", ""];

/// A job of each kind of loop, for when no names are given.
const SAMPLE: [&str; 16] = [
    "patchify_u8_4096_p16",
    "im2col_8x64x56_k3s1p1",
    "maxpool_8x64x112_k3s2p1",
    "maxpool_places_8x64x112_k3s2p1",
    "avgpool_8x64x56_k3s1p1",
    "slidemax_f32_4096_w15",
    "slidemax_u8_4096_w15",
    "slidemean_f32_4096_w15",
    "slidemean_u8_4096_w15",
    "move_sum_f64_10M_w10",
    "median_u8_2000_w15",
    "median_f32_2000_w3",
    "col2im_8x64x56_k3s1p1",
    "conv2d_8x64x56_o64_k3s1p1",
    "conv2d_dw_8x128x56_k3s1p1",
    "stft_9.6M_512_128",
];

struct Server {
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start(level: &str) -> Server {
        let program = std::env::current_exe().expect("a path to this program");
        let mut child = Command::new(program)
            .arg("--serve")
            .env("NDWINDOW_LEVEL", level)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program again");
        let to = child.stdin.take().expect("a piped input");
        let from = BufReader::new(child.stdout.take().expect("a piped output")).lines();
        let mut server = Server { child, to, from };
        server.answer();
        server
    }

    fn answer(&mut self) -> Value {
        let line = self.from.next().expect("a server that is there").expect("a line of text");
        serde_json::from_str(&line).expect("a line of JSON")
    }

    /// The samples of a job in milliseconds, or what is wrong with it.
    fn ask(&mut self, work: &str) -> Result<Vec<f64>, String> {
        writeln!(self.to, "{work} 5").and_then(|()| self.to.flush()).expect("a server that listens");
        let answer = self.answer();
        match answer["samples_s"].as_array() {
            Some(samples) => Ok(samples.iter().filter_map(Value::as_f64).map(|s| s * 1e3).collect()),
            None => Err(answer["error"].as_str().unwrap_or("no answer").to_owned()),
        }
    }
}

/// Prints the median of three rounds of five samples of each job at each level, one thread.
pub(crate) fn print_levels(wanted: &[String]) {
    let mut servers: Vec<Server> = LEVELS.iter().map(|level| Server::start(level)).collect();
    println!("{:34} {:>10} {:>10} {:>10}   (ms, 1 thread)", "work", LEVELS[0], LEVELS[1], "best");
    let works: Vec<&str> = match wanted {
        [] => SAMPLE.to_vec(),
        _ => wanted.iter().map(String::as_str).collect(),
    };
    for work in works {
        let mut times = vec![Vec::new(); servers.len()];
        for _ in 0..3 {
            for (server, times) in servers.iter_mut().zip(&mut times) {
                match server.ask(work) {
                    Ok(samples) => times.extend(samples),
                    Err(error) => println!("{work:34} {error}"),
                }
            }
        }
        let middle = |times: &mut Vec<f64>| {
            times.sort_by(f64::total_cmp);
            times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
        };
        let cells: Vec<String> = times.iter_mut().map(|t| format!("{:>10.3}", middle(t))).collect();
        println!("{work:34} {}", cells.join(" "));
    }
    for mut server in servers {
        drop(server.to);
        let _ = server.child.wait();
    }
}
