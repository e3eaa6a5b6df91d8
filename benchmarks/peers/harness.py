"""Measures workloads in the same way as descent, and answers benchmarks/compare.
The peers in Python share it. It needs only the standard library.
"""

import argparse
import json
import os
import statistics
import sys
import time


def arguments(modes=()):
    """Returns the arguments of the command line. Call it before importing a library
    that fixes its number of threads at import."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--serve", action="store_true", help="read names of workloads from the standard input")
    for mode in modes:
        parser.add_argument(f"--{mode}", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args()


def measure(repeat, samples=25, sample_time=0.02):
    """Returns the median and the least seconds of a run, as descent measures.
    repeat(n) runs n times."""
    start, warm = time.perf_counter(), 0
    while warm < 3 or time.perf_counter() - start < 2 * sample_time:
        repeat(1)
        warm += 1
    runs = max(1, int(sample_time / ((time.perf_counter() - start) / warm)))
    times = []
    for _ in range(samples):
        begin = time.perf_counter()
        repeat(runs)
        times.append((time.perf_counter() - begin) / runs)
    return statistics.median(times), min(times)


def repeated(run):
    """Returns a function that calls run a given number of times."""

    def repeat(n):
        for _ in range(n):
            run()

    return repeat


def products(product):
    """Returns the matrix products that are measured, as workloads.
    product(m, k, n, trans_a=False, trans_b=False) makes the product of an m×k and
    a k×n matrix. Either may be stored transposed."""
    workloads = {f"matmul_{n}": lambda n=n: product(n, n, n) for n in (64, 128, 256, 512, 1024)}
    return workloads | {
        "matmul_333x777x129": lambda: product(333, 777, 129),
        "matmul_1x784x128": lambda: product(1, 784, 128),
        "matmul_64x784x10": lambda: product(64, 784, 10),
        "matmul_128x64x128_ta": lambda: product(128, 64, 128, trans_a=True),
        "matmul_128x64x128_tb": lambda: product(128, 64, 128, trans_b=True),
    }


def main(args, library, workloads, fresh=lambda: None, more={}):
    """Prints a line of JSON for each requested workload. workloads maps a name to a
    function that prepares everything and returns repeat(n), which runs the workload
    n times. So does more, for what is only measured by name. The last workload is
    kept, since a comparison asks for it again. fresh is called before another one
    is prepared."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # keep what a library prints out of the answers
    last, repeat, known = None, None, workloads | more
    for line in sys.stdin if args.serve else args.names or workloads:
        name = line.strip()
        answer = {"workload": name, "threads": args.threads, "library": library}
        if name not in known:
            answer["error"] = "no such workload"
        else:
            try:
                if name != last:
                    last, repeat = None, None
                    fresh()
                    repeat = known[name]()
                    repeat(3)  # a compiler does its work now
                    last = name
                answer["sec"], answer["min"] = measure(repeat)
            except Exception as e:  # the library cannot do it; go on with the next
                answer["error"] = f"{type(e).__name__}: {e}"
        print(json.dumps(answer), file=out, flush=True)
