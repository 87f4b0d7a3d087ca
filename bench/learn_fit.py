#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times fits of our forest against scikit-learn's, each pair in turn, and prints medians, ratios and out-of-bag scores.

    ./dev bench learn_fit [--rounds 3] [--trees 20] [--rows 50000]

Rows are drawn from a scene of 100 byte features and 33 classes with 15 % of wrong labels (learn_data.py). Both fit with
the same settings (square root of the features, leaves of one row, Gini, to purity; for a number a third of the features
and leaves of five rows) and compute out-of-bag answers. Clocks wander, so only ratios of two fits timed in turn count:
processor seconds on one thread, wall seconds on two. Either side runs in a process of its own, whose peak memory holds
the rows too.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

BAR = 4


def read_rows(rows, features, classes, values, answers):
    kind = np.uint16 if classes else np.float32
    return np.fromfile(values, np.uint8).reshape(rows, features).astype(np.float32), np.fromfile(answers, kind)


def most_memory():
    """Of this process, in MB."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def out_of_bag_score(forest, seen, classes):
    """Of the rows that some tree did not draw; the peer's own figure counts the others as class 0 or number 0."""
    if classes:
        answers = forest.oob_decision_function_
        known = answers.sum(1) > 0
        return (forest.classes_[answers[known].argmax(1)] == seen[known]).mean()
    known = forest.oob_prediction_ != 0
    off, numbers = seen[known] - forest.oob_prediction_[known], seen[known]
    return 1 - (off**2).sum() / ((numbers - numbers.mean())**2).sum()


def peer(rows, features, classes, values, answers):
    """scikit-learn behind the same lines as our program: trees, rows in a leaf, threads."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    numbers, seen = read_rows(rows, features, classes, values, answers)
    for line in sys.stdin:
        trees, min_leaf, threads = map(int, line.split())
        kind = RandomForestClassifier if classes else RandomForestRegressor
        forest = kind(trees, max_features="sqrt" if classes else 1 / 3, min_samples_leaf=min_leaf, n_jobs=threads,
                      random_state=1, oob_score=True)
        wall, processor = time.perf_counter(), time.process_time()
        forest.fit(numbers, seen)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        nodes = np.mean([tree.tree_.node_count for tree in forest.estimators_])
        print(wall, processor, out_of_bag_score(forest, seen, classes), nodes, most_memory(), flush=True)


class Side:
    """A process that fits what a line asks for."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def fit(self, trees, min_leaf, threads):
        self.process.stdin.write(f"{trees} {min_leaf} {threads}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            sys.exit(f"bench: {self.process.args[0]} stopped")
        return [float(value) for value in answer]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(options, name, features, answers, classes, trees, min_leaf):
    """True if both are as good and ours is as fast as asked for, on one thread and on two."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "values"), os.path.join(folder, "answers")]
        features.tofile(paths[0])
        answers.astype(np.uint16 if classes else np.float32).tofile(paths[1])
        shape = [str(features.shape[0]), str(features.shape[1]), str(classes)]
        for threads in (1, 2):
            ours = Side([options.program, *shape, *paths])
            theirs = Side([sys.executable, "-B", __file__, "--peer", *shape, *paths])
            pairs = [(ours.fit(trees, min_leaf, threads), theirs.fit(trees, min_leaf, threads))
                     for _ in range(options.rounds)]
            ours.close()
            theirs.close()
            which = 1 if threads == 1 else 0
            mine, other = (statistics.median(pair[side][which] for pair in pairs) for side in (0, 1))
            ratio = statistics.median(pair[1][which] / pair[0][which] for pair in pairs)
            (_, _, score, nodes, memory), (_, _, peer_score, peer_nodes, peer_memory) = pairs[-1]
            equal = abs(score - peer_score) <= 0.005
            good = good and equal and ratio >= BAR
            print(f"{name}, {threads} thread{'s'[:threads - 1]:1s} {1e3 * mine / trees:7.1f} ms {1e3 * other / trees:7.1f} ms "
                  f"{ratio:6.2f}x {BAR:3d}x  {score:.4f} {peer_score:.4f}{'' if equal else ' DIFFER'}  "
                  f"{nodes:6.0f} {peer_nodes:6.0f}  {memory:5.0f} {peer_memory:5.0f} MB"
                  f"{'' if ratio >= BAR else '  below the bar'}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", default="build/release/bench/ecocube_learn_fit_bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trees", type=int, default=20)
    parser.add_argument("--rows", type=int, default=50000)
    parser.add_argument("--peer", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        peer(*map(int, options.peer[:3]), *options.peer[3:])
        return
    import learn_data

    features, seen = learn_data.training_rows(options.rows)
    draw = np.random.default_rng(3)
    number = (features.astype(np.float32) @ draw.normal(0, 1, features.shape[1])) / 10 + draw.normal(0, 8, len(seen))
    print(f"{features.shape[0]} rows x {features.shape[1]} bytes; {options.trees} trees of {learn_data.CLASSES} classes, "
          f"as many of a number; medians of {options.rounds} rounds in turn; a tree's seconds with "
          "its share of binning and out-of-bag answers\n")
    print(f"{'fit':18s} {'ours':>10s} {'peer':>10s} {'ratio':>7s} {'bar':>4s}  out-of-bag      nodes a tree   memory")
    good = compare(options, "classes", features, seen, learn_data.CLASSES, options.trees, 1)
    good = compare(options, "number ", features, number, 0, options.trees, 5) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
