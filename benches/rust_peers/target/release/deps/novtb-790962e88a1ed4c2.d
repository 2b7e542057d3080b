/work/main/benches/rust_peers/target/release/deps/novtb-790962e88a1ed4c2.d: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/lib.rs /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/range.rs /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/zip.rs /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/zip_exact.rs

/work/main/benches/rust_peers/target/release/deps/libnovtb-790962e88a1ed4c2.rmeta: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/lib.rs /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/range.rs /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/zip.rs /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/zip_exact.rs

/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/lib.rs:
/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/range.rs:
/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/zip.rs:
/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/novtb-0.1.13/src/zip_exact.rs:
