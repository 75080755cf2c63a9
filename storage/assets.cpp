// Media assets, what jobs use of them, and finished films.
#include <bit>

#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"
#include "storage/media.hpp"

namespace reeld::storage {
namespace {

// The first of an asset's fingerprints stands for it; a search by another puts that one in.
#define REELD_ASSET_COLUMNS                                                                                \
  "a.id, a.sha256, a.type, a.source_type, a.file_path, a.provider, a.model, a.prompt, "                    \
  "coalesce((SELECT fingerprint FROM asset_fingerprints f WHERE f.asset_id = a.id ORDER BY f.rowid LIMIT " \
  "1), "                                                                                                   \
  "''), a.response_time_seconds, a.size_bytes, a.duration_us, a.width, a.height, a.media_type, "           \
  "a.metadata, a.created_at, a.model_asked, a.negative_prompt, a.seed, a.request_count, a.input_tokens, "  \
  "a.output_tokens, a.thought_tokens, a.cached_tokens, a.cost_usd, a.confidence, a.params, a.words, "      \
  "a.words_estimated, a.removed_at"
constexpr int kAssetColumnCount = 31;

Json words_json(const std::vector<Word>& words) {
  Json list = Json::array();
  for (const Word& word : words) {
    list.push_back({{"text", word.text}, {"start", word.start_seconds}, {"end", word.end_seconds}});
  }
  return list;
}

std::vector<Word> words_in(const Json& list) {
  std::vector<Word> words;
  for (const Json& word : list) words.push_back({word.at("text"), word.at("start"), word.at("end")});
  return words;
}

Asset asset_in(SQLite::Statement& row) {
  Asset asset;
  asset.id = row.getColumn(0).getString();
  asset.sha256 = row.getColumn(1).getString();
  asset.type = row.getColumn(2).getString();
  asset.source_type = row.getColumn(3).getString();
  asset.file = row.getColumn(4).getString();
  asset.provider = row.getColumn(5).getString();
  asset.model = row.getColumn(6).getString();
  asset.prompt = row.getColumn(7).getString();
  asset.fingerprint = row.getColumn(8).getString();
  asset.response_seconds = row.getColumn(9).getDouble();
  asset.size_bytes = row.getColumn(10).getInt64();
  asset.duration_us = optional_int(row.getColumn(11));
  asset.width = row.getColumn(12).getInt();
  asset.height = row.getColumn(13).getInt();
  asset.media_type = row.getColumn(14).getString();
  asset.metadata = Json::parse(row.getColumn(15).getString());
  asset.created_us = row.getColumn(16).getInt64();
  asset.model_asked = row.getColumn(17).getString();
  asset.negative_prompt = row.getColumn(18).getString();
  if (const auto seed = optional_int(row.getColumn(19))) asset.seed = std::bit_cast<std::uint64_t>(*seed);
  asset.request_count = row.getColumn(20).getInt64();
  asset.input_tokens = row.getColumn(21).getInt64();
  asset.output_tokens = row.getColumn(22).getInt64();
  asset.thought_tokens = row.getColumn(23).getInt64();
  asset.cached_tokens = row.getColumn(24).getInt64();
  asset.cost_usd = optional_real(row.getColumn(25));
  asset.confidence = optional_real(row.getColumn(26));
  asset.params = Json::parse(row.getColumn(27).getString());
  asset.words = words_in(Json::parse(row.getColumn(28).getString()));
  asset.words_estimated = row.getColumn(29).getInt() != 0;
  asset.removed_us = optional_int(row.getColumn(30));
  return asset;
}

void insert_unless_there(Connection& db, const Asset& asset) {
  Statement row(
      db,
      "INSERT INTO media_assets (id, sha256, type, source_type, file_path, provider, model, "
      "prompt, response_time_seconds, size_bytes, duration_us, width, height, media_type, "
      "metadata, created_at, model_asked, negative_prompt, seed, request_count, input_tokens, output_tokens, "
      "thought_tokens, cached_tokens, cost_usd, confidence, params, words, words_estimated) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      // Content that was removed and is here again.
      "ON CONFLICT (sha256) DO UPDATE SET removed_at = NULL, file_path = excluded.file_path "
      "WHERE removed_at IS NOT NULL");
  row.bind(1, asset.id.empty() ? new_id() : asset.id);
  row.bind(2, asset.sha256);
  row.bind(3, asset.type);
  row.bind(4, asset.source_type);
  row.bind(5, asset.file);
  row.bind(6, asset.provider);
  row.bind(7, asset.model);
  row.bind(8, asset.prompt);
  row.bind(9, asset.response_seconds);
  row.bind(10, asset.size_bytes);
  bind_optional(row, 11, asset.duration_us);
  row.bind(12, asset.width);
  row.bind(13, asset.height);
  row.bind(14, asset.media_type);
  row.bind(15, text_of(asset.metadata));
  row.bind(16, asset.created_us != 0 ? asset.created_us : now_us());
  row.bind(17, asset.model_asked);
  row.bind(18, asset.negative_prompt);
  std::optional<std::int64_t> seed;
  if (asset.seed) seed = std::bit_cast<std::int64_t>(*asset.seed);
  bind_optional(row, 19, seed);
  row.bind(20, asset.request_count);
  row.bind(21, asset.input_tokens);
  row.bind(22, asset.output_tokens);
  row.bind(23, asset.thought_tokens);
  row.bind(24, asset.cached_tokens);
  bind_optional(row, 25, asset.cost_usd);
  bind_optional(row, 26, asset.confidence);
  row.bind(27, text_of(asset.params));
  row.bind(28, text_of(words_json(asset.words)));
  row.bind(29, asset.words_estimated ? 1 : 0);
  row.exec();
}

#define REELD_VIDEO_COLUMNS \
  "id, job_id, file_path, thumbnail_path, thumbnail_bytes, title, facts, created_at, removed_at"

Video video_in(SQLite::Statement& row) {
  Video video;
  Columns(row) >> video.id >> video.job_id >> video.file >> video.poster >> video.poster_bytes >>
      video.title >> video.facts >> video.created_us >> video.removed_us;
  return video;
}

Listing listing_of(const AssetFilter& filter) {
  Listing listing{"media_assets a", REELD_ASSET_COLUMNS, {{"size", "size_bytes"}, {"model", "model"}}, {}};
  listing.conditions.text("type = ?", filter.type);
  listing.conditions.text("source_type = ?", filter.source_type);
  listing.conditions.text("provider = ?", filter.provider);
  listing.conditions.text("model = ?", filter.model);
  listing.conditions.text("id IN (SELECT asset_id FROM job_assets WHERE job_id = ?)", filter.job_id);
  listing.conditions.made(filter.from_us, filter.before_us);
  listing.conditions.flag("(removed_at IS NOT NULL) = ?", filter.removed);
  return listing;
}

// A film whose facts do not say a measure sorts as if it were 0.
Listing listing_of(const VideoFilter& filter) {
  Listing listing{
      "videos",
      REELD_VIDEO_COLUMNS,
      {{"title", "title"}, {"duration", "coalesce(duration_us, 0)"}, {"size", "coalesce(size_bytes, 0)"}},
      {}};
  listing.conditions.text("user_id = ?", filter.user_id);
  listing.conditions.text("job_id IN (SELECT id FROM jobs WHERE project_id = ?)", filter.project_id);
  listing.conditions.text("job_id IN (SELECT id FROM jobs WHERE generation_group_id = ?)", filter.group_id);
  listing.conditions.text("resolution = ?", filter.resolution);
  listing.conditions.text("format = ?", filter.format);
  listing.conditions.text("codec = ?", filter.codec);
  listing.conditions.made(filter.from_us, filter.before_us);
  return listing;
}

Asset added(Connection& db, const Asset& asset) {
  insert_unless_there(db, asset);
  if (!asset.fingerprint.empty()) {
    // An equal wish that gave other content this time: the newest answer serves from now on.
    Statement row(db,
                  "INSERT INTO asset_fingerprints (fingerprint, asset_id) "
                  "SELECT ?1, id FROM media_assets WHERE sha256 = ?2 "
                  "ON CONFLICT (fingerprint) DO UPDATE SET asset_id = excluded.asset_id");
    bind_all(row, asset.fingerprint, asset.sha256);
    row.exec();
  }
  Statement row(db, "SELECT " REELD_ASSET_COLUMNS " FROM media_assets a WHERE a.sha256 = ?");
  row.bind(1, asset.sha256);
  row.executeStep();
  return asset_in(row);
}

void link(Connection& db, const Database::AssetUse& use, const std::string& asset_id, const std::string& role,
          bool reused) {
  Statement row(db,
                "INSERT INTO job_assets (job_id, asset_id, role, scene_number, reused) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  bind_all(row, use.job_id, asset_id, role, use.scene, reused);
  row.exec();
}

}  // namespace

Result<void> Media::set_measured(const std::vector<Measured>& assets) {
  return database_.impl().write("record what assets measure", [&](Connection& db) -> Result<void> {
    for (const Measured& asset : assets) {
      Statement size(db,
                     "UPDATE media_assets SET width = ?, height = ? WHERE id = ? AND width = 0 AND ? > 0");
      bind_all(size, asset.width, asset.height, asset.asset_id, asset.width);
      size.exec();
      Statement time(db,
                     "UPDATE media_assets SET duration_us = ?1 "
                     "WHERE id = ?2 AND duration_us IS NULL AND ?1 IS NOT NULL");
      bind_all(time, asset.duration_us, asset.asset_id);
      time.exec();
    }
    return {};
  });
}

Result<void> Media::drop_unused_asset(const std::string& asset_id) {
  return database_.impl().write("drop asset " + asset_id, [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "DELETE FROM media_assets WHERE id = ?1 AND source_type <> 'STOCK' "
                  "AND NOT EXISTS (SELECT 1 FROM job_assets WHERE asset_id = ?1) "
                  "AND NOT EXISTS (SELECT 1 FROM takes WHERE asset_id = ?1)");
    row.bind(1, asset_id);
    row.exec();
    return {};
  });
}

Result<Page<Asset>> Media::assets(const AssetFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list assets",
                   [&](Connection& db) { return page_of<Asset>(db, listing_of(filter), page, asset_in); });
}

