#include "engine/fsck.hpp"

#include <chrono>
#include <unordered_set>

#include "engine/asset_store.hpp"
#include "engine/files.hpp"
#include "storage/brands.hpp"
#include "storage/media.hpp"
#include "storage/retention.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTold = 1000;
constexpr int kPage = 500;
constexpr auto kYoung = std::chrono::hours(1);

class Fsck {
 public:
  Fsck(storage::Database& database, const fs::path& data_dir, const FsckOptions& options,
       const std::atomic<bool>& stop)
      : database_(database), data_dir_(data_dir), options_(options), stop_(stop) {}

  Result<std::vector<Finding>> run() {
    REELD_TRY(check_database());
    if (!findings_.empty()) return std::move(findings_);  // nothing is mended by a record that is damaged
    REELD_TRY(check_assets());
    check_asset_files();
    REELD_TRY(check_brands());
    REELD_TRY(check_products());
    REELD_TRY(check_job_folders());
    REELD_TRY(check_films());
    check_posters();
    REELD_TRY(check_sums());
    return std::move(findings_);
  }

 private:
  Result<void> check_database() {
    REELD_ASSIGN(const auto wrong, retention_.check_database());
    for (const std::string& words : wrong) {
      findings_.push_back({"database", "reeld.db", words + ". Put a backup in its place.", false});
    }
    return {};
  }

  // `page_of` gives a Result<Page>, `look` takes a row.
  template <class PageOf, class Look>
  Result<void> each(PageOf page_of, Look look) {
    storage::PageRequest page;
    page.descending = false;
    page.limit = kPage;
    do {
      REELD_ASSIGN(const auto rows, page_of(page));
      for (const auto& row : rows.rows) {
        if (stop_) return Error{Code::cancelled, "stopped before all was checked"};
        REELD_TRY(look(row));
      }
      page.cursor = rows.next;
    } while (!page.cursor.empty());
    return {};
  }

  Result<void> check_assets() {
    storage::Media media(database_);
    storage::AssetFilter kept;
    kept.removed = false;
    return each([&](const auto& page) { return media.assets(kept, page); },
                [&](const storage::Asset& asset) -> Result<void> {
                  known_.insert(asset.file);
                  const auto [kind, detail] = wrong_with(asset);
                  if (kind.empty()) return {};
                  if (options_.mend) REELD_TRY(retention_.lose_asset(asset.id));
                  findings_.push_back({kind, asset.file, detail, options_.mend});
                  return {};
                });
  }

  std::pair<std::string, std::string> wrong_with(const storage::Asset& asset) const {
    const fs::path file = data_dir_ / asset.file;
    std::error_code error;
    const auto size = static_cast<std::int64_t>(fs::file_size(file, error));
    const std::string whose = "the file of asset " + asset.id;
    if (error) return {"missing_file", whose + " is not there: " + error.message()};
    if (size != asset.size_bytes) {
      return {"wrong_size", whose + " has " + std::to_string(size) + " bytes and should have " +
                                std::to_string(asset.size_bytes)};
    }
    if (!options_.deep) return {};
    const auto hash = sha256_of_file(file);
    if (!hash) return {"wrong_content", whose + " cannot be read: " + hash.error().message};
    if (*hash != asset.sha256) return {"wrong_content", whose + " has other content than it had"};
    return {};
  }

  void check_asset_files() {
    std::error_code error;
    for (fs::recursive_directory_iterator at(data_dir_ / "assets", error), end; !error && at != end;
         at.increment(error)) {
      if (!at->is_regular_file(error)) continue;
      const std::string file = fs::relative(at->path(), data_dir_, error).string();
      if (!known_.contains(file)) stray("orphan_file", at->path(), "no asset has this file");
    }
  }

  // The copies of its pictures are not made anew: the user's own may be gone.
  Result<void> check_brands() {
    storage::Brands brands(database_);
    return each(
        [&](const auto& page) { return brands.list({}, page); },
        [&](const storage::BrandStyle& style) -> Result<void> {
          std::int64_t bytes = 0;
          for (const auto& sample : style.sample_images) bytes += size_of(sample, "brand " + style.id);
          if (bytes == style.sample_bytes) return {};
          findings_.push_back({"wrong_size", style.image_folder,
                               "the pictures of brand " + style.id + " have " + std::to_string(bytes) +
                                   " bytes and should have " + std::to_string(style.sample_bytes),
                               options_.mend});
          return options_.mend ? brands.set_sample_bytes(style.id, bytes) : Result<void>();
        });
  }

  Result<void> check_products() {
    storage::Products products(database_);
    return each([&](const auto& page) { return products.list({}, page); },
                [&](const storage::ProductImage& product) -> Result<void> {
                  if (!product.file.empty()) size_of(product.file, "product " + product.id);
                  return {};
                });
  }

