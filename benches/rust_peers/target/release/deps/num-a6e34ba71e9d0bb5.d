/work/main/benches/rust_peers/target/release/deps/num-a6e34ba71e9d0bb5.d: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/num-0.4.3/src/lib.rs

/work/main/benches/rust_peers/target/release/deps/libnum-a6e34ba71e9d0bb5.rmeta: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/num-0.4.3/src/lib.rs

/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/num-0.4.3/src/lib.rs:
