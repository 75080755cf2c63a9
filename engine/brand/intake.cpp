#include "engine/brand/intake.hpp"

#include <spdlog/spdlog.h>

#include "engine/asset_store.hpp"
#include "engine/brand/brought_file.hpp"
#include "engine/desks/events.hpp"
#include "engine/trash.hpp"
#include "providers/media_type.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "products";

}  // namespace

Result<void> ProductIntake::resume() {
  REELD_ASSIGN(const auto pending, storage::Products(tools_.database).pending());
  for (const storage::ProductImage& image : pending) {
    REELD_TRY(background_.run([this, id = image.id](const std::atomic<bool>& stop) { run(id, stop); }));
  }
  sweep_brought_files(tools_.database, tools_.data_dir);
  return {};
}

Result<storage::ProductImage> ProductIntake::start(storage::ProductImage image) {
  // What can be told from outside is told at once.
  REELD_TRY(look_at(tools_.roots, image.source, "/file", tools_.brought, kProductTypes));
  image.status = "pending";
  storage::Products products(tools_.database);
  REELD_ASSIGN(const storage::ProductImage recorded, products.create(image));
  const auto queued =
      background_.run([this, id = recorded.id](const std::atomic<bool>& stop) { run(id, stop); });
  if (queued) return recorded;
  REELD_TRY(products.remove(recorded.id));
  return queued.error();
}

void ProductIntake::run(const std::string& id, const std::atomic<bool>& stop) {
  storage::Products products(tools_.database);
  auto image = products.find(id);
  if (!image) return;  // removed before its turn came
  const auto done = take_in(*image, stop);
  const std::string file = image->file;
  if (!done && stop) return;  // the next start begins anew
  image->status = done ? "ready" : "failed";
  if (!done) {
    image->error = done.error();
    image->file = image->media_type = "";
    image->size_bytes = 0;
    spdlog::info("product={} failed code={} {}", id, code_name(done.error().code), done.error().message);
  }
  const auto recorded = products.finish(*image);
  if (recorded) {
    if (done) make_sure(*image);
  } else if (recorded.error().code != Code::not_found) {
    spdlog::error("product={} end not recorded: {}", id, recorded.error().message);
  }
  if (!file.empty() && !(done && recorded)) {
    if (const auto given_up = products.disown(file); !given_up)
      spdlog::error("product={} file not given up: {}", id, given_up.error().message);
    sweep_brought_files(tools_.database, tools_.data_dir);
  }
  if (recorded) tell_status(tools_.sink, id, image->status, image->error);
}

// The copy is what is checked: the user's file may change under our hands.
Result<void> ProductIntake::take_in(storage::ProductImage& image, const std::atomic<bool>& stop) const {
  REELD_ASSIGN(const BroughtFile brought,
               look_at(tools_.roots, image.source, "/file", tools_.brought, kProductTypes));
  REELD_ASSIGN(
      const StoredAsset stored,
      AssetStore(tools_.data_dir, kFolder).copy(brought.file, providers::extension_of(brought.media_type)));
  image.file = stored.file;
  image.size_bytes = stored.size_bytes;
  image.media_type = brought.media_type;
  const fs::path copy = tools_.data_dir / stored.file;
  REELD_TRY(look_at(providers::AllowedRoots({tools_.data_dir}), copy.string(), "/file", tools_.brought,
                    {brought.media_type}));
  const auto outcome = tools_.executor.run(
      {{"task", "picture"}, {"file", copy.string()}, {"most_pixels", tools_.brought.most_pixels}}, nullptr,
      stop);
  if (!outcome.result) {
    Error error = outcome.result.error();
    error.path = "/file";
    // The user knows his own file, not our copy of it.
    if (const std::size_t at = error.message.find(copy.string()); at != std::string::npos)
      error.message.replace(at, copy.string().size(), image.source);
    return error;
  }
  image.width = outcome.result->at("width").get<int>();
  image.height = outcome.result->at("height").get<int>();
  return {};
}

// An equal picture's last product may have gone, with the file, before this one was recorded. From here on
// nobody takes it away.
void ProductIntake::make_sure(const storage::ProductImage& image) const {
  std::error_code failure;
  if (fs::exists(tools_.data_dir / image.file, failure)) return;
  const auto again =
      AssetStore(tools_.data_dir, kFolder).copy(image.source, fs::path(image.file).extension());
  if (!again || again->file != image.file)
    spdlog::error("product={} lost its file {} while it was taken in", image.id, image.file);
}

void sweep_brought_files(storage::Database& database, const fs::path& data_dir) {
  Trash trash(data_dir);
  const auto swept = storage::sweep_brought(database, [&](const std::string& file) {
    std::error_code failure;
    if (fs::exists(data_dir / file, failure) && !trash.take(data_dir / file)) return false;
    std::error_code not_empty;
    fs::remove((data_dir / file).parent_path(), not_empty);
    return true;
  });
  if (!swept) spdlog::error("files of styles and products are left: {}", swept.error().message);
}

}  // namespace reeld::engine
