"""The operations of benchmarks/operations*.go in PyTorch: the same names, shapes and
ranges of numbers. pytorch.py imports it.
"""

import torch
from torch import nn
from torch.nn import functional as F

import harness

N = 1024
IMAGE = [16, 16, N // 16, N // 16]  # a batch of images


class Input:
    """Numbers drawn evenly between two, N×N or of another shape."""

    def __init__(self, low, high, *shape, constant=False, make=None):
        self.low, self.high, self.shape, self.constant, self.make = low, high, shape or (N, N), constant, make

    def draw(self):
        if self.make:
            return self.make()
        x = torch.rand(*self.shape) * (self.high - self.low) + self.low
        return x.requires_grad_(not self.constant)


def fixed(low, high, *shape):
    """An input without a gradient."""
    return Input(low, high, *shape, constant=True)


def made(make):
    """An input that make returns."""
    return Input(0, 0, make=make)


def bits(*shape):
    """The numbers 0 and 1."""
    return made(lambda: torch.randint(0, 2, shape or (N, N)).float())


def mask(*shape):
    return made(lambda: torch.randint(0, 2, shape or (N, N)).bool())


def integers(most, *shape):
    return made(lambda: torch.randint(0, most, shape))


def permuted(count):
    return made(lambda: torch.randperm(N)[:count])


def workload(f, *inputs):
    """f of the inputs, and the gradients by them, with a seed of ones."""

    def prepare():
        x = [i.draw() for i in inputs]
        wanted = [v for v in x if v.requires_grad]
        seed = torch.ones_like(f(*x)) if wanted else None

        def run():
            y = f(*x)
            if wanted:
                torch.autograd.grad(y, wanted, seed)

        return harness.repeated(run)

    return prepare


op = workload
X, POSITIVE, INSIDE, Z = Input(-4, 4), Input(0.1, 4), Input(-0.9, 0.9), Input(-1, 1, *IMAGE)
A, ABOVE, P, Q = fixed(-4, 4), Input(0.5, 4), Input(0.1, 0.9), fixed(0.1, 0.9)
SEQUENCE = Input(-1, 1, 16, 64, N)
ROW, COLUMN = Input(-4, 4, N), Input(-4, 4, N, 1)
VECTOR = Input(-4, 4, N * N)


def signs(b):
    return b * 2 - 1


def swiglu(x):
    a, b = x.chunk(2, -1)
    return F.silu(a) * b


ACTIVATIONS = {
    "op_relu": op(F.relu, X),
    "op_relu6": op(F.relu6, X),
    "op_leaky_relu": op(F.leaky_relu, X),
    "op_elu": op(F.elu, X),
    "op_selu": op(F.selu, X),
    "op_celu": op(F.celu, X),
    "op_gelu": op(F.gelu, X),
    "op_gelu_tanh": op(lambda x: F.gelu(x, approximate="tanh"), X),
    "op_silu": op(F.silu, X),
    "op_mish": op(F.mish, X),
    "op_softplus": op(F.softplus, X),
    "op_softsign": op(F.softsign, X),
    "op_logsigmoid": op(F.logsigmoid, X),
    "op_sigmoid": op(torch.sigmoid, X),
    "op_tanh": op(torch.tanh, X),
    "op_hardtanh": op(F.hardtanh, X),
    "op_hardsigmoid": op(F.hardsigmoid, X),
    "op_hardswish": op(F.hardswish, X),
    "op_hardshrink": op(F.hardshrink, X),
    "op_softshrink": op(F.softshrink, X),
    "op_tanhshrink": op(F.tanhshrink, X),
    "op_threshold": op(lambda x: F.threshold(x, 0, 1), X),
    "op_glu": op(F.glu, X),
    "op_swiglu": op(swiglu, X),
    "op_prelu": op(F.prelu, X, Input(0, 1, N)),
    "op_rrelu": op(lambda x: F.rrelu(x, training=True), X),
    "op_dropout": op(F.dropout, X),
    "op_dropout2d": op(F.dropout2d, Z),
    "op_alpha_dropout": op(lambda x: F.alpha_dropout(x, training=True), X),
}

UNARY = {
    "op_abs": op(torch.abs, X),
    "op_neg": op(torch.neg, X),
    "op_exp": op(torch.exp, X),
    "op_exp2": op(torch.exp2, X),
    "op_expm1": op(torch.expm1, X),
    "op_log": op(torch.log, POSITIVE),
    "op_log1p": op(torch.log1p, POSITIVE),
    "op_log2": op(torch.log2, POSITIVE),
    "op_log10": op(torch.log10, POSITIVE),
    "op_sqrt": op(torch.sqrt, POSITIVE),
    "op_rsqrt": op(torch.rsqrt, POSITIVE),
    "op_square": op(torch.square, X),
    "op_reciprocal": op(torch.reciprocal, POSITIVE),
    "op_sign": op(torch.sign, X),
    "op_floor": op(torch.floor, X),
    "op_ceil": op(torch.ceil, X),
    "op_round": op(torch.round, X),
    "op_trunc": op(torch.trunc, X),
    "op_frac": op(torch.frac, X),
    "op_sin": op(torch.sin, X),
    "op_cos": op(torch.cos, X),
    "op_tan": op(torch.tan, X),
    "op_asin": op(torch.asin, INSIDE),
    "op_acos": op(torch.acos, INSIDE),
    "op_atan": op(torch.atan, X),
    "op_sinh": op(torch.sinh, X),
    "op_cosh": op(torch.cosh, X),
    "op_asinh": op(torch.asinh, X),
    "op_acosh": op(torch.acosh, Input(1.1, 4)),
    "op_atanh": op(torch.atanh, INSIDE),
    "op_erf": op(torch.erf, X),
    "op_erfc": op(torch.erfc, X),
    "op_erfinv": op(torch.erfinv, INSIDE),
    "op_lgamma": op(torch.lgamma, POSITIVE),
    "op_digamma": op(torch.digamma, POSITIVE),
    "op_polygamma": op(lambda x: torch.polygamma(1, x), POSITIVE),
    "op_sinc": op(torch.sinc, X),
    "op_logit": op(lambda x: torch.logit(x, 1e-6), P),
    "op_isnan": op(torch.isnan, A),
    "op_isinf": op(torch.isinf, A),
    "op_nan_to_num": op(torch.nan_to_num, X),
    "op_clamp": op(lambda x: torch.clamp(x, -1, 1), X),
    "op_pow_2": op(lambda x: x**2, X),
    "op_pow_3": op(lambda x: x**3, X),
    "op_pow_2_5": op(lambda x: x**2.5, POSITIVE),
    "op_add_scalar": op(lambda x: x + 2, X),
    "op_mul_scalar": op(lambda x: x * 2, X),
}

BINARY = {
    "op_add": op(torch.add, X, X),
    "op_sub": op(torch.sub, X, X),
    "op_mul": op(torch.mul, X, X),
    "op_div": op(torch.div, X, ABOVE),
    "op_add_row": op(torch.add, X, ROW),
    "op_mul_row": op(torch.mul, X, ROW),
    "op_add_column": op(torch.add, X, COLUMN),
    "op_mul_column": op(torch.mul, X, COLUMN),
    "op_pow": op(torch.pow, ABOVE, X),
    "op_maximum": op(torch.maximum, X, X),
    "op_minimum": op(torch.minimum, X, X),
    "op_atan2": op(torch.atan2, X, X),
    "op_hypot": op(torch.hypot, X, X),
    "op_fmod": op(torch.fmod, X, ABOVE),
    "op_remainder": op(torch.remainder, X, ABOVE),
    "op_floor_divide": op(torch.floor_divide, A, fixed(0.5, 4)),
    "op_logaddexp": op(torch.logaddexp, X, X),
    "op_xlogy": op(torch.xlogy, X, ABOVE),
    "op_lerp_scalar": op(lambda x, y: torch.lerp(x, y, 0.1), X, X),
    "op_lerp": op(torch.lerp, X, X, X),
    "op_addcmul": op(lambda x, y, z: torch.addcmul(x, y, z, value=2), X, X, X),
    "op_addcdiv": op(lambda x, y, z: torch.addcdiv(x, y, z, value=2), X, X, ABOVE),
    "op_eq": op(torch.eq, A, A),
    "op_lt": op(torch.lt, A, A),
    "op_where": op(torch.where, mask(), X, X),
    "op_masked_fill": op(lambda x, m: x.masked_fill(m, 0), X, mask()),
    "op_masked_select": op(torch.masked_select, X, mask()),
}

# Each also as NAME_axis0.
ALONG = {
    "op_sum": (lambda x, k: x.sum(k), X),
    "op_mean": (lambda x, k: x.mean(k), X),
    "op_prod": (lambda x, k: x.prod(k), Input(0.9, 1.1)),
    "op_amax": (lambda x, k: x.amax(k), X),
    "op_amin": (lambda x, k: x.amin(k), X),
    "op_max": (lambda x, k: x.max(k).values, X),
    "op_min": (lambda x, k: x.min(k).values, X),
    "op_var": (lambda x, k: x.var(k), X),
    "op_std": (lambda x, k: x.std(k), X),
    "op_norm": (lambda x, k: torch.linalg.vector_norm(x, dim=k), X),
    "op_norm_1": (lambda x, k: torch.linalg.vector_norm(x, 1, dim=k), X),
    "op_norm_3": (lambda x, k: torch.linalg.vector_norm(x, 3, dim=k), X),
    "op_normalize": (lambda x, k: F.normalize(x, dim=k), X),
    "op_logsumexp": (lambda x, k: x.logsumexp(k), X),
    "op_softmax": (lambda x, k: x.softmax(k), X),
    "op_log_softmax": (lambda x, k: x.log_softmax(k), X),
    "op_cumsum": (lambda x, k: x.cumsum(k), X),
    "op_cumprod": (lambda x, k: x.cumprod(k), Input(0.9, 1.1)),
    "op_logcumsumexp": (lambda x, k: x.logcumsumexp(k), X),
    "op_cummax": (lambda x, k: x.cummax(k).values, X),
    "op_cummin": (lambda x, k: x.cummin(k).values, X),
    "op_diff": (lambda x, k: x.diff(dim=k), X),
    "op_sort": (lambda x, k: x.sort(k).values, X),
    "op_topk": (lambda x, k: x.topk(10, k).values, X),
    "op_median": (lambda x, k: x.median(k).values, X),
    "op_quantile": (lambda x, k: x.quantile(0.9, k), X),
    "op_flip": (lambda x, k: x.flip(k), X),
    "op_roll": (lambda x, k: x.roll(5, k), X),
    "op_cosine_similarity": (lambda x, y, k: F.cosine_similarity(x, y, k), X, X),
    "op_any": (lambda x, k: x.any(k), mask()),
    "op_all": (lambda x, k: x.all(k), mask()),
    "op_argmax": (lambda x, k: x.argmax(k), A),
    "op_argsort": (lambda x, k: x.argsort(k), A),
    "op_gather": (lambda x, i, k: x.gather(k, i), X, integers(N, N, N)),
    "op_take_along_dim": (lambda x, i, k: torch.take_along_dim(x, i, k), X, integers(N, N, N)),
    "op_scatter_add": (lambda x, y, i, k: x.scatter_add(k, i, y), X, X, integers(N, N, N)),
    "op_scatter_amax": (lambda x, y, i, k: x.scatter_reduce(k, i, y, "amax"), X, X, integers(N, N, N)),
    "op_scatter": (lambda x, y, i, k: x.scatter(k, i, y), X, X, integers(N, N, N)),
    "op_index_select": (lambda x, i, k: x.index_select(k, i), X, integers(N, N)),
    "op_index_add": (lambda x, y, i, k: x.index_add(k, i, y), X, X, integers(N, N)),
    "op_index_copy": (lambda x, y, i, k: x.index_copy(k, i, y), X, X, permuted(N)),
    "op_index_fill": (lambda x, i, k: x.index_fill(k, i, 7), X, permuted(N // 2)),
    "op_repeat_interleave": (lambda x, i, k: x.repeat_interleave(i, k), X, integers(3, N)),
}

WHOLE = {
    "op_sum_all": op(torch.sum, X),
    "op_mean_all": op(torch.mean, X),
    "op_amax_all": op(torch.amax, X),
    "op_var_all": op(torch.var, X),
    "op_norm_all": op(torch.linalg.vector_norm, X),
    "op_median_all": op(torch.median, X),
    "op_logsumexp_all": op(lambda x: torch.logsumexp(x, (0, 1)), X),
    "op_unique": op(lambda x: torch.unique(x, return_inverse=True), made(lambda: torch.randint(0, 1000, (N * N,)).float())),
    "op_nonzero": op(torch.nonzero, bits(N * N)),
    "op_sort_long": op(torch.sort, fixed(-4, 4, N * N)),
    "op_argmax_all": op(torch.argmax, fixed(-4, 4, N * N)),
    "op_bincount": op(torch.bincount, integers(1000, N * N)),
    "op_searchsorted": op(torch.searchsorted, made(lambda: torch.arange(float(N))), fixed(0, N, N * N)),
    "op_dot": op(torch.dot, Input(-1, 1, N * N), Input(-1, 1, N * N)),
    "op_outer": op(torch.outer, Input(-1, 1, N), Input(-1, 1, N)),
}


def bag(mode):
    return op(lambda w, i: F.embedding_bag(i, w, mode=mode), Input(-1, 1, N, 128), integers(N, N, 8))


def padded(mode):
    return op(lambda x: F.pad(x, (1, 1, 1, 1), mode=mode), Z)


SHAPES = {
    "op_embedding": op(lambda w, i: F.embedding(i, w), Input(-1, 1, N, 128), integers(N, N * 8)),
    "op_embedding_bag_mean": bag("mean"),
    "op_embedding_bag_sum": bag("sum"),
    "op_embedding_bag_max": bag("max"),
    "op_tile": op(lambda x: x.tile(2, 2), Input(-4, 4, N // 2, N // 2)),
    "op_tril": op(torch.tril, X),
    "op_triu": op(torch.triu, X),
    "op_diag": op(torch.diag, X),
    "op_diag_embed": op(torch.diag_embed, ROW),
    "op_diagonal": op(lambda x: x.diagonal(0, 1, 2).clone(), Input(-4, 4, N // 64, N // 8, N // 8)),
    "op_trace": op(torch.trace, X),
    "op_cat": op(lambda x, y: torch.cat([x, y], 1), X, X),
    "op_stack": op(lambda x, y: torch.stack([x, y]), X, X),
    "op_slice_step": op(lambda x: x[:, 1:N:2].clone(), X),
    "op_select": op(lambda x: x[:, 3].clone(), X),
    "op_permute_copy": op(lambda x: x.permute(0, 2, 3, 1).reshape(-1), Z),
    "op_expand_sum": op(lambda x: x.expand(N, N) * 2, COLUMN),
    "op_pad": padded("constant"),
    "op_pad_reflect": padded("reflect"),
    "op_pad_replicate": padded("replicate"),
    "op_pad_circular": padded("circular"),
}

WAVE = Input(-1, 1, 16, 64 * N)

IMAGES = {
    "op_unfold": op(lambda x: F.unfold(x, 3, padding=1), Z),
    "op_fold": op(lambda x: F.fold(x, (64, 64), 3, padding=1), Input(-1, 1, 16, 16 * 9, 64 * 64)),
    "op_pixel_shuffle": op(lambda x: F.pixel_shuffle(x, 2), Z),
    "op_pixel_unshuffle": op(lambda x: F.pixel_unshuffle(x, 2), Z),
    "op_upsample_nearest": op(lambda x: F.interpolate(x, scale_factor=2), Z),
    "op_upsample_bilinear": op(lambda x: F.interpolate(x, (128, 128), mode="bilinear"), Z),
    "op_upsample_linear1d": op(lambda x: F.interpolate(x, 2 * N, mode="linear"), SEQUENCE),
    "op_max_pool2d": op(lambda x: F.max_pool2d(x, 2), Z),
    "op_max_pool2d_3_2": op(lambda x: F.max_pool2d(x, 3, 2, 1), Z),
    "op_avg_pool2d": op(lambda x: F.avg_pool2d(x, 2), Z),
    "op_avg_pool2d_3_2": op(lambda x: F.avg_pool2d(x, 3, 2, 1), Z),
    "op_max_pool1d": op(lambda x: F.max_pool1d(x, 2), SEQUENCE),
    "op_avg_pool1d": op(lambda x: F.avg_pool1d(x, 2), SEQUENCE),
    "op_adaptive_avg_pool2d": op(lambda x: F.adaptive_avg_pool2d(x, 3), Z),
    "op_adaptive_avg_pool2d_1": op(lambda x: F.adaptive_avg_pool2d(x, 1), Z),
    "op_adaptive_max_pool2d": op(lambda x: F.adaptive_max_pool2d(x, 3), Z),
    "op_adaptive_avg_pool1d": op(lambda x: F.adaptive_avg_pool1d(x, 3), SEQUENCE),
    "op_adaptive_max_pool1d": op(lambda x: F.adaptive_max_pool1d(x, 3), SEQUENCE),
    "op_conv2d": op(lambda x, w: F.conv2d(x, w, padding=1), Z, Input(-1, 1, 16, 16, 3, 3)),
    "op_conv2d_depthwise": op(lambda x, w: F.conv2d(x, w, padding=1, groups=16), Z, Input(-1, 1, 16, 1, 3, 3)),
    "op_conv_transpose2d": op(lambda x, w: F.conv_transpose2d(x, w, stride=2), Z, Input(-1, 1, 16, 8, 2, 2)),
    "op_conv1d": op(lambda x, w, b: F.conv1d(x, w, b, padding=1), SEQUENCE, Input(-0.1, 0.1, 64, 64, 3), Input(-0.1, 0.1, 64)),
    "op_rfft": op(lambda x: torch.view_as_real(torch.fft.rfft(x)), Input(-1, 1)),
    "op_irfft": op(lambda x: torch.fft.irfft(torch.view_as_complex(x), N), Input(-1, 1, N, N // 2 + 1, 2)),
    "op_stft": op(lambda x, w: torch.view_as_real(torch.stft(x, 256, window=w, return_complex=True)), WAVE, fixed(0.1, 1, 256)),
}

W, C = Input(0.5, 1.5, N), Input(0.5, 1.5, 16)
HEADS = Input(-1, 1, 16, 4, 64, 32)


def recurrent(make, gates):
    cell = make(128, 128)
    weight, bias = Input(-0.1, 0.1, gates * 128, 128), Input(-0.1, 0.1, gates * 128)
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    run = lambda x, *w: torch.func.functional_call(cell, dict(zip(names, w)), (x,))[0]
    return op(run, Input(-1, 1, N // 32, 32, 128), weight, weight, bias, bias)


LAYERS = {
    "op_layer_norm": op(lambda x, w, b: F.layer_norm(x, (N,), w, b), X, W, W),
    "op_rms_norm": op(lambda x, w: F.rms_norm(x, (N,), w, 1e-6), X, W),
    "op_batch_norm": op(lambda x, w, b: F.batch_norm(x, None, None, w, b, True), Z, C, C),
    "op_batch_norm_rows": op(lambda x, w, b: F.batch_norm(x, None, None, w, b, True), X, W, W),
    "op_group_norm": op(lambda x, w, b: F.group_norm(x, 4, w, b), Z, C, C),
    "op_instance_norm": op(lambda x, w, b: F.instance_norm(x, None, None, w, b), Z, C, C),
    "op_batch_norm_eval": op(lambda x, m, v, w, b: F.batch_norm(x, m, v, w, b), Z, fixed(-1, 1, 16), fixed(0.5, 1.5, 16), C, C),
    "op_local_response_norm": op(lambda x: F.local_response_norm(x, 5), Z),
    "op_linear": op(F.linear, Input(-1, 1, N, 256), Input(-1, 1, 256, 256), Input(-1, 1, 256)),
    "op_bilinear": op(F.bilinear, Input(-1, 1, N, 32), Input(-1, 1, N, 32), Input(-1, 1, 32, 32, 32), Input(-1, 1, 32)),
    "op_attention": op(F.scaled_dot_product_attention, HEADS, HEADS, HEADS),
    "op_attention_causal": op(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), HEADS, HEADS, HEADS),
    "op_lstm": recurrent(nn.LSTM, 4),
    "op_gru": recurrent(nn.GRU, 3),
    "op_rnn": recurrent(nn.RNN, 1),
}


def ctc(x, labels):
    steps, lengths = torch.full((16,), N // 8), torch.full((16,), N // 64)
    return F.ctc_loss(x.log_softmax(-1), labels, steps, lengths)


LOSSES = {
    "op_mse_loss": op(F.mse_loss, X, A),
    "op_l1_loss": op(F.l1_loss, X, A),
    "op_huber_loss": op(F.huber_loss, X, A),
    "op_smooth_l1_loss": op(F.smooth_l1_loss, X, A),
    "op_binary_cross_entropy": op(F.binary_cross_entropy, P, Q),
    "op_binary_cross_entropy_with_logits": op(F.binary_cross_entropy_with_logits, X, Q),
    "op_kl_div": op(F.kl_div, X, Q),
    "op_gaussian_nll_loss": op(F.gaussian_nll_loss, X, A, P),
    "op_poisson_nll_loss": op(F.poisson_nll_loss, X, Q),
    "op_soft_margin_loss": op(lambda x, b: F.soft_margin_loss(x, signs(b)), X, bits()),
    "op_hinge_embedding_loss": op(lambda x, b: F.hinge_embedding_loss(x, signs(b)), X, bits()),
    "op_margin_ranking_loss": op(lambda x, y, b: F.margin_ranking_loss(x, y, signs(b)), X, X, bits()),
    "op_cosine_embedding_loss": op(lambda x, y, b: F.cosine_embedding_loss(x, y, signs(b)), X, X, bits(N)),
    "op_triplet_margin_loss": op(F.triplet_margin_loss, X, X, X),
    "op_multilabel_soft_margin_loss": op(F.multilabel_soft_margin_loss, X, bits()),
    "op_cross_entropy": op(F.cross_entropy, X, integers(N, N)),
    "op_cross_entropy_smoothed": op(lambda x, i: F.cross_entropy(x, i, label_smoothing=0.1), X, integers(N, N)),
    "op_nll_loss": op(F.nll_loss, X, integers(N, N)),
    "op_multi_margin_loss": op(F.multi_margin_loss, X, integers(N, N)),
    "op_cross_entropy_of_probabilities": op(F.cross_entropy, X, Q),
    "op_ctc_loss": op(ctc, Input(-1, 1, N // 8, 16, 64), made(lambda: torch.randint(1, 64, (16, N // 64)))),
}

BATCH, M, B = Input(-1, 1, 64, N // 8, N // 8), Input(-1, 1, 16, 64, 64), Input(-1, 1, 16, 64, 16)


def regular(f):
    return op(lambda x: f(x + torch.eye(64) * 64), M)


def symmetric(f):
    return regular(lambda x: f(x + x.mT))


def einsum(subscripts, x):
    return op(lambda x, y: torch.einsum(subscripts, x, y), x, x)


def eigh(x):
    values, vectors = torch.linalg.eigh(x)
    return vectors * values.unsqueeze(-2)


def svd(x):
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    return u * s.unsqueeze(-2) + vh


MATRICES = {
    "op_matmul": op(torch.matmul, Input(-1, 1, N, N // 4), Input(-1, 1, N // 4, N)),
    "op_matmul_batch": op(torch.matmul, BATCH, BATCH),
    "op_einsum_bij_bjk": einsum("bij,bjk->bik", BATCH),
    "op_einsum_bij_bkj": einsum("bij,bkj->bik", BATCH),
    "op_einsum_ij_ij": einsum("ij,ij->i", Input(-1, 1)),
    "op_tensordot": op(lambda x, y: torch.tensordot(x, y, ([2, 1], [0, 1])), Input(-1, 1, N, 16, 16), Input(-1, 1, 16, 16, N // 4)),
    "op_cdist": op(torch.cdist, Input(-1, 1, N, 64), Input(-1, 1, N, 64)),
    "op_cdist_1": op(lambda x, y: torch.cdist(x, y, 1), Input(-1, 1, N // 2, 64), Input(-1, 1, N // 2, 64)),
    "op_solve": op(torch.linalg.solve, M, B),
    "op_solve_triangular": op(lambda a, b: torch.linalg.solve_triangular(a.tril(), b, upper=False), Input(1, 2, 16, 64, 64), B),
    "op_inverse": regular(torch.linalg.inv),
    "op_det": op(torch.linalg.det, M),
    "op_slogdet": op(lambda x: torch.linalg.slogdet(x).logabsdet, M),
    "op_cholesky": symmetric(torch.linalg.cholesky),
    "op_qr": op(lambda x: sum(torch.linalg.qr(x)), M),
    "op_eigh": symmetric(eigh),
    "op_eigvalsh": symmetric(torch.linalg.eigvalsh),
    "op_svd": op(svd, M),
    "op_svdvals": op(torch.linalg.svdvals, M),
    "op_pinv": regular(torch.linalg.pinv),
    "op_lstsq": op(lambda a, b: torch.linalg.lstsq(a, b).solution, Input(-1, 1, 16, 64, 32), B),
    "op_matrix_norm_nuclear": op(lambda x: torch.linalg.matrix_norm(x, "nuc"), M),
}


def along(axis):
    return lambda name: op(lambda *x: ALONG[name][0](*x, axis), *ALONG[name][1:])


OPERATIONS = ACTIVATIONS | UNARY | BINARY | WHOLE | SHAPES | IMAGES | LAYERS | LOSSES | MATRICES
OPERATIONS |= {name: along(1)(name) for name in ALONG} | {name + "_axis0": along(0)(name) for name in ALONG}
