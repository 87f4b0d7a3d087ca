// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/glad_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "io/catalog/glad_scene.h"
#include "io/file/file.h"
#include "io/http/fault_server.h"
#include "io/raster/glad_writer.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

constexpr GladTile kTile{13, 49};

/// A folder of its own for each test, and GLAD scenes written into it.
class Glad : public testing::Test {
 protected:
  Glad() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-glad-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "archive" / "49N" / "013E_49N");
  }
  ~Glad() override { fs::remove_all(folder_); }

  std::string root() const { return folder_ / "archive"; }
  std::string scene(int id) const { return folder_ / "archive" / glad_scene_path(kTile, id); }

  /// Writes bands × window of a grid; the number at (band from 1, row, col) of the grid is 1000 band + 10 row + col.
  static void write(const std::string& path, const Grid& grid, const Window& window, std::size_t bands = 8,
                    DataType type = DataType::uint16) {
    Encoding encoding;
    encoding.type = type;
    auto writer = RasterWriter::create(path, grid, window, encoding, std::vector<BandSpec>(bands));
    ASSERT_TRUE(writer) << writer.error().message;
    for (std::size_t band = 0; band < bands; ++band) {
      std::vector<float> values;
      for (std::int64_t row = window.row; row < window.row + window.rows; ++row) {
        for (std::int64_t col = window.col; col < window.col + window.cols; ++col) {
          values.push_back(static_cast<float>(1000 * (band + 1)) + static_cast<float>(10 * row + col));
        }
      }
      ASSERT_TRUE((*writer)->write(band, window, values, {}));
    }
    ASSERT_TRUE((*writer)->close());
  }

  static std::string message_of(const std::string& path, const GladTile& tile = kTile) {
    const auto opened = GladScene::open(path, tile);
    if (opened) return "";
    EXPECT_EQ(opened.error().blame, Blame::input);
    return opened.error().message;
  }

  fs::path folder_;
};

TEST_F(Glad, ASceneIsReadOnTheTilesGridWithZeroWhereTheFileHasNothing) {
  write(scene(990), kTile.grid(), {10, 20, 3, 4});
  const auto opened = GladScene::open(scene(990), kTile);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->covers(), (Window{10, 20, 3, 4}));
  std::vector<std::uint16_t> values(2 * 3 * 3, 7);
  const int bands[] = {8, 1};
  ASSERT_TRUE((*opened)->read(bands, {9, 19, 3, 3}, values));
  EXPECT_THAT(values, ElementsAre(0, 0, 0, 0, 8120, 8121, 0, 8130, 8131, 0, 0, 0, 0, 1120, 1121, 0, 1130, 1131));
  const int one[] = {2};
  std::vector<std::uint16_t> inside(2);
  ASSERT_TRUE((*opened)->read(one, {12, 22, 1, 2}, inside));
  EXPECT_THAT(inside, ElementsAre(2142, 2143));
  std::vector<std::uint16_t> outside(2, 7);
  ASSERT_TRUE((*opened)->read(one, {2000, 22, 1, 2}, outside));
  EXPECT_THAT(outside, ElementsAre(0, 0));
}

TEST_F(Glad, AFileThatIsNoSceneOfTheTileIsRefusedWithTheReason) {
  const std::string start = scene(990) + " is no GLAD scene of tile 013E_49N: ";
  write(scene(990), kTile.grid(), {0, 0, 4, 4}, 7);
  EXPECT_EQ(message_of(scene(990)), start + "it has 7 bands instead of 8");
  write(scene(990), kTile.grid(), {0, 0, 4, 4}, 8, DataType::uint8);
  EXPECT_EQ(message_of(scene(990)), start + "band 1 holds uint8 instead of uint16 numbers");
  Grid metric = kTile.grid();
  metric.crs = "EPSG:3035";
  write(scene(990), metric, {0, 0, 4, 4});
  EXPECT_EQ(message_of(scene(990)), start + "its coordinate reference system is not in degrees");
  Grid coarse = kTile.grid();
  coarse.pixel = 0.0005;
  write(scene(990), coarse, {0, 0, 4, 4});
  EXPECT_EQ(message_of(scene(990)), start + "its pixels are 0.0005 x 0.0005 instead of 0.00025 degrees");
  write(scene(990), GladTile{14, 49}.grid(), {100, 100, 4, 4});
  EXPECT_EQ(message_of(scene(990)), start +
                                        "its 4 x 4 pixels from 14.02450 49.97450 to 14.02550 49.97550 reach beyond the "
                                        "tile's 12.9995 48.9995 to 14.0005 50.0005");
  write(scene(990), kTile.grid(), {-1, 0, 4, 4});
  EXPECT_THAT(message_of(scene(990)), HasSubstr("reach beyond the tile's"));
  Grid shifted = kTile.grid();
  shifted.origin_x += 0.4 * kGladPixel;
  write(scene(990), shifted, {0, 0, 4, 4});
  EXPECT_EQ(message_of(scene(990)), start + "its pixels lie 0.40 of a pixel off the tile's grid");
}

