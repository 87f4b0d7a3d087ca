// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ecocube {

/// A deep tree as a set of heavy paths (Sleator & Tarjan 1983): from each node the path goes on to the child with more
/// leaves below, and every child beside it begins a path of its own. A grown tree is full of long thin branches, so a
/// pixel that visits 20 nodes below the top follows only about three paths. All tests of a path are asked at once: the
/// ranks of a pixel lie in registers, one permutation picks those of the tested columns, one compare tells where the
/// pixel leaves the path first.
///
/// A path is a record of columns, threshold ranks and ends, one each a test: the end is where a pixel goes that leaves
/// there. Bit 7 of the column says that the path goes right. The last test is none: all leave there, for the end of the
/// path. An end is the word of a leaf as WalkedTrees keeps it, whose bits 8..15 are 0, or names a record: its place in
/// pairs of bytes from bit 8 on, then its length. No record lies where these bits 8..15 would be 0.
class HeavyPaths {
 public:
  /// Tests of a record, the last among them; longer paths go on in another one.
  static constexpr std::size_t kMostTests = 32;
  /// Bytes behind the last record that may be read.
  static constexpr std::size_t kBehind = 2 * kMostTests;
  /// Columns that a record can name.
  static constexpr std::size_t kMostColumns = 128;

  /// words  nodes of one tree as WalkedTrees keeps them in 32 bits
  /// roots  places of the nodes at which pixels begin
  HeavyPaths(std::span<const std::uint32_t> words, std::span<const std::uint32_t> roots);

  /// The records, with kBehind bytes behind the last.
  const std::uint8_t* records() const { return records_.data(); }
  /// Names of the records at which pixels begin; shape [root].
  std::span<const std::uint32_t> starts() const { return starts_; }

 private:
  struct Path;
  void write(const Path& path, std::span<const std::uint32_t> words, std::span<const std::uint32_t> names);

  std::vector<std::uint8_t> records_;
  std::vector<std::uint32_t> starts_;
};

/// Leads the pixels of a chunk to their leaves where the machine can (bytes are permuted across registers since Ice
/// Lake and Zen 4); else returns false and does nothing.
///
/// roots    number of the root at which each pixel begins; shape [kChunkPixels]
/// rows     ranks; shape [kChunkPixels][stride], with 128 more behind that may be read
/// stride   32, 64 or 128
/// reached  words of the leaves; shape [kChunkPixels]
bool follow_paths(const HeavyPaths& paths, const std::uint8_t* roots, const std::uint8_t* rows, std::size_t stride,
                  std::uint32_t* reached);

}  // namespace ecocube
