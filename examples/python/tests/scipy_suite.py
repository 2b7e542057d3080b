"""Runs SciPy's own tests of the filters, from the installed SciPy, with ours in their place; and counts.

Fails unless exactly the tests fail that are named here with a reason.
"""

import os
import pathlib
import re
import subprocess
import sys

LAPLACE = "compares with SciPy's own filters, which are rounded to float32 between the axes: ours once"
EXCEPTIONS = {
    "test_multiple_modes_sequentially[numpy]": "compares the bits of a mean over two axes with those of a mean of means: ours is rounded once",
    "TestNdimageFilters::test_gaussian_laplace01[numpy-complex64]": LAPLACE,
    "TestNdimageFilters::test_gaussian_laplace01[numpy-float32]": LAPLACE,
    "TestNdimageFilters::test_gaussian_laplace02[numpy-complex64]": LAPLACE,
    "TestNdimageFilters::test_gaussian_laplace02[numpy-float32]": LAPLACE,
}

here = pathlib.Path(__file__).parent
command = [
    sys.executable, "-m", "pytest", "-q", "-p", "scipy_with_ours", "-p", "no:cacheprovider", "--tb=line", "--no-header",
    "--pyargs", "scipy.ndimage.tests.test_filters", "scipy.ndimage.tests.test_morphology", "scipy.ndimage.tests.test_datatypes",
]
done = subprocess.run(
    [*command, *sys.argv[1:]], env={**os.environ, "PYTHONPATH": os.pathsep.join([str(here), os.environ.get("PYTHONPATH", "")])}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
)
failed = set(re.findall(r"^FAILED-WITH-OURS (\S.*)$", done.stdout, re.M))
count = re.search(r"tests that called ndwindow: .*", done.stdout)
print(count[0] if count else done.stdout[-3000:])
unexpected, unfailed = sorted(failed - set(EXCEPTIONS)), sorted(set(EXCEPTIONS) - failed)
for test in sorted(failed & set(EXCEPTIONS)):
    print(f"  expected: {test}: {EXCEPTIONS[test]}")
for test in unexpected:
    print(f"  failed: {test}")
for test in unfailed:
    print(f"  passes, though it is named as an exception: {test}")
if not count or unexpected or unfailed:
    print(done.stdout[-6000:])
    sys.exit(1)
