"""The matrix products of descent by OpenBLAS.

    python openblas.py [--threads N] [NAME ...]

prints a line of JSON for each workload, as `descent bench --json` does. It
needs scipy-openblas64, which is OpenBLAS and nothing else, and a C compiler
when it runs. OpenBLAS chooses its kernel for the processor, whatever the
environment says, and the answers name it.
"""

import array
import ctypes
import os
import random
import subprocess
import tempfile

import harness

args = harness.arguments()
for name in [n for n in os.environ if n.startswith("OPENBLAS_")]:
    del os.environ[name]  # for example a variable that forces a kernel

import scipy_openblas64 as openblas

lib = ctypes.CDLL(os.path.join(openblas.get_lib_dir(), openblas.get_library(fullname=True)))
lib.scipy_openblas_set_num_threads64_(args.threads)
lib.scipy_openblas_get_corename64_.restype = ctypes.c_char_p

with tempfile.TemporaryDirectory() as folder:
    shared = os.path.join(folder, "repeat.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "openblas.c")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-o", shared, source], check=True)
    times = ctypes.CDLL(shared).repeat


def uniform(n):
    """Returns n numbers, aligned as those of a tensor."""
    kept = array.array("f", (random.uniform(-1, 1) for _ in range(n + 16)))
    return kept, ctypes.c_void_p(-(-kept.buffer_info()[0] // 64) * 64)


def product(m, k, n, trans_a=False, trans_b=False):
    (a, pa), (b, pb), (c, pc) = uniform(m * k), uniform(k * n), uniform(m * n)
    size = ctypes.c_int64
    head = (lib.scipy_cblas_sgemm64_, int(trans_a), int(trans_b), size(m), size(n), size(k),
            pa, size(m if trans_a else k), pb, size(k if trans_b else n), pc)

    def repeat(runs, kept=(a, b, c)):
        times(*head, size(runs))

    return repeat


core = lib.scipy_openblas_get_corename64_().decode()
harness.main(args, f"OpenBLAS {openblas.__version__}, kernel {core}", harness.products(product))