TEST_F(Glad, DegreesOfAnotherDatumAreRefusedAndEquivalentOnesAreNot) {
  Grid other = kTile.grid();
  other.crs = "EPSG:4230";  // ED50
  write(scene(990), other, {0, 0, 4, 4});
  EXPECT_THAT(message_of(scene(990)), EndsWith("its coordinate reference system is not WGS 84"));
  other.crs = "+proj=longlat +ellps=WGS84 +no_defs";
  write(scene(991), other, {0, 0, 4, 4});
  EXPECT_EQ(message_of(scene(991)), "");
}

TEST_F(Glad, AFileThatIsNoRasterOrNotThereIsAnErrorThatNamesIt) {
  ASSERT_TRUE(write_text(scene(990), "<html>please log in</html>"));
  EXPECT_THAT(message_of(scene(990)), HasSubstr(scene(990) + " is no GLAD scene of tile 013E_49N: "));
  EXPECT_THAT(message_of(scene(991)), HasSubstr(scene(991)));
}

TEST_F(Glad, ACutShortSceneIsAnErrorWhereverTheCutIs) {
  write(scene(990), kTile.grid(), {0, 0, 600, 600});
  const auto size = fs::file_size(scene(990));
  ASSERT_EQ(message_of(scene(990)), "");
  for (const double share : {0.999, 0.9, 0.5, 0.1, 0.02, 0.001}) {
    const fs::path cut = folder_ / "archive" / "49N" / "013E_49N" / "991.tif";
    fs::copy_file(scene(990), cut, fs::copy_options::overwrite_existing);
    fs::resize_file(cut, static_cast<std::uintmax_t>(static_cast<double>(size) * share));
    EXPECT_THAT(message_of(cut), HasSubstr(cut.string())) << share;
  }
  fs::resize_file(scene(990), size - 1);
  EXPECT_THAT(message_of(scene(990)),
              HasSubstr("reading GLAD scene " + scene(990) + ": the file is cut short: block "));
  EXPECT_THAT(message_of(scene(990)), EndsWith(fmt::format("lies beyond its {} bytes", size - 1)));
}

TEST_F(Glad, ACutShortSceneOfTheArchivesOwnLayoutIsFoundToo) {
  const std::vector<std::uint16_t> values(8 * 500 * 40, 12345);
  ASSERT_TRUE(write_glad_scene(scene(990), kTile.grid(), {0, 0, 500, 40}, values));
  ASSERT_EQ(message_of(scene(990)), "");
  const auto size = fs::file_size(scene(990));
  for (std::uintmax_t left = size - 1; left > 0; left -= std::min<std::uintmax_t>(left, size / 37 + 1)) {
    fs::resize_file(scene(990), left);
    EXPECT_THAT(message_of(scene(990)), HasSubstr(scene(990))) << left << " of " << size;
  }
}

TEST_F(Glad, ABlockThatCannotBeDecodedIsAnErrorAndNeverZeros) {
  write(scene(990), kTile.grid(), {0, 0, 300, 300});
  auto bytes = read_text(scene(990)).value();
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), bytes.end() - 16, '\0');
  ASSERT_TRUE(write_text(scene(990), bytes));
  const auto opened = GladScene::open(scene(990), kTile);
  ASSERT_TRUE(opened) << opened.error().message;
  std::vector<std::uint16_t> values(300 * 300);
  const int bands[] = {7};
  const auto read = (*opened)->read(bands, {0, 0, 300, 300}, values);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().blame, Blame::input);
  EXPECT_THAT(read.error().message, HasSubstr(scene(990)));
}

TEST_F(Glad, ASurveyOfAFolderTellsPresentFromMissing) {
  write(scene(991), kTile.grid(), {0, 0, 4, 4});
  const auto archive = GladArchive::open(root() + "/", {});
  ASSERT_TRUE(archive) << archive.error().message;
  const GladTile tiles[] = {kTile, {14, 49}};
  const int ids[] = {992, 991};
  const auto survey = archive->survey(tiles, ids);
  ASSERT_TRUE(survey) << survey.error().message;
  ASSERT_EQ(survey->records.size(), 4U);
  EXPECT_EQ(survey->records[0].interval_id, 991);
  EXPECT_TRUE(survey->records[0].present);
  EXPECT_EQ(survey->records[0].location, scene(991));
  EXPECT_EQ(survey->records[0].identity, file_identity(scene(991)).value());
  EXPECT_FALSE(survey->records[1].present);
  EXPECT_EQ(survey->missing(), 3U);
  EXPECT_EQ(survey->missing_text(), "3 of 4 scenes are missing: 013E_49N 992; 014E_49N 991, 992");
  EXPECT_EQ(archive->find(kTile, 991, survey->records[0].identity).value(), scene(991));
  EXPECT_EQ(archive->find(kTile, 992).value(), std::nullopt);
}

