#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times predictions of our engines against scikit-learn, ranger and XGBoost, each pair in turn, and prints ratios.

    ./dev bench learn_predict [--runs 3] [--pixels 1000000] [--rows 50000] [--models FOLDER] [--quick]

Models are trained on rows of a scene of 100 byte features and 33 classes (learn_data.py) and asked for the pixels of
another one. scikit-learn's forest and XGBoost's trees are read into ours, so both sides hold the same trees; ranger
fits its own forest of as many. Slow peers predict fewer pixels, which the table tells. Clocks wander, so only ratios of
two things timed in turn count: processor seconds, of one thread and of two. What differs fails the bench: shares of
the forest by more than rounding, scores of the boosting by a single bit.
With --models the trained models are kept in a folder and found there the next time; --quick leaves out the long boosting
and takes fewer pixels.
"""
import argparse
import json
import os
import pickle
import statistics
import struct
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
import xgboost
from sklearn.ensemble import RandomForestClassifier

import learn_data

TREES, ROUNDS, FEW_ROUNDS = 85, 100, 28
FEATURES, CLASSES = learn_data.FEATURES, learn_data.CLASSES

RANGER = """
suppressMessages(library(ranger))
arguments <- commandArgs(TRUE)
folder <- arguments[1]; rows <- as.integer(arguments[2]); pixels <- as.integer(arguments[3])
read <- function(name, count) {
  m <- matrix(as.integer(readBin(file.path(folder, name), "raw", count * %d)), ncol = %d, byrow = TRUE)
  colnames(m) <- paste0("f", seq_len(ncol(m))); m }
x <- read("rows.raw", rows); z <- read("some.raw", pixels)
y <- factor(as.integer(readBin(file.path(folder, "seen.raw"), "raw", rows)))
model <- ranger(x = x, y = y, num.trees = %d, probability = TRUE, num.threads = 2, seed = 1, min.node.size = 1,
                oob.error = FALSE)
cat("ready\\n"); flush(stdout())
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) > 0) {
  t <- system.time(predict(model, z, num.threads = as.integer(line)))
  cat(t[["user.self"]] + t[["sys.self"]], "\\n"); flush(stdout())
}
""" % (FEATURES, FEATURES, TREES)


def kept(folder, name, make):
    """A trained model, from the folder where it is there."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        model = make()
        with open(path, "wb") as file:
            pickle.dump(model, file)
        return model
    with open(path, "rb") as file:
        return pickle.load(file)


def write_tree(file, class_index, feature, left, right, threshold, values):
    file.write(struct.pack("<II", class_index, len(feature)))
    for array, kind in ((feature, np.int32), (left, np.int32), (right, np.int32), (threshold, np.float32),
                        (values, np.float32)):
        file.write(np.ascontiguousarray(array, kind).tobytes())


def write_forest(forest, path):
    """Values are whole numbers, so a threshold may be rounded down to the float below."""
    with open(path, "wb") as file:
        file.write(struct.pack("<I", len(forest.estimators_)))
        for estimator in forest.estimators_:
            tree = estimator.tree_
            threshold = tree.threshold.astype(np.float32)
            above = threshold.astype(np.float64) > tree.threshold
            threshold[above] = np.nextafter(threshold[above], np.float32(-np.inf))
            shares = tree.value[:, 0, :] / tree.value[:, 0, :].sum(1, keepdims=True)
            write_tree(file, 0, tree.feature, tree.children_left, tree.children_right, threshold, shares)


def write_boosting(booster, path):
    """XGBoost goes left where x < threshold: x <= the float below."""
    with tempfile.TemporaryDirectory() as folder:
        booster.save_model(os.path.join(folder, "model.json"))
        with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
            learner = json.load(file)["learner"]
    model = learner["gradient_booster"]["model"]
    with open(path, "wb") as file:
        file.write(struct.pack("<fI", float(learner["learner_model_param"]["base_score"]), len(model["trees"])))
        for tree, score in zip(model["trees"], model["tree_info"]):
            conditions = np.array(tree["split_conditions"], np.float32)
            below = np.nextafter(conditions, np.float32(-np.inf))
            write_tree(file, score, tree["split_indices"], tree["left_children"], tree["right_children"], below,
                       conditions)


