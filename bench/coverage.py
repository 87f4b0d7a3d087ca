#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asked and reached coverage of class sets and prediction intervals on real tables, averaged over seeded splits.

    ./dev bench coverage --data FOLDER [--splits 20] [--parts soil,statlog] [--learners forest,logistic,neighbours]

FOLDER holds `soil-ebergoetzen` and `ml-tables`. Whole groups (tiles of the soil points, blocks of 20 rows of Statlog)
of a fifth of the rows are held out by the seed of the split; the ensemble is trained on the others, calibrated on its
answers out of grouped folds, and scored on the rows held out. `in training` is what calibration said of itself.
The bench fails when the ensemble as trained misses the asked coverage by more than 1.5 points.
"""
import argparse
import re
import subprocess
import sys

MOST_OFF = 0.015


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bench/ecocube_coverage_bench")
    parser.add_argument("--data", required=True)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--parts", default="soil,statlog")
    parser.add_argument("--learners", default="forest,logistic,neighbours")
    options = parser.parse_args()
    program = subprocess.Popen([options.program, options.data, "--splits", str(options.splits), "--parts",
                                options.parts, "--learners", options.learners], stdout=subprocess.PIPE, text=True)
    missed = 0
    for line in program.stdout:
        print(line, end="", flush=True)
        found = re.match(r"the ensemble as trained +(0\.\d+) +(0\.\d+)", line)
        if found and abs(float(found[1]) - float(found[2])) > MOST_OFF:
            missed += 1
    if program.wait() != 0:
        sys.exit("the bench program failed")
    if missed:
        sys.exit(f"{missed} of the coverages are off by more than {100 * MOST_OFF:.1f} points")


if __name__ == "__main__":
    main()
