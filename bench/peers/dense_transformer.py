"""The same model, dense, in JAX: the peer of bench/e1-e5-engine.ts.

Reads tensors written one after another as float32, in the order of config.json; answers commands on standard input,
one per line, with seconds on standard output: so that both sides take turns in one run.
"""
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np


def load(folder):
    config = json.load(open(f"{folder}/config.json"))
    flat = np.fromfile(f"{folder}/weights.f32", dtype=np.float32)
    weights, at = {}, 0
    for name, shape in config["tensors"]:
        size = int(np.prod(shape))
        weights[name] = flat[at : at + size].reshape(shape)
        at += size
    return config, weights


def top_k(x, share):
    """AbsTopK by bisection on the bits of |x|: several times faster on a CPU than lax.top_k, which sorts.

    Ties do not occur in drawn weights.
    """
    wide = x.dtype == jnp.float64
    bits = jax.lax.bitcast_convert_type(jnp.abs(x), jnp.uint64 if wide else jnp.uint32)
    ones = jnp.ones((x.shape[-1], 1), x.dtype)
    count = int(share * x.shape[-1])

    def halve(step, low):
        middle = low | (bits.dtype.type(1) << (bits.dtype.itemsize * 8 - 2 - step).astype(bits.dtype))
        # Counting as a product is faster in float32, as a sum in float64.
        above = (bits >= middle).sum(-1, keepdims=True) if wide else (bits >= middle).astype(x.dtype) @ ones
        return jnp.where(above >= count, middle, low)

    start = jnp.zeros(x.shape[:-1] + (1,), bits.dtype)
    low = jax.lax.fori_loop(0, bits.dtype.itemsize * 8 - 1, halve, start)
    return jnp.where(bits >= jax.lax.stop_gradient(low), x, 0)


def rms(x, gain):
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1.1920928955078125e-07) * gain


def forward(w, tokens, config, taps=None):
    """Logits [T, V]; `taps` are added to activations by name, so that their gradients are those of the taps."""
    share, heads, d_head = config["afrac"], config["heads"], config["dHead"]
    add = (lambda name, x: x) if taps is None else (lambda name, x: x + taps[name])
    x = w["transformer.wte.weight"][tokens] + w["transformer.wpe.weight"][: len(tokens)]
    t = len(tokens)
    mask = jnp.tril(jnp.ones((t, t), bool))
    for i in range(config["layers"]):
        b = f"transformer.h.{i}"
        a = add(f"{i}.attn.act_in", top_k(rms(x, w[f"{b}.ln_1.weight"]), share))
        qkv = a @ w[f"{b}.attn.c_attn.weight"].T + w[f"{b}.attn.c_attn.bias"]
        q, k, v = (add(f"{i}.attn.{n}", top_k(p, share)) for n, p in zip("qkv", jnp.split(qkv, 3, -1)))
        q, k, v = (p.reshape(t, heads, d_head).transpose(1, 0, 2) for p in (q, k, v))
        s = jnp.where(mask, q @ k.transpose(0, 2, 1) / np.sqrt(d_head), -jnp.inf)
        y = (jax.nn.softmax(s, -1) @ v).transpose(1, 0, 2).reshape(t, heads * d_head)
        d = top_k(y @ w[f"{b}.attn.c_proj.weight"].T + w[f"{b}.attn.c_proj.bias"], share)
        x = x + add(f"{i}.attn.resid_delta", d)
        a = add(f"{i}.mlp.act_in", top_k(rms(x, w[f"{b}.ln_2.weight"]), share))
        h = jax.nn.gelu(a @ w[f"{b}.mlp.c_fc.weight"].T + w[f"{b}.mlp.c_fc.bias"], approximate=False)
        h = add(f"{i}.mlp.post_act", top_k(h, share))
        d = top_k(h @ w[f"{b}.mlp.c_proj.weight"].T + w[f"{b}.mlp.c_proj.bias"], share)
        x = x + add(f"{i}.mlp.resid_delta", d)
    return rms(x, w["transformer.ln_f.weight"]) @ w["lm_head.weight"].T + w["final_logits_bias"]


def main():
    folder, kind = sys.argv[1], sys.argv[2]
    if kind == "f64":
        jax.config.update("jax_enable_x64", True)
    config, weights = load(folder)
    dtype = jnp.float64 if kind == "f64" else jnp.float32
    w = {name: jnp.asarray(value, dtype) for name, value in weights.items()}
    tokens = jnp.asarray(config["tokens"])
    run = jax.jit(lambda w: forward(w, tokens, config))
    widths = {"attn.act_in": "dModel", "attn.q": "width", "attn.k": "width", "attn.v": "width",
              "attn.resid_delta": "dModel", "mlp.act_in": "dModel", "mlp.post_act": "dMlp", "mlp.resid_delta": "dModel"}
    zeros = {f"{i}.{tap}": jnp.zeros((len(tokens), config[width]), dtype)
             for i in range(config["layers"]) for tap, width in widths.items()}

    def difference(taps, w):
        logits = forward(w, tokens, config, taps)
        return logits[-1, config["target"]] - logits[-1, config["alternative"]]

    slope = jax.jit(jax.grad(difference))
    work = {"forward": lambda: run(w), "gradient": lambda: slope(zeros, w)}
    print(json.dumps({"jax": jax.__version__, "devices": str(jax.devices())}), flush=True)
    for line in sys.stdin:
        name = line.strip()
        if name == "logits":
            print(json.dumps(np.asarray(run(w)[-1], np.float64).tolist()), flush=True)
            continue
        start = time.perf_counter()
        jax.block_until_ready(work[name]())
        print(json.dumps(time.perf_counter() - start), flush=True)


main()
