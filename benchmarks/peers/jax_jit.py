"""The workloads of descent in JAX, each a compiled function, on the CPU.

    python jax_jit.py [--threads N] [NAME ...]

prints a line of JSON for each workload, as `descent bench --json` does. It
needs jax and nothing else. A step gives its old parameters away, so that the
new ones take their place. Images lie as [batch height width channel], which is
faster here than PyTorch's order.
"""

import os

import harness

args = harness.arguments()

# XLA has no setting for threads; it starts as many as there are processors.
if hasattr(os, "sched_setaffinity"):  # on Linux
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: args.threads])
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
from jax import lax

KEYS = iter(jax.random.split(jax.random.key(1), 4096))
MILLION = 1 << 20


def uniform(*shape, scale=1.0):
    return jax.random.uniform(next(KEYS), shape, minval=-scale, maxval=scale)


def randint(*shape, most):
    return jax.random.randint(next(KEYS), shape, 0, most)


def call(op, *operands):
    f = jax.jit(op)
    return harness.repeated(lambda: f(*operands).block_until_ready())


def product(m, k, n, trans_a=False, trans_b=False):
    a = uniform(k, m) if trans_a else uniform(m, k)
    b = uniform(n, k) if trans_b else uniform(k, n)
    return call(lambda a, b: (a.T if trans_a else a) @ (b.T if trans_b else b), a, b)


def sgd(params):
    def update(params, grads, state):
        return jax.tree.map(lambda p, g: p - 0.01 * g, params, grads), state

    return update, ()


def adam(params, rate=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    def update(params, grads, state):
        step, m, v = state
        step = step + 1
        m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, m, grads)
        v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, v, grads)
        c1, c2 = 1 - b1**step, 1 - b2**step
        moved = jax.tree.map(lambda p, m, v: p - rate * (m / c1) / (jnp.sqrt(v / c2) + eps), params, m, v)
        return moved, (step, m, v)

    zeros = lambda: jax.tree.map(jnp.zeros_like, params)
    return update, (jnp.zeros(()), zeros(), zeros())


def step(params, loss, optimizer, *data, running=()):
    """Returns a training step; loss(params, running, *data) returns the loss
    and the new running statistics."""
    update, state = optimizer(params)

    def advance(params, running, state, *data):
        (value, running), grads = jax.value_and_grad(loss, has_aux=True)(params, running, *data)
        params, state = update(params, grads, state)
        return params, running, state, value

    f = jax.jit(advance, donate_argnums=(0, 1, 2))
    kept = [params, running, state]

    def run():
        kept[0], kept[1], kept[2], value = f(*kept, *data)
        value.block_until_ready()

    return harness.repeated(run)


def cross_entropy(logits, labels):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[..., None], -1).mean()


def linear(fan_in, fan_out):
    bound = fan_in**-0.5
    return {"w": uniform(fan_in, fan_out, scale=bound), "b": uniform(fan_out, scale=bound)}


def apply(p, x):
    return x @ p["w"] + p["b"]


def dense(act, params, x):
    for p in params[:-1]:
        x = act(apply(p, x))
    return apply(params[-1], x)


def layers(*widths):
    return [linear(i, o) for i, o in zip(widths, widths[1:])]


def tiny():
    x, y = uniform(4, 2), uniform(4, 1)
    loss = lambda p, r, x, y: (((dense(jnp.tanh, p, x) - y) ** 2).mean(), r)
    return step(layers(2, 16, 16, 1), loss, sgd, x, y)


def mlp(batch, *widths, optimizer=sgd):
    x, labels = uniform(batch, widths[0]), randint(batch, most=10)
    loss = lambda p, r, x, t: (cross_entropy(dense(jax.nn.relu, p, x), t), r)
    return step(layers(*widths), loss, optimizer, x, labels)


def kernel(size, channels, filters):
    bound = (size * size * channels) ** -0.5
    return {"w": uniform(size, size, channels, filters, scale=bound), "b": uniform(filters, scale=bound)}


