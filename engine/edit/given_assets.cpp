#include "engine/edit/given_assets.hpp"

#include <algorithm>

namespace reeld::engine {
namespace {

std::vector<Want> wants_of(const Request& request) {
  std::vector<Want> wants = picture_wants(request);
  for (Want& want : sound_wants(request)) wants.push_back(std::move(want));
  // What the mix does with a sound is no part of the wish for it.
  for (Want& want : wants) {
    if (want.role == "picture") continue;
    for (const char* mixed : {"volume_db", "duck_db", "delay", "fade", "fade_in", "fade_out", "loop"})
      want.params.erase(mixed);
  }
  return wants;
}

bool same_wish(const Want& a, const Want& b) {
  return a.role == b.role && a.provider == b.provider && a.params == b.params;
}

}  // namespace

std::vector<storage::NewJob::Given> given_assets(const Request& film,
                                                 const std::vector<storage::Database::JobAsset>& assets,
                                                 const Request& version, const std::vector<int>& origins) {
  const std::vector<Want> had = wants_of(film);
  std::vector<storage::NewJob::Given> given;
  for (const Want& want : wants_of(version)) {
    const int origin = want.scene < 0 ? -1 : origins.at(static_cast<std::size_t>(want.scene));
    const auto own = std::ranges::find_if(
        had, [&](const Want& other) { return other.scene == origin && same_wish(want, other); });
    const auto source = own != had.end() ? own : std::ranges::find_if(had, [&](const Want& other) {
      return same_wish(want, other);
    });
    if (source == had.end()) continue;
    const auto asset = std::ranges::find_if(assets, [&](const auto& used) {
      return used.role == source->role && used.scene == source->scene && !used.asset.removed_us;
    });
    if (asset != assets.end()) given.push_back({asset->asset.id, want.role, want.scene});
  }
  return given;
}

}  // namespace reeld::engine
