// SPDX-License-Identifier: Apache-2.0
#include "io/raster/cog.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>

#include <cmath>
#include <memory>
#include <optional>

#include "base/text.h"
#include "io/raster/gdal_error.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

/// Highest value that a TIFF's colour table can hold.
constexpr int kColorTableEnd = 65536;

struct CloseDataset {
  void operator()(void* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<void, CloseDataset>;

/// As GDAL writes the type in a VRT.
std::string gdal_type_name(DataType type) {
  switch (type) {
    case DataType::uint8:
      return "Byte";
    case DataType::uint16:
      return "UInt16";
    case DataType::int16:
      return "Int16";
    case DataType::uint32:
      return "UInt32";
    case DataType::int32:
      return "Int32";
    case DataType::float32:
      return "Float32";
    case DataType::float64:
      return "Float64";
  }
  return "Byte";
}

bool has_colors(const CogSpec& spec) {
  const bool narrow = spec.encoding.type == DataType::uint8 || spec.encoding.type == DataType::uint16;
  return narrow && !spec.classes.empty();
}

bool same_number(const std::optional<double>& a, const std::optional<double>& b) {
  return a == b || (a && b && std::isnan(*a) && std::isnan(*b));
}

/// That the part is on the grid, where it says it is, and stores values as the layer does.
Result<void> check_part(const CogSpec& spec, const CogPart& part) {
  ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(part.path));
  const RasterInfo& info = raster->info();
  if (part.band < 1 || static_cast<std::size_t>(part.band) > info.bands.size()) {
    return input_error("raster {}: no band {}, it has {}", part.path, part.band, info.bands.size());
  }
  if (info.rows != part.window.rows || info.cols != part.window.cols) {
    return input_error("raster {}: {} x {} pixels, expected {} x {}", part.path, info.cols, info.rows, part.window.cols,
                       part.window.rows);
  }
  const double tolerance = spec.grid.pixel / 1000;
  const double expected[6] = {
      spec.grid.left(part.window.col), spec.grid.pixel, 0, spec.grid.top(part.window.row), 0, -spec.grid.pixel};
  for (int i = 0; i < 6; ++i) {
    if (std::abs(info.geo_transform[i] - expected[i]) <= tolerance) continue;
    return input_error("raster {}: its upper left corner is at {} {} with pixels of {}, expected {} {} with {}",
                       part.path, info.geo_transform[0], info.geo_transform[3], info.geo_transform[1], expected[0],
                       expected[3], expected[1]);
  }
  const Encoding& found = info.bands[static_cast<std::size_t>(part.band - 1)].encoding;
  if (found.type != spec.encoding.type || !same_number(found.no_data, spec.encoding.no_data)) {
    return input_error("raster {}, band {}: {} with no data {}, expected {} with {}", part.path, part.band,
                       name_of(found.type), found.no_data ? fmt::format("{}", *found.no_data) : "unset",
                       name_of(spec.encoding.type),
                       spec.encoding.no_data ? fmt::format("{}", *spec.encoding.no_data) : "unset");
  }
  return {};
}

std::string source_xml(const CogSpec& spec, const CogPart& part) {
  const Window inside = intersection(part.window, spec.area);
  return fmt::format(
      "<SimpleSource><SourceFilename relativeToVRT=\"0\">{}</SourceFilename><SourceBand>{}</SourceBand>"
      "<SourceProperties RasterXSize=\"{}\" RasterYSize=\"{}\" DataType=\"{}\" BlockXSize=\"256\" BlockYSize=\"{}\"/>"
      "<SrcRect xOff=\"{}\" yOff=\"{}\" xSize=\"{}\" ySize=\"{}\"/><DstRect xOff=\"{}\" yOff=\"{}\" xSize=\"{}\" "
      "ySize=\"{}\"/></SimpleSource>\n",
      escape_html(part.path), part.band, part.window.cols, part.window.rows, gdal_type_name(spec.encoding.type),
      RasterWriter::kBlockRows, inside.col - part.window.col, inside.row - part.window.row, inside.cols, inside.rows,
      inside.col - spec.area.col, inside.row - spec.area.row, inside.cols, inside.rows);
}

/// The parts as one raster. Sources are named rather than opened, so that tens of thousands of them do no harm.
std::string mosaic_xml(const CogSpec& spec, const std::vector<CogPart>& parts) {
  const Bounds box = spec.grid.bounds(spec.area);
  std::string xml = fmt::format("<VRTDataset rasterXSize=\"{}\" rasterYSize=\"{}\">\n<SRS>{}</SRS>\n", spec.area.cols,
                                spec.area.rows, escape_html(crs_wkt(spec.grid.crs)));
  xml += fmt::format("<GeoTransform>{:.17g}, {:.17g}, 0, {:.17g}, 0, {:.17g}</GeoTransform>\n", box.min_x,
                     spec.grid.pixel, box.max_y, -spec.grid.pixel);
  xml += fmt::format(
      "<Metadata><MDI key=\"AREA_OR_POINT\">Area</MDI></Metadata>\n<VRTRasterBand dataType=\"{}\" band=\"1\">\n",
      gdal_type_name(spec.encoding.type));
  for (const CogPart& part : parts) {
    if (!intersection(part.window, spec.area).empty()) xml += source_xml(spec, part);
  }
  return xml + "</VRTRasterBand>\n</VRTDataset>\n";
}

/// Colours, and names as one metadata item a class (`CLASS_12` = `211 Non-irrigated arable land`): GDAL would put
/// category names into a second file.
void describe_classes(GDALRasterBandH band, const CogSpec& spec) {
  for (const LegendClass& entry : spec.classes) {
    GDALSetMetadataItem(band, fmt::format("CLASS_{}", entry.value).c_str(),
                        fmt::format("{} {}", entry.code, entry.name).c_str(), nullptr);
  }
  if (!has_colors(spec)) return;
  GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
  for (const LegendClass& entry : spec.classes) {
    const GDALColorEntry color{entry.color.red, entry.color.green, entry.color.blue, 255};
    if (entry.value >= 0 && entry.value < kColorTableEnd) GDALSetColorEntry(table, entry.value, &color);
  }
  GDALSetRasterColorTable(band, table);
  GDALDestroyColorTable(table);
  GDALSetRasterColorInterpretation(band, GCI_PaletteIndex);
}

void describe_band(GDALRasterBandH band, const CogSpec& spec) {
  GDALSetDescription(band, spec.name.c_str());
  if (spec.encoding.no_data) GDALSetRasterNoDataValue(band, *spec.encoding.no_data);
  if (spec.encoding.scale != 1 || spec.encoding.offset != 0) {
    GDALSetRasterScale(band, spec.encoding.scale);
    GDALSetRasterOffset(band, spec.encoding.offset);
  }
  if (!spec.encoding.unit.empty()) GDALSetRasterUnitType(band, spec.encoding.unit.c_str());
  if (!spec.classes.empty()) {
    describe_classes(band, spec);
  } else {
    GDALSetRasterColorInterpretation(band, GCI_GrayIndex);
  }
}

CPLStringList creation_options(const CogSpec& spec) {
  const bool codes = spec.kind == LayerKind::classes || spec.kind == LayerKind::source;
  // Neighbouring codes differ by anything, so their differences are no easier to store.
  const char* predictor = codes ? "NO" : "YES";
  CPLStringList options;
  options.SetNameValue("BLOCKSIZE", "512");
  options.SetNameValue("COMPRESS", spec.compress == "deflate" ? "DEFLATE" : "ZSTD");
  options.SetNameValue("LEVEL", "9");
  options.SetNameValue("PREDICTOR", predictor);
  options.SetNameValue("OVERVIEW_PREDICTOR", predictor);
  options.SetNameValue("BIGTIFF", "IF_SAFER");
  // The driver's own choice, cubic, would invent class codes.
  options.SetNameValue("OVERVIEW_RESAMPLING", codes ? "MODE" : "AVERAGE");
  options.SetNameValue("OVERVIEWS", "IGNORE_EXISTING");
  options.SetNameValue("NUM_THREADS", std::to_string(spec.threads).c_str());
  return options;
}

int CPL_STDCALL tell_progress(double share, const char*, void* listener) {
  const auto& share_done = *static_cast<const std::function<void(double)>*>(listener);
  if (share_done) share_done(share);
  return TRUE;
}

/// The file and what GDAL's driver keeps beside it while it works.
void remove_all_of(const fs::path& path) {
  for (const char* suffix : {"", ".ovr.tmp", ".msk.ovr.tmp", ".aux.xml"}) {
    std::error_code ignored;
    fs::remove(path.string() + suffix, ignored);
  }
}

Result<void> copy_to_cog(const fs::path& path, const CogSpec& spec, const std::string& xml,
                         const std::function<void(double)>& share_done) {
  GdalErrors errors;
  const auto failed = [&](const char* doing) {
    return fail(errors.blame(), "{} {}: {}", doing, path.string(), errors.text());
  };
  const Dataset mosaic(GDALOpen(xml.c_str(), GA_ReadOnly));
  if (!mosaic) return failed("joining the tiles of");
  describe_band(GDALGetRasterBand(mosaic.get(), 1), spec);
  Dataset cog(GDALCreateCopy(GDALGetDriverByName("COG"), path.c_str(), mosaic.get(), FALSE,
                             creation_options(spec).List(), tell_progress,
                             const_cast<std::function<void(double)>*>(&share_done)));
  if (cog) GDALFlushCache(cog.get());
  const bool written = cog != nullptr;
  cog.reset();
  if (!written || errors.any()) return failed("writing COG");
  return {};
}

}  // namespace

Result<void> write_cog(const fs::path& path, const CogSpec& spec, const std::vector<CogPart>& parts,
                       const std::function<void(double)>& share_done) {
  if (spec.area.empty()) return input_error("writing COG {}: the area holds no pixels", path.string());
  std::int64_t covered = 0;
  for (const CogPart& part : parts) {
    if (auto checked = check_part(spec, part); !checked) return within("writing COG " + path.string(), checked.error());
    covered += intersection(part.window, spec.area).pixels();
  }
  if (covered < spec.area.pixels() && !spec.encoding.no_data) {
    return input_error("writing COG {}: tiles leave {} of {} pixels empty and the layer has no number for no data",
                       path.string(), spec.area.pixels() - covered, spec.area.pixels());
  }
  auto written = copy_to_cog(path, spec, mosaic_xml(spec, parts), share_done);
  if (!written) remove_all_of(path);
  return written;
}

std::string gdal_version() {
  return GDALVersionInfo("RELEASE_NAME");
}

}  // namespace ecocube