Result<std::int64_t> Media::count_assets(const AssetFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count assets",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<Asset> Media::find_asset(const std::string& id_or_sha256) {
  Database::Impl& impl = database_.impl();
  return impl.read("read asset " + id_or_sha256, [&](Connection& db) -> Result<Asset> {
    Statement row(db, "SELECT " REELD_ASSET_COLUMNS " FROM media_assets a WHERE a.id = ?1 OR a.sha256 = ?1");
    row.bind(1, id_or_sha256);
    if (!row.executeStep()) return Error{Code::not_found, "There is no asset \"" + id_or_sha256 + "\"."};
    return asset_in(row);
  });
}

Result<Page<Video>> Media::videos(const VideoFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list films",
                   [&](Connection& db) { return page_of<Video>(db, listing_of(filter), page, video_in); });
}

Result<std::int64_t> Media::count_videos(const VideoFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count films",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<Asset> Database::add_asset(const Asset& asset) {
  return impl_->write("record asset " + asset.sha256,
                      [&](Connection& db) -> Result<Asset> { return added(db, asset); });
}

Result<std::vector<Asset>> Database::add_answer(const std::vector<Asset>& assets,
                                                const std::optional<AssetUse>& use) {
  using Kept = std::vector<Asset>;
  return impl_->write("record an answer", [&](Connection& db) -> Result<Kept> {
    Kept kept;
    for (const Asset& asset : assets) {
      kept.push_back(added(db, asset));
      if (!use) continue;
      link(db, *use, kept.back().id, kept.size() == 1 ? use->role : use->role + "_alternative", false);
    }
    return kept;
  });
}

