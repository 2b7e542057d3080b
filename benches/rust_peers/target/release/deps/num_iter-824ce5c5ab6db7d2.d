/work/main/benches/rust_peers/target/release/deps/num_iter-824ce5c5ab6db7d2.d: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/num-iter-0.1.46/src/lib.rs

/work/main/benches/rust_peers/target/release/deps/libnum_iter-824ce5c5ab6db7d2.rmeta: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/num-iter-0.1.46/src/lib.rs

/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/num-iter-0.1.46/src/lib.rs:
