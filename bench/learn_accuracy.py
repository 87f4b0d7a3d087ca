#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Accuracy of the default stack on real tables with fixed folds, nested, against its learners and their mean.

    ./dev bench learn_accuracy [--only NAME,...] [--learners A,B] [--small] [--threads N] [--ecocube PROGRAM]
                               [--data FOLDER] [--work FOLDER] [--set OPTION=VALUE ...]

Every table is learnt by `ecocube learn` with six learners (regression: the three of trees and the linear one), scored
on outer folds that nothing has seen; the inner folds are the other outer ones. Classes: log loss, accuracy; numbers:
RMSE, R2. The bars stand beside; `mean` and `best` must not be lower than the stack. `--small` takes smaller forests.
Where the folder of data is absent it says so and ends.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SIX = "forest,extra-trees,boosting,logistic,network,neighbours"
NUMBERS = "forest,extra-trees,boosting,linear,neighbours"
CROP = "cropland-east-africa/eastern_training_sentinel2_features.csv"
SOIL = "soil-ebergoetzen/eberg_sand_with_covariates.csv"
COVARIATES = "DEMSRT6,TWISRT6,TIRAST6,DEMTOPx,TWITOPx,NVILANx"
TABLES = {  # name: table, target, folds, classes, bar of log loss or RMSE, bar of accuracy or R2
    "statlog": ("ml-tables/mlbench_Satellite.csv", "classes", "ml-tables/reference_cv/mlbench_Satellite_fold5.csv",
                True, .192, .918),
    "cropland-random": (CROP, "Class", "cropland-east-africa/folds/eastern__stored.csv", True, .275, None),
    "cropland-tile": (CROP, "Class", "cropland-east-africa/folds/eastern__tile.csv", True, .400, None),
    "cropland-regions": (CROP, "Class", "cropland-east-africa/folds/eastern__kmeans.csv", True, None, None),
    "sand-random": (SOIL, "sand", "soil-ebergoetzen/folds/eberg__random.csv", False, None, None),
    "sand-tile": (SOIL, "sand", "soil-ebergoetzen/folds/eberg__tile.csv", False, 12.75, .635),
    "sand-regions": (SOIL, "sand", "soil-ebergoetzen/folds/eberg__kmeans.csv", False, None, None),
    "letters": ("ml-tables/mlbench_LetterRecognition.csv", "lettr",
                "ml-tables/reference_cv/mlbench_LetterRecognition_fold5.csv", True, None, None),
}
LARGE = ["forest_trees=500", "extra_trees_trees=500", "boosting_rounds=300", "boosting_eta=0.1"]
SMALL = ["forest_trees=100", "extra_trees_trees=100", "boosting_rounds=60"]


def features(path):
    with open(path, newline="") as file:
        header = next(csv.reader(file))
    return ",".join(name for name in header if name in COVARIATES.split(",") or
                    name.startswith(("PRMGEO6_", "LNCCOR6_", "HBTSOLx_")))


def learn(arguments, name):
    table, target, folds, classes, *_ = TABLES[name]
    out = os.path.join(arguments.work, name)
    command = [arguments.ecocube, "learn", os.path.join(arguments.data, table), "--target", target, "--out", out,
               "--folds", os.path.join(arguments.data, folds), "--threads", str(arguments.threads)]
    command += ["--learners", arguments.learners or (SIX if classes else NUMBERS)]
    if classes:
        command.append("--classes")
    if "sand" in name:
        command += ["--x", "X", "--y", "Y", "--features", features(os.path.join(arguments.data, table))]
    for setting in (SMALL if arguments.small else LARGE) + ["permutation_repeats=0"] + arguments.set:
        command += ["--set", setting]
    begin = time.time()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    with open(os.path.join(arguments.work, name, "learn.txt"), "w") as file:
        file.write(done.stdout)
    return done.stdout, time.time() - begin


def scores(text, classes):
    """Loss and skill of every line: name -> (loss, skill)."""
    found = {}
    for line in text.splitlines():
        words = line.rsplit(None, 3 if classes else 4)
        try:
            found[words[0].strip()] = (float(words[1]), float(words[2]))
        except (IndexError, ValueError):
            continue
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--learners", default="")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--ecocube", default=os.path.join(ROOT, "build", "release", "ecocube"))
    parser.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    parser.add_argument("--work", default=os.path.join(ROOT, "build", "learn_accuracy"))
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    if not os.path.isdir(arguments.data):
        print(f"no folder {arguments.data}: nothing to measure")
        return
    names = arguments.only.split(",") if arguments.only else list(TABLES)
    print(f"{'table':18}{'loss':>9}{'bar':>8}{'skill':>8}{'bar':>7}{'mean':>9}{'best':>9}{'published':>10}{'s':>7}"
          "  meta learner; learners")
    missed = 0
    for name in names:
        classes, loss_bar, skill_bar = TABLES[name][3:6]
        text, seconds = learn(arguments, name)
        table = scores(text, classes)
        loss, skill = table["ensemble, nested"]
        single = {k: v[0] for k, v in table.items() if k in (SIX + "," + NUMBERS + ",cart").split(",")}
        mean, best = table["mean of the learners"][0], min(single.values())
        fails = [loss_bar is not None and loss > loss_bar,
                 skill_bar is not None and skill < skill_bar, loss > mean, loss > best]
        missed += any(fails)
        meta = next(line.split(":")[1].strip() for line in text.splitlines() if "meta learner:" in line)
        print(f"{name:18}{loss:9.4f}{loss_bar or '':>8}{skill:8.4f}{skill_bar or '':>7}{mean:9.4f}{best:9.4f}"
              f"{table['ensemble, as published'][0]:10.4f}{seconds:7.0f}  {meta}; "
              + ", ".join(f"{k} {v:.4f}" for k, v in single.items())
              + ("   MISSED" if any(fails) else ""), flush=True)
    with open(os.path.join(arguments.work, "learn_accuracy.json"), "w") as file:
        json.dump({"missed": missed}, file)


if __name__ == "__main__":
    main()