Result<void> Database::set_estimated_words(const std::string& asset_id, const std::vector<Word>& words) {
  return impl_->write("record the words of asset " + asset_id, [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "UPDATE media_assets SET words = ?, words_estimated = 1 "
                  "WHERE id = ? AND (words = '[]' OR words_estimated = 1)");
    row.bind(1, text_of(words_json(words)));
    row.bind(2, asset_id);
    row.exec();
    return {};
  });
}

Result<std::optional<Asset>> Database::find_asset_by_fingerprint(const std::string& fingerprint) {
  using Answer = std::optional<Asset>;
  return impl_->read("look for an asset", [&](Connection& db) -> Result<Answer> {
    Statement row(db, "SELECT " REELD_ASSET_COLUMNS
                      " FROM media_assets a JOIN asset_fingerprints w ON w.asset_id = a.id "
                      "WHERE w.fingerprint = ?");
    row.bind(1, fingerprint);
    if (!row.executeStep()) return Answer{};
    Asset asset = asset_in(row);
    asset.fingerprint = fingerprint;
    return Answer{std::move(asset)};
  });
}

Result<void> Database::link_asset(const std::string& job_id, const std::string& asset_id,
                                  const std::string& role, int scene, bool reused) {
  return impl_->write("link asset " + asset_id + " to job " + job_id, [&](Connection& db) -> Result<void> {
    Statement removed(db, "SELECT 1 FROM media_assets WHERE id = ? AND removed_at IS NOT NULL");
    removed.bind(1, asset_id);
    if (removed.executeStep())
      return Error{Code::not_found, "The file of asset " + asset_id + " was removed."};
    link(db, {job_id, role, scene}, asset_id, role, reused);
    return {};
  });
}

