#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmarks of learning one after the other: fits of forests, then predictions of all engines.

    ./dev bench learn [--rows 50000] [--quick]

Each has options of its own when it is called by its name: `./dev bench learn_fit`, `./dev bench learn_predict`.
"""
import argparse
import os
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=50000, help="training rows")
    parser.add_argument("--quick", action="store_true", help="fewer trees, pixels and runs")
    options = parser.parse_args()
    quick = {"learn_fit": ["--rounds", "1"], "learn_predict": ["--quick"]}
    folder = os.path.dirname(os.path.abspath(__file__))
    failed = False
    for name in ("learn_fit", "learn_predict"):
        print(f"\n== {name}", flush=True)
        script = os.path.join(folder, f"{name}.py")
        command = [sys.executable, "-B", script, "--rows", str(options.rows)] + (quick[name] if options.quick else [])
        failed |= subprocess.run(command, check=False).returncode != 0
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
