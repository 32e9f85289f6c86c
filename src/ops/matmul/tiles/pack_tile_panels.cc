// SPDX-License-Identifier: Apache-2.0
// Weights to the panels of tile_sums.h and back.
#include <cstring>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/matmul/product_parts.h"
#include "ops/matmul/tiles/tile_product.h"
#include "ops/matmul/tiles/tile_sums.h"

namespace agront::ops {
namespace {

constexpr auto kColumns = static_cast<int64_t>(kTilePanelColumns);
constexpr auto kGroup = static_cast<int64_t>(kTileGroupBytes);
constexpr int64_t kGroupsOfTile = kTileRows;
constexpr int64_t kColumnsOfTile = kColumns / 2;

int64_t PanelBytes(int64_t row_bytes) {
  return static_cast<int64_t>(TileSteps(row_bytes)) * static_cast<int64_t>(kTileStepBytes);
}

/// Where in a panel group `group` of output `column` is.
int64_t PlaceOfGroup(int64_t group, int64_t column) {
  const int64_t tile = group / kGroupsOfTile * 2 + column / kColumnsOfTile;
  return tile * static_cast<int64_t>(kTileBytes) +
         (group % kGroupsOfTile * kColumnsOfTile + column % kColumnsOfTile) * kGroup;
}

/// Calls work(place in the panels, place in the row-major matrix, bytes) for each group of the panel.
template <class Work>
void ForEachGroup(int64_t panel, int64_t out, int64_t row_bytes, const Work& work) {
  const int64_t start = panel * PanelBytes(row_bytes);
  const int64_t columns = std::min(kColumns, out - panel * kColumns);
  for (int64_t group = 0; group * kGroup < row_bytes; ++group)
    for (int64_t column = 0; column < columns; ++column)
      work(start + PlaceOfGroup(group, column), (panel * kColumns + column) * row_bytes + group * kGroup,
           std::min(kGroup, row_bytes - group * kGroup));
}

}  // namespace

size_t TileSteps(int64_t row_bytes) {
  return static_cast<size_t>(DivideUp(row_bytes, static_cast<int64_t>(kTileRowBytes)));
}

size_t TileGroups(int64_t row_bytes) { return static_cast<size_t>(DivideUp(row_bytes, kGroup)); }

size_t TilePanelBytes(int64_t out, int64_t row_bytes) {
  return static_cast<size_t>(DivideUp(out, kColumns)) * TileSteps(row_bytes) * kTileStepBytes;
}

void PackTilePanels(const std::byte* weights, int64_t out, int64_t row_bytes, std::span<std::byte> panels) {
  if (panels.size() != TilePanelBytes(out, row_bytes))
    Fail("matmul: {} bytes do not hold the panels of {} rows of {} bytes", panels.size(), out, row_bytes);
  ParallelFor(DivideUp(out, kColumns), [&](int64_t panel) {
    std::memset(panels.data() + panel * PanelBytes(row_bytes), 0, static_cast<size_t>(PanelBytes(row_bytes)));
    ForEachGroup(panel, out, row_bytes, [&](int64_t place, int64_t from, int64_t bytes) {
      if (bytes == kGroup)  // known to the compiler
        std::memcpy(panels.data() + place, weights + from, kTileGroupBytes);
      else
        std::memcpy(panels.data() + place, weights + from, static_cast<size_t>(bytes));
    });
  });
}

void UnpackTilePanels(std::span<const std::byte> panels, int64_t out, int64_t row_bytes, std::byte* weights) {
  ParallelFor(DivideUp(out, kColumns), [&](int64_t panel) {
    ForEachGroup(panel, out, row_bytes, [&](int64_t place, int64_t to, int64_t bytes) {
      std::memcpy(weights + to, panels.data() + place, static_cast<size_t>(bytes));
    });
  });
}

}  // namespace agront::ops