TEST_F(Glad, ASceneThatChangedSinceTheSurveyIsAnError) {
  write(scene(991), kTile.grid(), {0, 0, 4, 4});
  const auto archive = GladArchive::open(root(), {});
  const auto before = file_identity(scene(991)).value();
  write(scene(991), kTile.grid(), {0, 0, 8, 8});
  const auto found = archive->find(kTile, 991, before);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr(scene(991) + " has changed since the run was planned"));
}

TEST_F(Glad, AMissingFolderOrOneOfAnotherLayoutIsAnErrorThatNamesIt) {
  EXPECT_EQ(GladArchive::open("/no/such/archive", {}).error().message, "GLAD archive /no/such/archive: no such folder");
  EXPECT_THAT(GladArchive::open(folder_, {}).error().message,
              HasSubstr("no folder in it is named like a latitude (49N)"));
}

TEST_F(Glad, AnArchiveWithNoneOfTheScenesIsAnErrorThatNamesWhereTheFirstWouldBe) {
  const auto archive = GladArchive::open(root(), {});
  const GladTile tiles[] = {kTile};
  const int ids[] = {990, 991};
  const auto survey = archive->survey(tiles, ids);
  ASSERT_FALSE(survey);
  EXPECT_EQ(survey.error().message,
            "GLAD archive " + root() + ": none of the 2 scenes asked for is there; the first would be " + scene(990));
}

/// The same archive behind a URL.
class GladOverHttp : public Glad {
 protected:
  GladOverHttp()
      : server_([this](const FaultServer::Request& request) {
          const auto body = read_text(root() + request.target.substr(std::string("/ard2").size()));
          return body ? FaultServer::file(request, *body, version_) : FaultServer::Answer{404, {}, "no"};
        }) {
    options_.sleep = [](std::chrono::milliseconds) {};
    write(scene(991), kTile.grid(), {0, 0, 4, 4});
  }
  GladArchive archive() const { return GladArchive::open(server_.url("/ard2/"), folder_ / "cache", options_).value(); }

  std::string version_ = "\"v1\"";
  HttpOptions options_;
  FaultServer server_;
};

TEST_F(GladOverHttp, ASceneIsDownloadedOnceAndAMissingOneIsAbsent) {
  const GladTile tiles[] = {kTile};
  const int ids[] = {991, 992};
  const auto survey = archive().survey(tiles, ids);
  ASSERT_TRUE(survey) << survey.error().message;
  EXPECT_EQ(survey->missing_text(), "1 of 2 scenes are missing: 013E_49N 992");
  EXPECT_THAT(survey->records[0].identity, HasSubstr("\"v1\""));
  const auto before = server_.requests().size();
  for (int i = 0; i < 3; ++i) {
    const auto found = archive().find(kTile, 991, survey->records[0].identity);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_TRUE(*found);
    EXPECT_THAT(**found, HasSubstr((folder_ / "cache" / "127.0.0.1_").string()));
    EXPECT_THAT(**found, EndsWith("/ard2/49N/013E_49N/991.tif"));
    EXPECT_TRUE(GladScene::open(**found, kTile));
  }
  EXPECT_EQ(server_.requests().size(), before + 1);
  EXPECT_EQ(archive().find(kTile, 992).value(), std::nullopt);
}

TEST_F(GladOverHttp, ACachedCopyOfAnOlderVersionIsFetchedAnew) {
  const GladTile tiles[] = {kTile};
  const int ids[] = {991};
  ASSERT_TRUE(archive().find(kTile, 991));
  version_ = "\"v2\"";
  write(scene(991), kTile.grid(), {0, 0, 8, 8});
  const auto survey = archive().survey(tiles, ids);
  const auto found = archive().find(kTile, 991, survey->records[0].identity);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(GladScene::open(**found, kTile).value()->covers().rows, 8);
  version_ = "\"v3\"";
  const auto changed = archive().find(kTile, 991, "planned long ago");
  ASSERT_FALSE(changed);
  EXPECT_THAT(
      changed.error().message,
      HasSubstr("/ard2/49N/013E_49N/991.tif has changed since the run was planned (then planned long ago; now "));
}

}  // namespace
}  // namespace ecocube
