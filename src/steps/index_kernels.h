// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "methods/series/expression.h"
#include "methods/series/indices.h"
#include "steps/series_engine.h"

namespace ecocube {

/// One layer to compute from the layers of a group: exactly one of index, expression and bare_soil is set.
struct IndexProduct {
  const series::Index* index = nullptr;
  std::shared_ptr<const series::Expression> expression;
  std::optional<double> bare_soil;  ///< NDVI up to which a period counts as bare; bands: nir and red of each period
  std::vector<std::size_t> bands;   ///< places in the group, in the order that the formula takes them
};

/// Computes output i of a group by product i.
class IndexKernel : public SeriesKernel {
 public:
  explicit IndexKernel(std::vector<IndexProduct> products) : products_(std::move(products)) {}
  std::uint64_t bytes_per_thread() const override;
  std::size_t run(const SeriesBlock& block, const void* prepared, series::PixelRange range,
                  SeriesResults& results) const override;

 private:
  std::vector<IndexProduct> products_;
};

}  // namespace ecocube
