/work/main/benches/rust_peers/target/release/deps/rust_peers-64861b3b12da9b82.d: src/main.rs src/jobs.rs Cargo.toml

/work/main/benches/rust_peers/target/release/deps/librust_peers-64861b3b12da9b82.rmeta: src/main.rs src/jobs.rs Cargo.toml

src/main.rs:
src/jobs.rs:
Cargo.toml:

# env-dep:CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__
# env-dep:CLIPPY_CONF_DIR
