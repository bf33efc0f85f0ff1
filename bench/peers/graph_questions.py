"""Path and influence questions with SciPy, igraph and NumPy: the peer of bench/p1-p4-structure.ts.

Reads a graph as columns (source, target, weight); answers commands on standard input, one per line, with seconds and
a checksum on standard output, so that both sides take turns in one run.
"""
import json
import sys
import time

import igraph
import numpy as np
import scipy
from scipy.sparse import csr_array
from scipy.sparse.csgraph import yen


def columns(folder, name):
    facts = json.load(open(f"{folder}/{name}.json"))
    ends = np.fromfile(f"{folder}/{name}.ends", dtype=np.uint32).reshape(2, -1)
    return facts, ends[0].view(np.int32), ends[1].view(np.int32), np.fromfile(f"{folder}/{name}.weight", dtype=np.float64)


def sums(matrix, source, sink):
    """Signed total of all paths: a row vector, layer after layer, until nothing is left of it."""
    row = np.zeros(matrix.shape[0])
    row[source] = 1
    total = 0.0
    while row.any():
        row = row @ matrix
        total += row[sink]
    return total


class Paths:
    def __init__(self, folder):
        facts, source, target, weight = columns(folder, "paths")
        self.ends = facts["source"], facts["sink"]
        count = facts["nodes"]
        cost = -np.log(np.abs(weight)) + 1e-12
        self.matrix = csr_array((weight, (source, target)), (count, count))
        self.sizes = csr_array((np.abs(weight), (source, target)), (count, count))
        self.costs = csr_array((cost, (source, target)), (count, count))
        self.graph = igraph.Graph(count, np.stack([source, target], 1), directed=True)
        self.cost = cost.tolist()

    def yen(self):
        distances, _ = yen(self.costs, *self.ends, 100, return_predecessors=True)
        return float(np.exp(-distances[-1]))

    def igraph(self):
        found = self.graph.get_k_shortest_paths(self.ends[0], to=self.ends[1], k=100, weights=self.cost, output="epath")
        return float(np.exp(-sum(self.cost[e] for e in found[-1])))

    def signed(self):
        return sums(self.matrix, *self.ends)

    def absolute(self):
        return sums(self.sizes, *self.ends)


class Influence:
    """circuit-tracer's way: a dense matrix of targets by sources, powers of it, and sorts of all its entries."""

    def __init__(self, folder):
        facts, source, target, weight = columns(folder, "influence")
        self.dense = np.zeros((facts["nodes"], facts["nodes"]), np.float32)
        self.dense[target, source] = weight
        self.start = np.zeros(facts["nodes"], np.float32)
        self.start[facts["firstLogit"] :] = facts["probability"]
        self.always = np.zeros(facts["nodes"], bool)
        self.always[: facts["tokens"]] = True
        self.always[facts["firstLogit"] :] = True

    @staticmethod
    def shares(matrix):
        size = np.abs(matrix)
        return size / np.maximum(size.sum(1, keepdims=True), 1e-10)

    def influence(self, shares):
        step = self.start @ shares
        total = step
        while step.any():
            step = step @ shares
            total = total + step
        return total

    @staticmethod
    def threshold(scores, share):
        ordered = np.sort(scores.ravel())[::-1]
        running = np.cumsum(ordered, dtype=np.float64)
        return ordered[np.searchsorted(running / running[-1], share)]

    def pruned(self):
        influence = self.influence(self.shares(self.dense))
        nodes = (influence >= self.threshold(influence, 0.8)) | self.always
        kept = self.dense * nodes[:, None] * nodes[None, :]
        shares = self.shares(kept)
        scores = shares * (self.influence(shares) + self.start)[:, None]
        edges = (scores >= self.threshold(scores, 0.98)) & (kept != 0)
        inner = ~self.always
        while True:
            before = int(nodes.sum())
            nodes &= ~inner | (edges.any(0) & edges.any(1))
            edges &= nodes[:, None] & nodes[None, :]
            if int(nodes.sum()) == before:
                return int(nodes.sum()) + int(edges.sum()) / 1e9


def memory():
    """Bytes of this process, now and at most."""
    lines = open("/proc/self/status").read().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith(("VmRSS", "VmHWM"))}


def main():
    what = {"paths": Paths, "influence": Influence}[sys.argv[2]](sys.argv[1])
    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "igraph": igraph.__version__}
    print(json.dumps({**versions, **memory()}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        value = getattr(what, line.strip())()
        print(json.dumps({"seconds": time.perf_counter() - start, "value": value, **memory()}), flush=True)


main()