def conv(p, x):
    return lax.conv_general_dilated(x, p["w"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + p["b"]


def pool(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def lenet():
    params = [kernel(5, 1, 8), kernel(5, 8, 16), linear(784, 10)]

    def loss(p, r, x, labels):
        for k in p[:2]:
            x = pool(jax.nn.relu(conv(k, x)))
        return cross_entropy(apply(p[2], x.reshape(32, -1)), labels), r

    return step(params, loss, sgd, uniform(32, 28, 28, 1), randint(32, most=10))


def batch_norm(p, running, x, eps=1e-5, momentum=0.1):
    mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
    n = x.size // x.shape[-1]
    old_mean, old_var = running
    new = (
        old_mean + momentum * (lax.stop_gradient(mean) - old_mean),
        old_var + momentum * (lax.stop_gradient(var) * n / (n - 1) - old_var),
    )
    return (x - mean) * lax.rsqrt(var + eps) * p["gamma"] + p["beta"], new


def cnn():
    shapes = [(3, 32), (32, 32), (32, 64)]
    params = {
        "conv": [kernel(3, i, o) for i, o in shapes],
        "norm": [{"gamma": jnp.ones(o), "beta": jnp.zeros(o)} for _, o in shapes],
        "head": linear(4096, 10),
    }
    running = [(jnp.zeros(o), jnp.ones(o)) for _, o in shapes]

    def loss(p, running, x, labels):
        after = []
        for i in range(3):
            x, new = batch_norm(p["norm"][i], running[i], conv(p["conv"][i], x))
            after.append(new)
            x = jax.nn.relu(x)
            if i > 0:
                x = pool(x)
        return cross_entropy(apply(p["head"], x.reshape(32, -1)), labels), after

    return step(params, loss, sgd, uniform(32, 32, 32, 3), randint(32, most=10), running=running)


def char_lstm(width=128):
    bound = width**-0.5
    params = {
        "embed": jax.random.normal(next(KEYS), (65, 64)),
        "in": {"w": uniform(64, 4 * width, scale=bound), "b": uniform(4 * width, scale=bound)},
        "back": {"w": uniform(width, 4 * width, scale=bound), "b": uniform(4 * width, scale=bound)},
        "head": linear(width, 65),
    }

    def loss(p, r, tokens, labels):
        def cell(carry, x):
            h, c = carry
            i, f, g, o = jnp.split(x + apply(p["back"], h), 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        x = apply(p["in"], p["embed"][tokens.T])  # all steps at once, time first
        zero = jnp.zeros((32, width))
        _, h = lax.scan(cell, (zero, zero), x)
        return cross_entropy(apply(p["head"], h), labels.T), r

    return step(params, loss, adam, randint(32, 64, most=65), randint(32, 64, most=65))


def layer_norm(p, x, eps=1e-5):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(var + eps) * p["gamma"] + p["beta"]


def nanogpt(width=128, heads=4, batch=16, length=64):
    norm = lambda: {"gamma": jnp.ones(width), "beta": jnp.zeros(width)}
    params = {
        "token": jax.random.normal(next(KEYS), (65, width)),
        "position": jax.random.normal(next(KEYS), (length, width)),
        "blocks": [
            {"ln1": norm(), "qkv": linear(width, 3 * width), "proj": linear(width, width),
             "ln2": norm(), "up": linear(width, 4 * width), "down": linear(4 * width, width)}
            for _ in range(2)
        ],
        "ln": norm(),
        "head": linear(width, 65),
    }

    def loss(p, r, tokens, labels):
        x = p["token"][tokens] + p["position"]
        for b in p["blocks"]:
            qkv = apply(b["qkv"], layer_norm(b["ln1"], x)).reshape(batch, length, 3, heads, -1)
            q, k, v = (qkv[:, :, i] for i in range(3))
            y = jax.nn.dot_product_attention(q, k, v, is_causal=True)
            x = x + apply(b["proj"], y.reshape(batch, length, width))
            x = x + apply(b["down"], jax.nn.gelu(apply(b["up"], layer_norm(b["ln2"], x)), approximate=False))
        return cross_entropy(apply(p["head"], layer_norm(p["ln"], x)), labels), r

    return step(params, loss, adam, randint(batch, length, most=65), randint(batch, length, most=65))


WORKLOADS = harness.products(product) | {
    "add_1M": lambda: call(jnp.add, uniform(MILLION), uniform(MILLION)),
    "exp_1M": lambda: call(jnp.exp, uniform(MILLION)),
    "tanh_1M": lambda: call(jnp.tanh, uniform(MILLION)),
    "sum_1M": lambda: call(jnp.sum, uniform(MILLION)),
    "softmax_1024x1000": lambda: call(lambda x: jax.nn.softmax(x, 1), uniform(1024, 1000)),
    "tiny_mlp_2_16_16_1_b4": tiny,
    "mlp_784_128_10_b1": lambda: mlp(1, 784, 128, 10),
    "mlp_784_128_10_b64": lambda: mlp(64, 784, 128, 10),
    "mlp_784_128_10_b256": lambda: mlp(256, 784, 128, 10),
    "mlp_784_512_512_10_b128_adam": lambda: mlp(128, 784, 512, 512, 10, optimizer=adam),
    "lenet_b32": lenet,
    "cnn3x3_bn_b32_cifar": cnn,
    "char_lstm_b32_t64_h128": char_lstm,
    "nanogpt_d128_l2_b16_t64": nanogpt,
}

harness.main(args, f"JAX {jax.__version__}", WORKLOADS)
