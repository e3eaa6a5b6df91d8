"""The workloads of descent in PyTorch, eager mode, on the CPU.

    python pytorch.py [--threads N] [NAME ...]

prints a line of JSON for each workload, as `descent bench --json` does. It
needs torch and nothing else.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

MILLION = 1 << 20


def uniform(*shape):
    return torch.rand(*shape) * 2 - 1


def product(n):
    a, b, c = uniform(n, n), uniform(n, n), torch.empty(n, n)
    return lambda: torch.matmul(a, b, out=c)


def unary(op):
    x, y = uniform(MILLION), torch.empty(MILLION)
    return lambda: op(x, out=y)


def add():
    a, b, c = uniform(MILLION), uniform(MILLION), torch.empty(MILLION)
    return lambda: torch.add(a, b, out=c)


def total():
    x, s = uniform(MILLION), torch.empty(())
    return lambda: torch.sum(x, dim=0, out=s)


def softmax():
    x, y = uniform(1024, 1000), torch.empty(1024, 1000)
    return lambda: torch.softmax(x, 1, out=y)


def step(model, optimizer, x, loss):
    def run():
        optimizer.zero_grad()
        loss(model(x)).backward()
        optimizer.step()

    return run


def classify(model, optimizer, classes, *shape):
    labels = torch.randint(0, classes, (shape[0],))
    return step(model, optimizer(model), uniform(*shape), lambda out: F.cross_entropy(out, labels))


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.01)


def adam(model):
    return torch.optim.Adam(model.parameters())


def tiny():
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
    y = uniform(4, 1)
    return step(model, sgd(model), uniform(4, 2), lambda out: F.mse_loss(out, y))


def mlp(batch):
    return classify(nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)), sgd, 10, batch, 784)


def mlp_adam():
    model = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    )
    return classify(model, adam, 10, 128, 784)


def conv(channels, filters, size):
    return nn.Conv2d(channels, filters, size, padding=size // 2)


def lenet():
    model = nn.Sequential(
        conv(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        conv(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(784, 10),
    )
    return classify(model, sgd, 10, 32, 1, 28, 28)


def cnn():
    model = nn.Sequential(
        conv(3, 32, 3), nn.BatchNorm2d(32), nn.ReLU(),
        conv(32, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        conv(32, 64, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(4096, 10),
    )
    return classify(model, sgd, 10, 32, 3, 32, 32)


WORKLOADS = {f"matmul_{n}": lambda n=n: product(n) for n in (64, 128, 256, 512, 1024)}
WORKLOADS |= {
    "add_1M": add,
    "exp_1M": lambda: unary(torch.exp),
    "tanh_1M": lambda: unary(torch.tanh),
    "sum_1M": total,
    "softmax_1024x1000": softmax,
    "tiny_mlp_2_16_16_1_b4": tiny,
    "mlp_784_128_10_b1": lambda: mlp(1),
    "mlp_784_128_10_b64": lambda: mlp(64),
    "mlp_784_128_10_b256": lambda: mlp(256),
    "mlp_784_512_512_10_b128_adam": mlp_adam,
    "lenet_b32": lenet,
    "cnn3x3_bn_b32_cifar": cnn,
}


def measure(run, samples=25, sample_time=0.02):
    """Returns the median and the least seconds of a run, as descent measures."""
    start, warm = time.perf_counter(), 0
    while warm < 3 or time.perf_counter() - start < 2 * sample_time:
        run()
        warm += 1
    runs = max(1, int(sample_time / ((time.perf_counter() - start) / warm)))
    times = []
    for _ in range(samples):
        begin = time.perf_counter()
        for _ in range(runs):
            run()
        times.append((time.perf_counter() - begin) / runs)
    return statistics.median(times), min(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    for name in args.names or WORKLOADS:
        if name not in WORKLOADS:
            parser.error(f"there is no workload {name}")
        torch.manual_seed(1)
        median, least = measure(WORKLOADS[name]())
        print(json.dumps({"workload": name, "threads": torch.get_num_threads(), "sec": median, "min": least}), flush=True)


main()
