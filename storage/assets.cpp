#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

constexpr const char* kAssetColumns =
    "a.id, a.sha256, a.asset_type, a.source_type, a.file_path, a.provider, a.model, a.prompt, "
    "a.response_time_seconds, "
    "a.size_bytes, a.duration_us, a.width, a.height, a.media_type, a.metadata, a.created_at";

Asset read_asset(SQLite::Statement& row) {
  Asset asset;
  asset.id = row.getColumn(0).getString();
  asset.sha256 = row.getColumn(1).getString();
  asset.type = row.getColumn(2).getString();
  asset.source_type = row.getColumn(3).getString();
  asset.file = row.getColumn(4).getString();
  asset.provider = row.getColumn(5).getString();
  asset.model = row.getColumn(6).getString();
  asset.prompt = row.getColumn(7).getString();
  asset.response_seconds = row.getColumn(8).getDouble();
  asset.size_bytes = row.getColumn(9).getInt64();
  asset.duration_us = optional_int(row.getColumn(10));
  asset.width = row.getColumn(11).getInt();
  asset.height = row.getColumn(12).getInt();
  asset.media_type = row.getColumn(13).getString();
  asset.metadata = Json::parse(row.getColumn(14).getString());
  asset.created_us = row.getColumn(15).getInt64();
  return asset;
}

void insert_if_new(SQLite::Database& db, const Asset& asset) {
  SQLite::Statement insert(
      db,
      "INSERT INTO media_assets (id, sha256, asset_type, source_type, file_path, provider, model, prompt, "
      "response_time_seconds, size_bytes, duration_us, width, height, media_type, metadata, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING");
  SQLite::bind(insert, new_id(), asset.sha256, asset.type, asset.source_type, asset.file, asset.provider,
               asset.model, asset.prompt, asset.response_seconds, asset.size_bytes);
  bind_optional(insert, 11, asset.duration_us);
  insert.bind(12, asset.width);
  insert.bind(13, asset.height);
  insert.bind(14, asset.media_type);
  insert.bind(15, dumped(asset.metadata));
  insert.bind(16, now_us());
  insert.exec();
}

}  // namespace

Result<Asset> Database::add_asset(const Asset& asset) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<Asset> {
    SQLite::Transaction transaction(db);
    insert_if_new(db, asset);
    SQLite::Statement query(db,
                            std::string("SELECT ") + kAssetColumns + " FROM media_assets a WHERE sha256 = ?");
    query.bind(1, asset.sha256);
    if (!query.executeStep()) return Error{Code::database_failed, "an asset was added and is not there"};
    Asset added = read_asset(query);
    if (!asset.fingerprint.empty()) {
      SQLite::Statement lead(
          db, "INSERT OR REPLACE INTO asset_fingerprints (fingerprint, asset_id) VALUES (?, ?)");
      SQLite::bind(lead, asset.fingerprint, added.id);
      lead.exec();
    }
    added.fingerprint = asset.fingerprint;
    transaction.commit();
    return added;
  });
}

Result<std::optional<Asset>> Database::find_asset_by_fingerprint(const std::string& fingerprint) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<std::optional<Asset>> {
    SQLite::Statement query(
        db,
        std::string("SELECT ") + kAssetColumns +
            " FROM asset_fingerprints f JOIN media_assets a ON a.id = f.asset_id WHERE f.fingerprint = ?");
    query.bind(1, fingerprint);
    if (!query.executeStep()) return std::optional<Asset>();
    Asset asset = read_asset(query);
    asset.fingerprint = fingerprint;
    return std::optional(std::move(asset));
  });
}

Result<void> Database::link_asset(const std::string& job_id, const std::string& asset_id,
                                  const std::string& role, int scene) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<void> {
    SQLite::Statement insert(
        db, "INSERT OR REPLACE INTO job_assets (job_id, asset_id, role, scene) VALUES (?, ?, ?, ?)");
    SQLite::bind(insert, job_id, asset_id, role, scene);
    insert.exec();
    return {};
  });
}

Result<std::vector<Database::JobAsset>> Database::job_assets(const std::string& job_id) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<std::vector<JobAsset>> {
    SQLite::Statement query(
        db, std::string("SELECT ") + kAssetColumns +
                ", j.role, j.scene FROM job_assets j JOIN media_assets a ON a.id = j.asset_id "
                "WHERE j.job_id = ? ORDER BY j.scene, j.role");
    query.bind(1, job_id);
    std::vector<JobAsset> assets;
    while (query.executeStep()) {
      assets.push_back({read_asset(query), query.getColumn(16).getString(), query.getColumn(17).getInt()});
    }
    return assets;
  });
}

Result<void> Database::add_video(const Video& video) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<void> {
    SQLite::Statement insert(db, "INSERT OR REPLACE INTO videos VALUES (?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, new_id(), video.job_id, video.file, video.poster, video.title, dumped(video.facts),
                 now_us());
    insert.exec();
    return {};
  });
}

Result<std::optional<Video>> Database::video(const std::string& job_id) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<std::optional<Video>> {
    SQLite::Statement query(
        db, "SELECT id, file_path, poster_path, title, facts, created_at FROM videos WHERE job_id = ?");
    query.bind(1, job_id);
    if (!query.executeStep()) return std::optional<Video>();
    return std::optional(Video{query.getColumn(0).getString(), job_id, query.getColumn(1).getString(),
                               query.getColumn(2).getString(), query.getColumn(3).getString(),
                               Json::parse(query.getColumn(4).getString()), query.getColumn(5).getInt64()});
  });
}

}  // namespace reeld::storage
