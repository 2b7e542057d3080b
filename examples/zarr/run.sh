#!/usr/bin/env bash
# The whole demonstration: 1, 2 and 4 processes, one of four killed and started again, against SciPy.
#
#   ./run.sh [SHAPE [FOLDER]]      SHAPE 256,512,512 is 256 MiB of float32 and 1024,512,512 is 1 GiB; FOLDER is made, and left
#   PART=64,512,512 ./run.sh 1024,512,512      larger parts read less of their neighbours and want more memory
#
# Needs GNU parallel, a Python with zarr, scipy and numpy (PYTHON says which; the default is python3), and about four times the
# array's size on disk. With mpirun, a run under it is part of the demonstration.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
shape=${1:-256,512,512}
folder=${2:-$(mktemp -d)}
part=${PART:-32,512,512}
python=${PYTHON:-python3}
input=$folder/input.zarr
# glibc gives every buffer of a chunk back to the system and fetches it again: half of the time. See README.md.
export MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'failed: %s\n' "$*" >&2; exit 1; }

cargo build --release --quiet --manifest-path "$here/Cargo.toml"
program=$here/target/release/ndwindow-zarr
mkdir -p "$folder"
say "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), $(nproc) cores; load $(cut -d' ' -f1 /proc/loadavg)"

[ -e "$input" ] || "$python" "$here/verify.py" make "$input" "$shape"
du -sh "$input"

plan() { # OUTPUT
  rm -rf "$1"
  "$program" plan "$input" "$1" --window 5,9,9 --chunk 16,256,256 --part "$part"
}

# Reading, filtering, compressing, writing, syncing: all of it is timed. The input is in the page cache, as after a first run.
for n in 1 2 4; do
  say "$n processes"
  output=$folder/output-$n.zarr
  plan "$output" > "$folder/plan.txt"
  cat "$input"/c/*/*/* > /dev/null
  start=$(date +%s%N)
  parallel --will-cite -j "$n" "$program" work "$input" "$output" --shard "{}/$n" ::: $(seq 0 $((n - 1)))
  printf '%d processes: %d ms\n' "$n" $((($(date +%s%N) - start) / 1000000))
done
tail -n 2 "$folder/plan.txt"

say "4 processes under GNU parallel; number 1 is killed after its first part and started again by --retries"
output=$folder/output-killed.zarr
plan "$output" > /dev/null
parallel --will-cite -j 4 --retries 3 --joblog "$folder/jobs.txt" \
  "echo \$\$ > $folder/pid-{}; exec $program work $input $output --shard {}/4" ::: 0 1 2 3 > "$folder/workers.txt" &
launcher=$!
for _ in $(seq 6000); do
  [ -e "$output/done/1" ] && break
  sleep 0.01
done
kill -KILL "$(cat "$folder/pid-1")" || fail "shard 1 was done before it could be killed: take a larger SHAPE"
wait "$launcher"
cat "$folder/workers.txt"
grep -q 'shard 1/4: .* [1-9][0-9]* found done' "$folder/workers.txt" || fail "shard 1 was not started again"
"$program" check "$input" "$output"

if command -v mpirun > /dev/null; then
  say "4 processes under mpirun, which ends them all when rank 2 is killed; then once more"
  mpi=$folder/output-mpi.zarr
  plan "$mpi" > /dev/null
  as_root=(); [ "$(id -u)" -ne 0 ] || as_root=(--allow-run-as-root)
  run=(mpirun "${as_root[@]}" --oversubscribe -n 4)
  "${run[@]}" sh -c 'echo $$ > "$0/pid-$OMPI_COMM_WORLD_RANK"; exec "$@"' "$folder" "$program" work "$input" "$mpi" 2> /dev/null &
  launcher=$!
  for _ in $(seq 6000); do
    [ -e "$mpi/done/2" ] && break
    sleep 0.01
  done
  kill -KILL "$(cat "$folder/pid-2")" || fail "rank 2 was done before it could be killed: take a larger SHAPE"
  wait "$launcher" && fail "mpirun did not notice"
  "$program" check "$input" "$mpi" && fail "nothing is missing" || true
  "${run[@]}" "$program" work "$input" "$mpi"
  "$program" check "$input" "$mpi"
  diff -r --exclude done "$folder/output-1.zarr" "$mpi" && echo "the same files as one process wrote"
fi

say "results"
for n in 2 4 killed; do
  diff -r --exclude done "$folder/output-1.zarr" "$folder/output-$n.zarr" && echo "output-$n: the same files as one process wrote"
done
"$program" check "$input" "$output" --recompute
"$program" plan "$input" "$output" --window 5,9,7 --chunk 16,256,256 --part "$part" && fail "another plan was taken" || true
"$python" "$here/verify.py" compare "$input" "$output"
echo "all of it is in $folder"