class Process:
    """A program that answers each line with a line."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("bench: a program stopped")
        return line.strip()


class Ours(Process):
    def predict(self, name, pixels, threads, given="bytes", outputs="probability"):
        """Processor microseconds a pixel."""
        wall, processor, self.bytes = self.ask(f"predict {name} {given} {outputs} {pixels} {threads}").split()
        self.wall = 1e6 * float(wall) / pixels
        return 1e6 * float(processor) / pixels


def processor_time(work, pixels):
    start = time.process_time()
    work()
    return 1e6 * (time.process_time() - start) / pixels


def in_turn(runs, ours, theirs):
    """Medians of both and of their ratios, run one after the other."""
    pairs = [(ours(), theirs()) for _ in range(runs)]
    return [statistics.median(side) for side in zip(*pairs)] + [statistics.median(b / a for a, b in pairs)]


class Table:
    def __init__(self):
        self.failed = False
        print(f"{'':34s} {'ours':>9s} {'peer':>9s} {'ratio':>8s} {'bar':>5s}  microseconds of processor a pixel")

    def row(self, name, figures, bar, text):
        ours, theirs, ratio = figures
        self.failed = self.failed or ratio < bar
        note = "" if ratio >= bar else "  below the bar"
        print(f"{name:34s} {ours:9.3f} {theirs:9.2f} {ratio:7.1f}x {bar:4d}x  {text}{note}", flush=True)

    def told(self, name, ours, text):
        print(f"{name:34s} {ours:9.3f} {'':9s} {'':8s} {'':5s}  {text}", flush=True)

    def check(self, right, text):
        self.failed = self.failed or not right
        print(f"{'':34s} {text}{'' if right else '  WRONG'}", flush=True)


def bench_forest(options, table, ours, forest, pixels, folder):
    some = np.ascontiguousarray(pixels[:options.slow])
    floats = some.astype(np.float32)
    for threads in (1, 2):
        forest.n_jobs = threads
        figures = in_turn(options.runs, lambda: ours.predict("forest", options.pixels, threads),
                          lambda: processor_time(lambda: forest.predict_proba(floats), len(some)))
        table.row(f"forest, {TREES} trees, {threads} thread(s)", figures, 12,
                  f"scikit-learn, {len(some)} pixels; ours {int(ours.bytes) / 2**20:.1f} MiB a thread")
    table.told("  from physical values", ours.predict("forest", options.pixels, 1, "values"), "floats instead of bytes")
    made = os.path.join(folder, "percent")
    ours.predict("forest", len(some), 1)
    ours.ask(f"write {made}")
    percent = np.fromfile(made, np.uint8).reshape(CLASSES, len(some)).T
    off = np.abs(percent - 100 * forest.predict_proba(floats)).max()
    table.check(off < 1.001, f"largest difference to scikit-learn {off:.3f} of a hundred (rounded to sum to 100)")
    checked = min(3000, len(some))
    wrong = ours.ask(f"check forest {checked}").split()[0]
    table.check(wrong == "0", f"{wrong} of {checked * CLASSES} answers differ from the plain ones")


def bench_ranger(options, table, ours, rows, seen, pixels, folder):
    some = min(options.slow, 20000)
    rows.tofile(os.path.join(folder, "rows.raw"))
    seen.tofile(os.path.join(folder, "seen.raw"))
    pixels[:some].tofile(os.path.join(folder, "some.raw"))
    script = os.path.join(folder, "ranger.R")
    with open(script, "w", encoding="utf-8") as file:
        file.write(RANGER)
    peer = Process(["Rscript", script, folder, str(len(rows)), str(some)])
    peer.answer()
    for threads in (1, 2):
        figures = in_turn(options.runs, lambda: ours.predict("forest", options.pixels, threads),
                          lambda: 1e6 * float(peer.ask(str(threads))) / some)
        table.row(f"forest, {TREES} trees, {threads} thread(s)", figures, 40, f"ranger, {some} pixels")


def bench_boosting(options, table, ours, booster, pixels, rounds, folder):
    some = np.ascontiguousarray(pixels[:options.slow].astype(np.float32))
    for threads in (1, 2):
        booster.set_param({"nthread": threads})
        figures = in_turn(options.runs, lambda: ours.predict("boosting", options.pixels, threads),
                          lambda: processor_time(lambda: booster.inplace_predict(some), len(some)))
        table.row(f"boosting, {rounds * CLASSES} trees, {threads} thread(s)", figures, 12,
                  f"XGBoost inplace_predict, {len(some)} pixels; ours {int(ours.bytes) / 2**20:.1f} MiB a thread")
    table.told("  from physical values", ours.predict("boosting", options.pixels, 1, "values"), "floats instead of bytes")
    margins = os.path.join(folder, "margins")
    checked = min(3000, len(some))
    booster.inplace_predict(some[:checked], predict_type="margin").astype(np.float32).tofile(margins)
    wrong, scores = ours.ask(f"check boosting {checked} {margins}").split()
    table.check(wrong == "0", f"{wrong} of {checked * CLASSES} answers differ from the plain ones")
    table.check(scores == "0", f"{scores} of {checked * CLASSES} scores differ from XGBoost's")


def bench_stack(options, table, ours):
    for kind in ("published", "anchored"):
        ours.ask(f"stack {kind}")
        for threads in (1, 2):
            times = [ours.predict(kind, options.pixels, threads, outputs="all") for _ in range(options.runs)]
            table.told(f"stack, {kind}, {threads} thread(s)", statistics.median(times),
                       f"target 4; {TREES} trees, {FEW_ROUNDS * CLASSES} boosted, 4x64 network, meta learner, "
                       f"{2 * CLASSES + 3} bytes out; {int(ours.bytes) / 2**20:.1f} MiB a thread")
    ours.ask("network -")
    table.told("  the network alone", ours.predict("network", options.pixels, 1), "")
    checked = min(1000, options.slow)
    wrong = ours.ask(f"check anchored {checked}").split()[0]
    table.check(wrong == "0", f"{wrong} of {checked * CLASSES} answers of the anchored stack differ from the plain ones")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", default="build/release/bench/ecocube_learn_predict_bench")
    parser.add_argument("--pixels", type=int, default=1000000)
    parser.add_argument("--slow", type=int, default=30000, help="pixels that peers predict")
    parser.add_argument("--rows", type=int, default=50000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--models", help="folder that keeps the trained models")
    parser.add_argument("--without", nargs="*", default=[], choices=["ranger"], help="peers to leave out")
    parser.add_argument("--quick", action="store_true", help="a fifth of the pixels, one run, the short boosting only")
    options = parser.parse_args()
    if options.quick:
        options.pixels, options.slow, options.runs = options.pixels // 5, options.slow // 3, 1
    with tempfile.TemporaryDirectory() as folder:
        models = options.models or folder
        os.makedirs(models, exist_ok=True)
        rows, seen = learn_data.training_rows(options.rows)
        pixels = learn_data.scene(202)[0][:options.pixels]
        forest = kept(models, f"forest_{options.rows}", lambda: RandomForestClassifier(
            TREES, max_features="sqrt", n_jobs=2, random_state=1).fit(rows.astype(np.float32), seen))
        settings = dict(objective="multi:softprob", num_class=CLASSES, max_depth=6, tree_method="hist", eta=0.3,
                        max_bin=256, nthread=2)
        most = FEW_ROUNDS if options.quick else ROUNDS
        booster = kept(models, f"boosting_{options.rows}_{most}",
                       lambda: xgboost.train(settings, xgboost.DMatrix(rows, seen), num_boost_round=most))
        # The first rounds of a long training are a short one.
        boosters = {rounds: booster[:rounds] for rounds in (ROUNDS, FEW_ROUNDS) if rounds <= most}
        scene = os.path.join(folder, "scene")
        pixels.tofile(scene)
        write_forest(forest, os.path.join(folder, "forest"))
        for rounds, booster in boosters.items():
            write_boosting(booster, os.path.join(folder, f"boosting_{rounds}"))
        print(f"{len(rows)} training rows, {FEATURES} byte features, {CLASSES} classes, {len(pixels)} pixels; medians "
              f"of {options.runs} runs in turn\n")
        ours = Ours([options.program, str(len(pixels)), str(FEATURES), str(CLASSES), scene])
        table = Table()
        ours.ask(f"forest {os.path.join(folder, 'forest')}")
        bench_forest(options, table, ours, forest, pixels, folder)
        if "ranger" not in options.without:
            bench_ranger(options, table, ours, rows, seen, pixels, folder)
        for rounds, booster in boosters.items():
            ours.ask(f"boosting {os.path.join(folder, f'boosting_{rounds}')}")
            bench_boosting(options, table, ours, booster, pixels, rounds, folder)
        bench_stack(options, table, ours)
    sys.exit(1 if table.failed else 0)


if __name__ == "__main__":
    main()