Result<void> Database::disown_asset(const std::string& job_id, const std::string& asset_id) {
  return impl_->write("take asset " + asset_id + " from job " + job_id, [&](Connection& db) -> Result<void> {
    Statement links(db, "DELETE FROM job_assets WHERE job_id = ? AND asset_id = ?");
    links.bind(1, job_id);
    links.bind(2, asset_id);
    links.exec();
    Statement tries(db, "DELETE FROM picture_tries WHERE job_id = ? AND asset_id = ?");
    bind_all(tries, job_id, asset_id);
    tries.exec();
    Statement fingerprints(db, "DELETE FROM asset_fingerprints WHERE asset_id = ?");
    fingerprints.bind(1, asset_id);
    fingerprints.exec();
    return {};
  });
}

Result<std::vector<Database::JobAsset>> Database::job_assets(const std::string& job_id) {
  return impl_->read(
      "read the assets of job " + job_id, [&](Connection& db) -> Result<std::vector<JobAsset>> {
        Statement rows(db, "SELECT " REELD_ASSET_COLUMNS
                           ", j.role, j.scene_number, j.reused FROM job_assets j JOIN media_assets a "
                           "ON a.id = j.asset_id WHERE j.job_id = ? "
                           "ORDER BY j.scene_number, j.role, a.id");
        rows.bind(1, job_id);
        std::vector<JobAsset> assets;
        while (rows.executeStep()) {
          assets.push_back({asset_in(rows), rows.getColumn(kAssetColumnCount).getString(),
                            rows.getColumn(kAssetColumnCount + 1).getInt(),
                            rows.getColumn(kAssetColumnCount + 2).getInt() != 0});
        }
        return assets;
      });
}

Result<void> Database::add_video(const Video& video) {
  return impl_->write("record the film of job " + video.job_id, [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "INSERT INTO videos (id, job_id, file_path, thumbnail_path, thumbnail_bytes, title, facts, "
                  "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id) DO UPDATE SET "
                  "id = excluded.id, file_path = excluded.file_path, "
                  "thumbnail_path = excluded.thumbnail_path, thumbnail_bytes = excluded.thumbnail_bytes, "
                  "title = excluded.title, facts = excluded.facts, created_at = excluded.created_at, "
                  "removed_at = NULL");
    bind_all(row, video.id.empty() ? new_id() : video.id, video.job_id, video.file, video.poster,
             video.poster_bytes, video.title, video.facts,
             video.created_us != 0 ? video.created_us : now_us());
    row.exec();
    return {};
  });
}

Result<std::optional<Video>> Database::video(const std::string& job_id) {
  using Answer = std::optional<Video>;
  return impl_->read("read the film of job " + job_id, [&](Connection& db) -> Result<Answer> {
    Statement row(db, "SELECT " REELD_VIDEO_COLUMNS " FROM videos WHERE job_id = ?");
    row.bind(1, job_id);
    if (!row.executeStep()) return Answer{};
    return Answer{video_in(row)};
  });
}

}  // namespace reeld::storage
