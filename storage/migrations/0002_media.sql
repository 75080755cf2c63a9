-- What jobs were made of, and the finished films.

CREATE TABLE media_assets (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
  type TEXT NOT NULL CHECK (type IN ('IMAGE', 'AUDIO', 'VIDEO_CLIP', 'TEXT_OVERLAY')),
  source_type TEXT NOT NULL CHECK (source_type IN ('GENERATED', 'STOCK', 'USER_UPLOADED')),
  file_path TEXT NOT NULL CONSTRAINT inside_the_data_directory CHECK (
    file_path <> '' AND substr(file_path, 1, 1) <> '/' AND instr('/' || file_path || '/', '/../') = 0),
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt TEXT NOT NULL,
  response_time_seconds REAL NOT NULL CHECK (response_time_seconds >= 0),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  duration_us INTEGER CHECK (duration_us >= 0),
  width INTEGER NOT NULL CHECK (width >= 0),
  height INTEGER NOT NULL CHECK (height >= 0),
  media_type TEXT NOT NULL,
  metadata TEXT NOT NULL CHECK (json_valid(metadata)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX media_assets_created_at ON media_assets (created_at);

-- Unlike wishes may give the same content, so one asset has any number of fingerprints.
CREATE TABLE asset_fingerprints (
  fingerprint TEXT PRIMARY KEY CHECK (fingerprint <> ''),
  asset_id TEXT NOT NULL REFERENCES media_assets (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX asset_fingerprints_asset_id ON asset_fingerprints (asset_id);

CREATE TABLE job_assets (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  scene_number INTEGER NOT NULL CHECK (scene_number >= -1),
  role TEXT NOT NULL CHECK (role <> ''),
  asset_id TEXT NOT NULL REFERENCES media_assets (id),
  PRIMARY KEY (job_id, scene_number, role, asset_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_assets_asset_id ON job_assets (asset_id);

CREATE TABLE videos (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  job_id TEXT NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
  file_path TEXT NOT NULL CHECK (substr(file_path, 1, 1) = '/'),
  thumbnail_path TEXT NOT NULL CHECK (thumbnail_path = '' OR substr(thumbnail_path, 1, 1) = '/'),
  title TEXT NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX videos_created_at ON videos (created_at);
