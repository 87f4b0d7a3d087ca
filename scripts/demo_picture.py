#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demo in one picture: a cloudy scene, the gap-filled composite, the land-cover map and its uncertainty.

Reads the GLAD archive of the simulated world and the STAC catalogue that the run published; needs python3-gdal only.
"""

import argparse
import json
import pathlib
import sys

import numpy
from osgeo import gdal

from small_letters import draw_text, text_width

gdal.UseExceptions()

PANEL_WIDTH = 592
GAP = 16
CAPTION = 26
LEGEND_LINE = 24
LEGEND_COLUMNS = 3
LEVELS = 16  # steps of brightness: few enough for a small file
REFLECTANCE_SCALE = 1 / 40000  # of GLAD's bands 1 to 6
CLOUDY_CODES = (3, 4, 8, 9, 10)  # quality flags: cloud, shadows and what lies close to them
UNCERTAINTY_COLOURS = [(13, 8, 60), (120, 28, 109), (204, 71, 82), (249, 150, 30), (252, 252, 180)]


class Catalogue:
    """The items of a published cube and the files they name."""

    def __init__(self, run):
        self.assets = []  # (start date, key, path, asset)
        for document in sorted((run / "cube").rglob("*.json")):
            item = json.loads(document.read_text())
            if not isinstance(item, dict) or item.get("type") != "Feature" or "stac_version" not in item:
                continue
            start = item["properties"].get("start_datetime") or item["properties"].get("datetime") or ""
            for key, asset in item["assets"].items():
                self.assets.append((start[:10], key, document.parent / asset["href"], asset))

    def find(self, key, year, months=None):
        """The asset of that key whose period starts in the year (and in one of the months)."""
        for start, name, path, asset in self.assets:
            if name == key and start[:4] == str(year) and (months is None or int(start[5:7]) in months):
                return path, asset
        known = sorted({name for _, name, _, _ in self.assets})
        sys.exit(f"demo_picture: no asset '{key}' of {year} is published (there are: {', '.join(known)})")

    def years_of(self, key):
        return sorted({int(start[:4]) for start, name, _, _ in self.assets if name == key})


def whole_part(seen):
    """Rows and columns (first, end) of a mask [row][col] after its edges with missing pixels are cut off."""
    first_row, end_row, first_col, end_col = 0, seen.shape[0], 0, seen.shape[1]
    while end_row - first_row > 10 and end_col - first_col > 10:
        part = ~seen[first_row:end_row, first_col:end_col]
        missing = [part[0].mean(), part[-1].mean(), part[:, 0].mean(), part[:, -1].mean()]
        worst = int(numpy.argmax(missing))
        if missing[worst] < 0.01:
            break
        first_row, end_row = first_row + (worst == 0), end_row - (worst == 1)
        first_col, end_col = first_col + (worst == 2), end_col - (worst == 3)
    return first_row, end_row, first_col, end_col


class Frame:
    """The rectangle that every panel shows: the land-cover map without its empty margins, at panel size."""

    def __init__(self, path):
        dataset = gdal.Open(str(path))
        left, pixel, _, top, _, step = dataset.GetGeoTransform()
        band = dataset.GetRasterBand(1)
        first_row, end_row, first_col, end_col = whole_part(band.ReadAsArray() != band.GetNoDataValue())
        self.crs = dataset.GetProjection()
        self.bounds = (left + first_col * pixel, top + end_row * step, left + end_col * pixel, top + first_row * step)
        # Square pixels on the ground, also where the grid is in degrees.
        shape = (end_row - first_row) / (end_col - first_col)
        if dataset.GetSpatialRef().IsGeographic():
            shape /= max(0.1, numpy.cos(numpy.radians((self.bounds[1] + self.bounds[3]) / 2)))
        self.width, self.height = PANEL_WIDTH, round(PANEL_WIDTH * shape)

    def read(self, paths, bands, resampling):
        """The bands warped to the frame as [band][row][col], NaN where missing; several files are joined."""
        sources = [str(path) for path in paths]
        first = gdal.Open(sources[0])  # a band must not outlive its file
        no_data = first.GetRasterBand(1).GetNoDataValue()
        warped = gdal.Warp("", sources, format="MEM", dstSRS=self.crs, outputBounds=self.bounds, width=self.width,
                           height=self.height, resampleAlg=resampling, outputType=gdal.GDT_Float32,
                           srcNodata=0 if no_data is None else no_data, dstNodata=-9999)
        values = numpy.stack([warped.GetRasterBand(band).ReadAsArray() for band in bands])
        return numpy.where(values == -9999, numpy.nan, values)


def decoded(values, path):
    """Stored numbers as physical values by the file's own scale and offset."""
    dataset = gdal.Open(str(path))
    scale, offset = dataset.GetRasterBand(1).GetScale(), dataset.GetRasterBand(1).GetOffset()
    return values * (1 if scale is None else scale) + (0 if offset is None else offset)


def natural_colours(reflectance, brightest):
    """Reflectance [red, green, blue][row][col] as bytes [row][col][3]; missing is grey."""
    stretched = numpy.clip((reflectance - 0.01) / (brightest - 0.01), 0, 1) ** (1 / 1.3)
    levels = numpy.round(stretched * (LEVELS - 1)) * 255 / (LEVELS - 1)
    return numpy.where(numpy.isnan(levels), 205, levels).astype(numpy.uint8).transpose(1, 2, 0)


