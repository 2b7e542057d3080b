/work/main/benches/rust_peers/target/release/deps/smallvec-2dccdfe7e0aae5d5.d: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/smallvec-1.16.6/src/lib.rs

/work/main/benches/rust_peers/target/release/deps/libsmallvec-2dccdfe7e0aae5d5.rmeta: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/smallvec-1.16.6/src/lib.rs

/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/smallvec-1.16.6/src/lib.rs:
