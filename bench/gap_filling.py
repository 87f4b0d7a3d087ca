#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how accurate filled gaps are on real cubes: hides values, fills them with ecocube, scores what comes out.

    bench/gap_filling.py [--ecocube PROGRAM] [--methods drk auto ...] [--cubes gelderland_ndvi ...] [--seeds 1 2 3]
                         [--yardsticks FOLDER] [--data FOLDER] [--work FOLDER] [--csv FILE]

The yardsticks' make_cubes.py makes the cubes and hides values in four ways, score.py scores; their folder and the data's
stand beside the repository unless told otherwise. Without them nothing is measured, and that is said.
Printed: RMSE of every method by cube and way, seeds pooled; the share of the hidden values that lie within the expected
error (wanted: 0.60 to 0.76); and what breaks a rule (values left empty, observed values changed, auto behind the best).
"""
import argparse
import collections
import csv
import glob
import json
import os
import subprocess
import sys

import numpy as np
import rasterio
from rasterio.transform import from_origin

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PERIODS = {4: "seasons", 12: "months", 23: "16 days"}
OPTIONS = {"swag-two-sided": {"method": "swag", "future": 1}, "harmonic-1": {"method": "harmonic", "modes": 1},
           "swag-past": {"method": "swag"}}
TOLD = ("drk", "auto")  # methods whose expected errors are scored, too


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    beside = lambda name: os.path.join(os.path.dirname(ROOT), "shared", name)
    parser.add_argument("--ecocube", default=os.path.join(ROOT, "build", "release", "ecocube"))
    parser.add_argument("--methods", nargs="+", default=["drk", "auto", "linear", "seasonal-mean", "tmwm",
                                                          "swag-past", "swag-two-sided", "harmonic-1", "harmonic"])
    parser.add_argument("--cubes", nargs="+", help="default: all")
    parser.add_argument("--seeds", nargs="+", default=["1", "2", "3"])
    parser.add_argument("--yardsticks", default=beside("yardsticks"))
    parser.add_argument("--data", default=beside("data"))
    parser.add_argument("--work", default=os.path.join(ROOT, "build", "bench", "gap-filling"))
    parser.add_argument("--csv")
    return parser.parse_args()


def square_pixels(source, target, dates):
    """Copies a stack onto square pixels: the kernels count in pixels, and the cube's grid knows no others."""
    with rasterio.open(source) as stack:
        values, profile = stack.read(), stack.profile
    side = 30
    profile.update(crs="EPSG:3035", transform=from_origin(4_000_020, 3_000_000, side, side), compress="deflate")
    with rasterio.open(target, "w", **profile) as copy:
        copy.write(values)
        for band, date in enumerate(dates, 1):
            copy.set_band_description(band, date)
    return profile


def recipe_of(method, stack, profile, cube):
    left, top = profile["transform"].c, profile["transform"].f
    box = [left, top - 30 * profile["height"], left + 30 * profile["width"], top]
    years = [int(date[:4]) for date in cube["dates"]]
    options = {"quality": method in TOLD, **OPTIONS.get(method, {"method": method})}
    return json.dumps({
        "cube": {"grid": {"crs": "EPSG:3035", "pixel": 30, "origin": [left, top], "tile": 1024}, "area": {"bbox": box},
                 "years": f"{min(years)}..{max(years) + 1}"},
        "sources": {"stack": {"format": "rasters", "path": stack, "dates": "bands",
                              "periods": PERIODS[cube["period"]]}},
        "steps": [{"fill-gaps": options}]})


def filled_planes(out, variable, cube, suffix=""):
    """What the run wrote of a variable, in the cube's order of dates, NaN where missing."""
    planes = {}
    for path in glob.glob(os.path.join(out, "tiles", "*", "fill-gaps", "*.tif")):
        with rasterio.open(path) as raster:
            for band, name in enumerate(raster.descriptions, 1):
                if name != variable + suffix:
                    continue
                values = raster.read(band).astype(float)
                if raster.nodata is not None:
                    values[values == raster.nodata] = np.nan
                values = values * raster.scales[band - 1] + raster.offsets[band - 1]
                planes[os.path.basename(path)[:17]] = values
    if len(planes) != cube["layers"]:
        sys.exit(f"{out}: {len(planes)} layers of {variable}{suffix}, expected {cube['layers']}")
    return np.array([planes[period] for period in sorted(planes)])