def cloudy_scene(archive, year, frame):
    """The summer scene whose share of cloud and shadow within the frame comes nearest to two fifths."""
    best = None
    for interval in range(12, 17):
        name = f"{(year - 1980) * 23 + interval}.tif"
        paths = sorted(archive.rglob(name))
        if not paths:
            continue
        flags = frame.read(paths, [8], "near")[0]
        if numpy.nanmax(flags) > 255:
            flags = flags / 100
        seen = numpy.isfinite(flags)
        cloudy = numpy.isin(flags, CLOUDY_CODES).sum() / max(1, seen.sum())
        distance = abs(cloudy - 0.4) + (1 - seen.mean())
        if best is None or distance < best[0]:
            best = (distance, paths)
    if best is None:
        sys.exit(f"demo_picture: {archive} holds no scene of the summer of {year}")
    return frame.read(best[1], [3, 2, 1], "average") * REFLECTANCE_SCALE


def class_colours(path, classes, frame):
    """The map in its legend's colours, and the classes that it shows, by falling share."""
    values = frame.read([path], [1], "near")[0]
    picture = numpy.full(values.shape + (3,), 255, numpy.uint8)
    shown = []
    for entry in classes:
        here = values == entry["value"]
        colour = tuple(int(entry["color_hint"][i : i + 2], 16) for i in (0, 2, 4))
        picture[here] = colour
        if here.any():
            shown.append((here.sum(), entry.get("title") or entry.get("description") or entry["name"], colour))
    return picture, [(name, colour) for _, name, colour in sorted(shown, reverse=True)]


def uncertainty_colours(values):
    """Bytes [row][col][3]: dark where the learners agree, bright from the 98th percentile of their spread on."""
    highest = max(1, numpy.nanpercentile(values, 98))
    levels = numpy.round(values / highest * (LEVELS - 1)) / (LEVELS - 1)
    places = numpy.linspace(0, 1, len(UNCERTAINTY_COLOURS))
    channels = [numpy.interp(levels, places, [colour[i] for colour in UNCERTAINTY_COLOURS]) for i in range(3)]
    return numpy.nan_to_num(numpy.stack(channels, axis=2), nan=255).astype(numpy.uint8)


def montage(panels, legend):
    """Panels (caption, bytes) two by two on white, and the legend below."""
    height, width, _ = panels[0][1].shape
    lines = -(-len(legend) // LEGEND_COLUMNS)
    cell = height + CAPTION + GAP
    page = numpy.full((2 * cell + lines * LEGEND_LINE + GAP, 2 * width + GAP, 3), 255, numpy.uint8)
    for place, (caption, panel) in enumerate(panels):
        row, col = place // 2 * cell, place % 2 * (width + GAP)
        page[row : row + height, col : col + width] = panel
        draw_text(page, row + height + 6, col + 2, caption)
    column = page.shape[1] // LEGEND_COLUMNS
    for place, (name, colour) in enumerate(legend):
        while text_width(name) > column - 40:
            name = (name.rpartition(" ")[0] or name[:-1]).removesuffix(" and")
        row, col = 2 * cell + place % lines * LEGEND_LINE, place // lines * column
        page[row : row + 16, col + 2 : col + 22] = colour
        draw_text(page, row + 1, col + 32, name)
    return page


def write_png(page, path):
    memory = gdal.GetDriverByName("MEM").Create("", page.shape[1], page.shape[0], 3, gdal.GDT_Byte)
    for band in range(3):
        memory.GetRasterBand(band + 1).WriteArray(page[:, :, band])
    path.parent.mkdir(parents=True, exist_ok=True)
    gdal.GetDriverByName("PNG").CreateCopy(str(path), memory, options=["ZLEVEL=9"])
    path.with_name(path.name + ".aux.xml").unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=pathlib.Path, required=True, help="GLAD archive of the simulated world")
    parser.add_argument("--run", type=pathlib.Path, required=True, help="folder of the run, with its catalogue")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="PNG to write")
    parser.add_argument("--year", type=int, help="year to show (default: the last one mapped)")
    arguments = parser.parse_args()

    catalogue = Catalogue(arguments.run)
    year = arguments.year or (catalogue.years_of("class") or [0])[-1]
    map_path, map_asset = catalogue.find("class", year)
    uncertainty_path, _ = catalogue.find("class_uncertainty", year)
    bands = [catalogue.find(f"{colour}_p50", year, months=(6, 7))[0] for colour in ("red", "green", "blue")]

    frame = Frame(map_path)
    composite = numpy.concatenate([decoded(frame.read([path], [1], "average"), path) for path in bands])
    brightest = numpy.nanpercentile(composite, 99.5)
    classes = map_asset.get("classification:classes") or map_asset["bands"][0]["classification:classes"]
    land_cover, legend = class_colours(map_path, classes, frame)
    panels = [
        (f"one scene, summer {year}", natural_colours(cloudy_scene(arguments.archive, year, frame), brightest)),
        (f"gap-filled composite, summer {year}", natural_colours(composite, brightest)),
        (f"land cover {year}", land_cover),
        ("uncertainty of the class", uncertainty_colours(frame.read([uncertainty_path], [1], "average")[0])),
    ]
    write_png(montage(panels, legend), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