  // 0 where it is not there, which is a finding.
  std::int64_t size_of(const std::string& file, const std::string& whose) {
    std::error_code error;
    const auto size = static_cast<std::int64_t>(fs::file_size(data_dir_ / file, error));
    if (!error) return size;
    findings_.push_back(
        {"missing_file", file, "the picture of " + whose + " is not there: " + error.message(), false});
    return 0;
  }

  Result<void> check_job_folders() {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(data_dir_ / "jobs", error)) {
      const auto job = database_.find_job(entry.path().filename().string());
      if (!job && job.error().code != Code::not_found) return job.error();
      if (!job) stray("orphan_folder", entry.path(), "there is no job of this id");
      if (job && job->status == storage::JobStatus::completed)
        stray("orphan_folder", entry.path(), "its job is completed");
    }
    return {};
  }

  Result<void> check_films() {
    storage::Media media(database_);
    return each([&](const auto& page) { return media.videos({}, page); },
                [&](const storage::Video& film) -> Result<void> {
                  posters_.insert(film.poster);
                  std::error_code error;
                  if (film.removed_us) return {};
                  if (!fs::exists(film.file, error)) {
                    findings_.push_back({"missing_film", film.file,
                                         "the film of job " + film.job_id + " was moved or removed", false});
                  }
                  return film.poster.empty() ? Result<void>() : check_poster(film);
                });
  }

  Result<void> check_poster(const storage::Video& film) {
    std::error_code error;
    const bool is_there = fs::exists(film.poster, error);
    const auto bytes = is_there ? static_cast<std::int64_t>(fs::file_size(film.poster, error)) : 0;
    if (bytes == film.poster_bytes) return {};
    const std::string whose = "the poster of job " + film.job_id;
    findings_.push_back({is_there ? "wrong_size" : "missing_file",
                         fs::relative(film.poster, data_dir_, error).string(),
                         is_there ? whose + " has " + std::to_string(bytes) + " bytes and should have " +
                                        std::to_string(film.poster_bytes)
                                  : whose + " is not there",
                         options_.mend});
    return options_.mend ? retention_.set_poster_bytes(film.id, bytes) : Result<void>();
  }

  void check_posters() {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(data_dir_ / "posters", error)) {
      if (!posters_.contains(entry.path().string()))
        stray("orphan_file", entry.path(), "no film has this poster");
    }
  }

  Result<void> check_sums() {
    REELD_ASSIGN(const auto sums, retention_.sums());
    bool mend = false;
    for (const storage::StorageSum& sum : sums) {
      if (sum.size_bytes == sum.kept_size_bytes && sum.file_count == sum.kept_file_count) continue;
      findings_.push_back({"storage_sum", sum.type,
                           "kept as " + std::to_string(sum.kept_file_count) + " files of " +
                               std::to_string(sum.kept_size_bytes) + " bytes, and they are " +
                               std::to_string(sum.file_count) + " of " + std::to_string(sum.size_bytes),
                           options_.mend});
      mend = options_.mend;
    }
    return mend ? retention_.mend_sums() : Result<void>();
  }

  void stray(const std::string& kind, const fs::path& path, const std::string& why) {
    std::error_code error;
    const auto written = fs::last_write_time(path, error);
    if (error || fs::file_time_type::clock::now() - written < kYoung) return;
    std::string detail = why;
    if (options_.mend && fs::remove_all(path, error) == static_cast<std::uintmax_t>(-1)) {
      detail += "; it cannot be removed: " + error.message();
    }
    const bool mended = options_.mend && !error;
    findings_.push_back({kind, fs::relative(path, data_dir_, error).string(), detail, mended});
  }

  storage::Database& database_;
  storage::Retention retention_{database_};
  const fs::path data_dir_;
  const FsckOptions options_;
  const std::atomic<bool>& stop_;
  std::unordered_set<std::string> known_, posters_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> check_files(storage::Database& database, const fs::path& data_dir,
                                         const FsckOptions& options, const std::atomic<bool>& stop) {
  return Fsck(database, data_dir, options, stop).run();
}

Json to_json(const std::vector<Finding>& findings) {
  Json rows = Json::array();
  std::size_t mended = 0;
  for (const Finding& finding : findings) {
    mended += finding.mended ? 1 : 0;
    if (rows.size() == kMostTold) continue;
    rows.push_back({{"kind", finding.kind},
                    {"place", finding.place},
                    {"detail", finding.detail},
                    {"mended", finding.mended}});
  }
  return {{"findings", rows}, {"finding_count", findings.size()}, {"mended_count", mended}};
}

}  // namespace reeld::engine