def fill(arguments_, method, name, cube, masked):
    """Fills one masked cube; returns values and expected errors."""
    work = os.path.join(arguments_.work, method, name)
    os.makedirs(work, exist_ok=True)
    stack = os.path.join(work, "cube.tif")
    profile = square_pixels(os.path.join(masked, name + ".tif"), stack, cube["dates"])
    recipe = os.path.join(work, "recipe.yaml")
    with open(recipe, "w") as text:
        text.write(recipe_of(method, os.path.join(work, "{variable}.tif"), profile, cube))
    out = os.path.join(work, "out")
    done = subprocess.run([arguments_.ecocube, "run", recipe, "--out", out], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}, {method}: {done.stderr.strip()}")
    errors = filled_planes(out, "cube", cube, "_error") if method in TOLD else None
    return filled_planes(out, "cube", cube), errors, profile


def covered(truth_file, values, errors):
    with rasterio.open(truth_file) as raster:
        truth, nodata = raster.read().astype(float), raster.nodata
    hidden = truth != nodata
    return int((np.abs(values[hidden] - truth[hidden]) <= errors[hidden]).sum()), int(hidden.sum())


def measure(arguments_, method, cubes, masked, score):
    """Scores of a method by (cube, way), with the share of values within the expected error."""
    filled = os.path.join(arguments_.work, method, "filled")
    os.makedirs(filled, exist_ok=True)
    within = collections.Counter()
    names = []
    for path in sorted(glob.glob(os.path.join(masked, "*.tif"))):
        name = os.path.basename(path)[:-4]
        cube, way, seed = name.split("__")
        if seed[1:] not in arguments_.seeds or (arguments_.cubes and cube not in arguments_.cubes):
            continue
        names.append(name)
        values, errors, profile = fill(arguments_, method, name, cubes[cube], masked)
        profile.update(dtype="float32", nodata=float("nan"))
        with rasterio.open(os.path.join(filled, name + ".tif"), "w", **profile) as raster:
            raster.write(values.astype(np.float32))
        if errors is None:
            continue
        inside, count = covered(os.path.join(masked, "truth", name + ".tif"), values, errors)
        within[cube, way] += inside
        within[cube, way, "n"] += count
    only = lambda cube, way, seed: f"{cube}__{way}__{seed}" in names
    scores = score.score(masked, filled, only=only)
    return {key[:2]: {**figures, "within": within[key[:2]] / max(1, within[key[0], key[1], "n"])}
            for key, figures in scores.items()}


def show(results, methods):
    """Prints the table; returns what breaks a rule."""
    wrong = []
    print(f"{'cube':22s} {'hidden':13s}" + "".join(f"{method:>16s}" for method in methods) + "   (RMSE, within)")
    for cube, way in next(iter(results.values())):
        line = f"{cube:22s} {way:13s}"
        row = {method: results[method][cube, way] for method in methods}
        for method, figures in row.items():
            line += f"{figures['rmse']:10.2f} {figures['within']:5.2f}"
            if figures["changed"]:
                wrong.append(f"{cube}, {way}, {method}: {figures['changed']} observed values changed")
            if method in TOLD and figures["unfilled"] > 0:
                wrong.append(f"{cube}, {way}, {method}: {figures['unfilled']:.4f} stay empty")
            if method in TOLD and not 0.60 <= figures["within"] <= 0.76:
                wrong.append(f"{cube}, {way}, {method}: {figures['within']:.3f} lie within the expected error")
        if "auto" in row:
            best = min(figures["rmse"] for figures in row.values())
            if row["auto"]["rmse"] > 1.03 * best:
                wrong.append(f"{cube}, {way}: auto is {row['auto']['rmse'] / best:.3f} x the best")
        print(line)
    return wrong


def main():
    chosen = arguments()
    yardstick = os.path.join(chosen.yardsticks, "gap-filling")
    for needed in (os.path.join(yardstick, "make_cubes.py"), chosen.data, chosen.ecocube):
        if not os.path.exists(needed):
            sys.exit(f"gap_filling: {needed} is not there, nothing is measured")
    sys.path.insert(0, yardstick)
    import score
    cubes_folder = os.path.join(chosen.work, "cubes")
    os.makedirs(cubes_folder, exist_ok=True)
    subprocess.run([sys.executable, os.path.join(yardstick, "make_cubes.py"), chosen.data, cubes_folder, "--seeds",
                    *chosen.seeds], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(cubes_folder, "cubes.json")) as text:
        cubes = json.load(text)
    masked = os.path.join(cubes_folder, "masked")
    results = {method: measure(chosen, method, cubes, masked, score) for method in chosen.methods}
    wrong = show(results, chosen.methods)
    if chosen.csv:
        with open(chosen.csv, "w", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(["method", "cube", "way", "n", "rmse", "mae", "bias", "r2", "unfilled", "within"])
            for method, rows in results.items():
                for (cube, way), figures in rows.items():
                    writer.writerow([method, cube, way] + [figures[key] for key in (
                        "n", "rmse", "mae", "bias", "r2", "unfilled", "within")])
    for line in wrong:
        print("WRONG:", line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
