"""The peer of t1-t3-training.ts: the same training step in JAX, float32, compiled once.

Usage: training_step.py PLAN.json VOCABULARY. Reads "step" lines, answers the seconds that each took.
AbsTopK and the projection bisect a threshold, so that nothing is sorted here either.
"""
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

plan = json.load(open(sys.argv[1]))
V = int(sys.argv[2])
model, batch, opt, sparse = plan["model"], plan["batch"], plan["optimiser"], plan["sparsity"]
L, H, DH, D, M = (model[k] for k in ("layers", "heads", "dHead", "dModel", "dMlp"))
W, S, T, AFRAC = H * DH, batch["sequences"], batch["length"], model["afrac"]


def threshold(sizes, k, rounds=20):
    low, high = jnp.zeros(sizes.shape[:-1] + (1,)), sizes.max(-1, keepdims=True)
    for _ in range(rounds):
        middle = (low + high) / 2
        many = (sizes > middle).sum(-1, keepdims=True) > k
        low, high = jnp.where(many, middle, low), jnp.where(many, high, middle)
    return high


def top_k(x):
    k = int(AFRAC * x.shape[-1])
    cut = jax.lax.stop_gradient(threshold(jnp.abs(x), k))
    return x * (jnp.abs(x) >= cut)


def norm(x, gain):
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 2**-23) * gain


def logits(p, tokens):
    x = p["wte"][tokens]
    mask = jnp.tril(jnp.ones((T, T), bool))
    for b in p["blocks"]:
        h = top_k(norm(x, b["ln1"]))
        q, k, v = (top_k(part) for part in jnp.split(h @ b["attn_w"].T + b["attn_b"], 3, -1))
        q, k, v = (part.reshape(S, T, H, DH).transpose(0, 2, 1, 3) for part in (q, k, v))
        scores = jnp.where(mask, q @ k.transpose(0, 1, 3, 2) / DH**0.5, -jnp.inf)
        sink = jnp.broadcast_to(b["sink"][None, :, None, None], (S, H, T, 1))
        y = jax.nn.softmax(jnp.concatenate([scores, sink], -1), -1)[..., :T] @ v
        x = x + top_k(y.transpose(0, 2, 1, 3).reshape(S, T, W) @ b["out_w"].T + b["out_b"])
        h = top_k(norm(x, b["ln2"]))
        a = top_k(jax.nn.gelu(h @ b["fc_w"].T + b["fc_b"], approximate=False))
        x = x + top_k(a @ b["proj_w"].T + b["proj_b"])
    return norm(x, p["lnf"]) @ p["head"].T + p["bigram"][tokens]


def loss(p, tokens):
    scores = jax.nn.log_softmax(logits(p, tokens[:, :-1]), -1)
    return -jnp.take_along_axis(scores, tokens[:, 1:, None], -1).mean()


def project(w, fraction, least, by_column):
    w = w.T if by_column else w
    sizes = jnp.abs(w)
    owed = sizes >= threshold(sizes, least)
    cut = threshold(jnp.where(owed, 1e10, sizes).reshape(-1), int(fraction * w.size), 40)
    w = w * (jnp.where(owed, 1e10, sizes) >= cut)
    return w.T if by_column else w


@jax.jit
def step(p, m, v, tokens, i):
    value, g = jax.value_and_grad(loss)(p, tokens)
    leaves = jax.tree.leaves(g)
    rms = jnp.sqrt(sum((x * x).sum() for x in leaves) / sum(x.size for x in leaves))
    g = jax.tree.map(lambda x: x / (rms + 1e-5), g)
    m = jax.tree.map(lambda a, b: opt["beta1"] * a + (1 - opt["beta1"]) * b, m, g)
    v = jax.tree.map(lambda a, b: opt["beta2"] * a + (1 - opt["beta2"]) * b * b, v, g)
    rate = opt["peakRate"] / 2

    def moved(w, a, b):
        a, b = a / (1 - opt["beta1"] ** (i + 1)), b / (1 - opt["beta2"] ** (i + 1))
        return w - rate * a / (jnp.sqrt(b) + opt["epsilon"])

    p = jax.tree.map(moved, p, m, v)
    least, density, embedding = sparse["leastPerNeuron"], sparse["density"], sparse["embeddingDensity"]
    shrink = 1 - opt["weightDecay"] * rate
    for b in p["blocks"]:
        for name in ("attn_w", "fc_w", "out_w", "proj_w"):
            b[name] = project(b[name], density, least, name in ("out_w", "proj_w")) * shrink
    for name in ("wte", "head"):
        cut = threshold(jnp.abs(p[name]).reshape(-1), int(embedding * p[name].size), 40)
        p[name] = p[name] * (jnp.abs(p[name]) >= cut) * shrink
    return p, m, v, value


random = np.random.default_rng(0)
normal = lambda *shape: jnp.asarray(0.02 * random.standard_normal(shape), jnp.float32)
block = lambda: {
    "ln1": jnp.ones(D), "ln2": jnp.ones(D), "sink": jnp.zeros(H),
    "attn_w": normal(3 * W, D), "attn_b": jnp.zeros(3 * W), "out_w": normal(D, W), "out_b": jnp.zeros(D),
    "fc_w": normal(M, D), "fc_b": jnp.zeros(M), "proj_w": normal(D, M), "proj_b": jnp.zeros(D),
}
p = {"wte": normal(V, D), "head": normal(V, D), "bigram": normal(V, V), "lnf": jnp.ones(D), "blocks": [block() for _ in range(L)]}
m = jax.tree.map(jnp.zeros_like, p)
v = jax.tree.map(jnp.zeros_like, p)
draw = lambda: jnp.asarray(random.integers(0, V, (S, T + 1)))
p, m, v, value = step(p, m, v, draw(), 0)
value.block_until_ready()
print(json.dumps({"version": jax.__version__}), flush=True)
count = 1
for line in sys.stdin:
    tokens = draw()
    begin = time.perf_counter()
    p, m, v, value = step(p, m, v, tokens, count)
    value.block_until_ready()
    jax.tree.leaves(p)[0].block_until_ready()
    count += 1
    print(json.dumps({"seconds": time.perf_counter() - begin, "loss": float(value)}), flush=True)
