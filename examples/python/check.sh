#!/usr/bin/env bash
# Builds the wheel and runs its tests in a fresh virtual environment: of what was installed, not of what lies here.
set -euo pipefail
cd "$(dirname "$0")"

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/env"
pip() { "$room/env/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }

pip install -r requirements-test.txt
"$room/env/bin/maturin" build --release --locked --out "$room/wheel"
pip install --no-index --no-deps "$room"/wheel/*.whl
size=$(stat -c %s "$room"/wheel/*.whl)
echo "the wheel has $size bytes"
((size <= 6000000)) || { echo "a wheel of more than 6 MB"; exit 1; }

cp -r tests pyproject.toml "$room"
cd "$room"
env/bin/python -m pytest -p no:cacheprovider
env/bin/python tests/scipy_suite.py
