"""The workloads of descent in PyTorch on the CPU, in eager mode or compiled.

    python pytorch.py [--threads N] [--compile] [NAME ...]

prints a line of JSON for each workload, as `descent bench --json` does; for an
operation of operations.py only by its name, and in eager mode. It
needs torch, and with --compile a C++ compiler when it runs.
"""

import harness

args = harness.arguments(modes=["compile"])

import torch
from torch import nn
from torch.nn import functional as F

from operations import OPERATIONS

torch.set_num_threads(args.threads)
torch.manual_seed(1)

MILLION = 1 << 20


def compiled(f):
    """Returns f, compiled if that was asked for."""
    return torch.compile(f, dynamic=False) if args.compile else f


def uniform(*shape):
    return torch.rand(*shape) * 2 - 1


def into(op, out, *operands):
    """Returns what runs op into out."""
    run = compiled(lambda *operands, out: op(*operands, out=out))
    return harness.repeated(lambda: run(*operands, out=out))


def product(m, k, n, trans_a=False, trans_b=False):
    a = uniform(k, m).T if trans_a else uniform(m, k)
    b = uniform(n, k).T if trans_b else uniform(k, n)
    return into(torch.matmul, torch.empty(m, n), a, b)


def unary(op):
    return into(op, torch.empty(MILLION), uniform(MILLION))


def add():
    return into(torch.add, torch.empty(MILLION), uniform(MILLION), uniform(MILLION))


def total():
    return into(lambda x, out: torch.sum(x, dim=0, out=out), torch.empty(()), uniform(MILLION))


def softmax():
    return into(lambda x, out: torch.softmax(x, 1, out=out), torch.empty(1024, 1000), uniform(1024, 1000))


def step(model, optimizer, x, loss):
    forward = compiled(lambda x: loss(model(x)))
    update = compiled(optimizer.step)

    def run():
        optimizer.zero_grad()
        forward(x).backward()
        update()

    return harness.repeated(run)


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


class CharLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(65, 64)
        self.lstm = nn.LSTM(64, 128)
        self.head = nn.Linear(128, 65)

    def forward(self, tokens):
        return self.head(self.lstm(self.embed(tokens))[0])


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.qkv(self.ln1(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(batch, length, width))
        return x + self.mlp(self.ln2(x))


class NanoGPT(nn.Module):
    def __init__(self, vocabulary=65, length=64, width=128, heads=4, layers=2):
        super().__init__()
        self.token, self.position = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
        self.ln, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary)

    def forward(self, tokens):
        return self.head(self.ln(self.blocks(self.token(tokens) + self.position.weight)))


def language(model, rows, columns):
    tokens, labels = torch.randint(0, 65, (2, rows, columns))
    return step(model, adam(model), tokens, lambda out: F.cross_entropy(out.flatten(0, 1), labels.flatten()))


WORKLOADS = harness.products(product) | {
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
    "char_lstm_b32_t64_h128": lambda: language(CharLSTM(), 64, 32),
    "nanogpt_d128_l2_b16_t64": lambda: language(NanoGPT(), 16, 64),
}

if args.compile:  # otherwise a compiled step would first check whether it fits another workload
    harness.main(args, f"PyTorch {torch.__version__} compiled", WORKLOADS, torch.compiler.reset)
else:
    harness.main(args, f"PyTorch {torch.__version__}", WORKLOADS, more=OPERATIONS)
