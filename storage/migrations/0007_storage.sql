-- Files: what is measured of them, how much there is of each kind, and which are left to be removed; and scores.

ALTER TABLE media_assets ADD COLUMN voice_id TEXT GENERATED ALWAYS AS (params ->> '$.voice') VIRTUAL;
ALTER TABLE media_assets ADD COLUMN speed REAL GENERATED ALWAYS AS (CAST(params ->> '$.speed' AS REAL)) VIRTUAL;
ALTER TABLE media_assets ADD COLUMN storage_type TEXT GENERATED ALWAYS AS (
  CASE WHEN source_type = 'STOCK' THEN 'STOCK' WHEN type = 'AUDIO' THEN 'AUDIO'
    WHEN type = 'VIDEO_CLIP' THEN 'VIDEOS' ELSE 'IMAGES' END) VIRTUAL;
CREATE INDEX media_assets_type ON media_assets (type, id);
CREATE INDEX media_assets_model ON media_assets (model, id);
CREATE INDEX media_assets_file_path ON media_assets (file_path);

-- What is said of a model that was asked is said of its prompt: without it nothing could be made again.
CREATE TRIGGER media_assets_prompt BEFORE INSERT ON media_assets
WHEN NEW.source_type = 'GENERATED' AND NEW.prompt = ''
BEGIN
  SELECT RAISE(ABORT, 'a generated asset says the prompt that it was made from');
END;

-- From `facts`, which is as probed from the file.
ALTER TABLE videos ADD COLUMN duration_us INTEGER GENERATED ALWAYS AS (
  CAST(round(CAST(facts ->> '$.duration_seconds' AS REAL) * 1000000) AS INTEGER)) VIRTUAL;
ALTER TABLE videos ADD COLUMN width INTEGER GENERATED ALWAYS AS (CAST(facts ->> '$.width' AS INTEGER)) VIRTUAL;
ALTER TABLE videos ADD COLUMN height INTEGER GENERATED ALWAYS AS (CAST(facts ->> '$.height' AS INTEGER)) VIRTUAL;
ALTER TABLE videos ADD COLUMN resolution TEXT GENERATED ALWAYS AS (
  (facts ->> '$.width') || 'x' || (facts ->> '$.height')) VIRTUAL;
ALTER TABLE videos ADD COLUMN format TEXT GENERATED ALWAYS AS (facts ->> '$.container') VIRTUAL;
ALTER TABLE videos ADD COLUMN codec TEXT GENERATED ALWAYS AS (facts ->> '$.codec') VIRTUAL;
ALTER TABLE videos ADD COLUMN size_bytes INTEGER GENERATED ALWAYS AS (CAST(facts ->> '$.size_bytes' AS INTEGER)) VIRTUAL;
ALTER TABLE videos ADD COLUMN frame_count INTEGER GENERATED ALWAYS AS (CAST(facts ->> '$.frame_count' AS INTEGER)) VIRTUAL;
CREATE INDEX videos_duration_us ON videos (duration_us);
CREATE INDEX videos_resolution ON videos (resolution);
CREATE INDEX videos_format ON videos (format, codec);

CREATE TRIGGER videos_measured BEFORE INSERT ON videos
WHEN json_valid(NEW.facts) AND (CAST(NEW.facts ->> '$.duration_seconds' AS REAL) <= 0
  OR CAST(NEW.facts ->> '$.size_bytes' AS INTEGER) <= 0 OR CAST(NEW.facts ->> '$.width' AS INTEGER) <= 0
  OR CAST(NEW.facts ->> '$.height' AS INTEGER) <= 0)
BEGIN
  SELECT RAISE(ABORT, 'a finished film has a duration, a size and a resolution above 0');
END;

CREATE TRIGGER videos_measured_again BEFORE UPDATE OF facts ON videos
WHEN json_valid(NEW.facts) AND (CAST(NEW.facts ->> '$.duration_seconds' AS REAL) <= 0
  OR CAST(NEW.facts ->> '$.size_bytes' AS INTEGER) <= 0 OR CAST(NEW.facts ->> '$.width' AS INTEGER) <= 0
  OR CAST(NEW.facts ->> '$.height' AS INTEGER) <= 0)
BEGIN
  SELECT RAISE(ABORT, 'a finished film has a duration, a size and a resolution above 0');
END;

-- One row a kind of file. Sizes and counts of all but TEMP are kept by the triggers below.
CREATE TABLE media_storage (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  storage_type TEXT NOT NULL UNIQUE CHECK (storage_type IN ('VIDEOS', 'IMAGES', 'AUDIO', 'TEMP', 'STOCK')),
  directory_path TEXT NOT NULL CONSTRAINT inside_the_data_directory CHECK (
    directory_path <> '' AND substr(directory_path, 1, 1) <> '/'
    AND instr('/' || directory_path || '/', '/../') = 0),
  total_size_bytes INTEGER NOT NULL DEFAULT 0 CHECK (total_size_bytes >= 0),
  file_count INTEGER NOT NULL DEFAULT 0 CHECK (file_count >= 0),
  last_cleanup INTEGER,
  cleanup_policy TEXT NOT NULL CHECK (json_valid(cleanup_policy)),
  access_permissions TEXT NOT NULL CHECK (json_valid(access_permissions)),
  -- NULL: no limit.
  max_age_days INTEGER GENERATED ALWAYS AS (CAST(cleanup_policy ->> '$.max_age_days' AS INTEGER)) VIRTUAL,
  max_size_mb INTEGER GENERATED ALWAYS AS (CAST(cleanup_policy ->> '$.max_size_mb' AS INTEGER)) VIRTUAL,
  preserve_completed_videos INTEGER GENERATED ALWAYS AS (cleanup_policy ->> '$.preserve_completed_videos') VIRTUAL,
  CONSTRAINT policy_is_retention CHECK (
    coalesce(json_type(cleanup_policy, '$.max_age_days'), 'null') IN ('integer', 'null')
    AND coalesce(cleanup_policy ->> '$.max_age_days', 1) >= 1
    AND coalesce(json_type(cleanup_policy, '$.max_size_mb'), 'null') IN ('integer', 'null')
    AND coalesce(cleanup_policy ->> '$.max_size_mb', 1) >= 1
    AND coalesce(json_type(cleanup_policy, '$.preserve_completed_videos'), '') IN ('true', 'false')),
  CONSTRAINT permissions_are_three CHECK (
    coalesce(json_type(access_permissions, '$.public_read'), '') IN ('true', 'false')
    AND coalesce(json_type(access_permissions, '$.authenticated_read'), '') IN ('true', 'false')
    AND coalesce(json_type(access_permissions, '$.admin_write'), '') IN ('true', 'false'))
) STRICT;

INSERT INTO media_storage (id, storage_type, directory_path, cleanup_policy, access_permissions)
SELECT '00000000-0000-7000-8000-00000000010' || row_number() OVER (), column1, column2,
  json_object('max_age_days', column3, 'max_size_mb', NULL, 'preserve_completed_videos', json('true')),
  json_object('public_read', json('false'), 'authenticated_read', json('true'), 'admin_write', json('true'))
FROM (VALUES ('VIDEOS', 'assets', NULL), ('IMAGES', 'assets', NULL), ('AUDIO', 'assets', NULL),
             ('TEMP', 'jobs', 7), ('STOCK', 'assets', NULL));

UPDATE media_storage SET
  total_size_bytes = (SELECT coalesce(sum(size_bytes), 0) FROM media_assets a
                      WHERE a.storage_type = media_storage.storage_type),
  file_count = (SELECT count(*) FROM media_assets a WHERE a.storage_type = media_storage.storage_type);
UPDATE media_storage SET
  total_size_bytes = total_size_bytes + (SELECT coalesce(sum(size_bytes), 0) FROM videos),
  file_count = file_count + (SELECT count(*) FROM videos)
WHERE storage_type = 'VIDEOS';

-- Files of assets that are gone from the records. Listed here in the same transaction, so that a crash between the
-- two leaves no file without anybody who knows of it.
CREATE TABLE files_to_remove (
  file_path TEXT PRIMARY KEY,
  listed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER media_assets_come AFTER INSERT ON media_assets
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes + NEW.size_bytes, file_count = file_count + 1
  WHERE storage_type = NEW.storage_type;
  DELETE FROM files_to_remove WHERE file_path = NEW.file_path;
END;

CREATE TRIGGER media_assets_change AFTER UPDATE OF size_bytes, type, source_type ON media_assets
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.size_bytes, file_count = file_count - 1
  WHERE storage_type = OLD.storage_type;
  UPDATE media_storage SET total_size_bytes = total_size_bytes + NEW.size_bytes, file_count = file_count + 1
  WHERE storage_type = NEW.storage_type;
END;

CREATE TRIGGER media_assets_go AFTER DELETE ON media_assets
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.size_bytes, file_count = file_count - 1
  WHERE storage_type = OLD.storage_type;
  INSERT OR IGNORE INTO files_to_remove (file_path, listed_at)
  SELECT OLD.file_path, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
  WHERE NOT EXISTS (SELECT 1 FROM media_assets WHERE file_path = OLD.file_path);
END;

CREATE TRIGGER videos_come AFTER INSERT ON videos
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes + coalesce(NEW.size_bytes, 0),
    file_count = file_count + 1 WHERE storage_type = 'VIDEOS';
END;

CREATE TRIGGER videos_change AFTER UPDATE OF facts ON videos
BEGIN
  UPDATE media_storage
  SET total_size_bytes = total_size_bytes - coalesce(OLD.size_bytes, 0) + coalesce(NEW.size_bytes, 0)
  WHERE storage_type = 'VIDEOS';
END;

CREATE TRIGGER videos_go AFTER DELETE ON videos
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - coalesce(OLD.size_bytes, 0),
    file_count = file_count - 1 WHERE storage_type = 'VIDEOS';
END;

-- The last job or take that used an asset takes it along, unless it is stock.
CREATE TRIGGER job_assets_last_use AFTER DELETE ON job_assets
BEGIN
  DELETE FROM media_assets WHERE id = OLD.asset_id AND source_type <> 'STOCK'
    AND NOT EXISTS (SELECT 1 FROM job_assets WHERE asset_id = OLD.asset_id)
    AND NOT EXISTS (SELECT 1 FROM takes WHERE asset_id = OLD.asset_id);
END;

CREATE TRIGGER takes_last_use AFTER DELETE ON takes WHEN OLD.asset_id IS NOT NULL
BEGIN
  DELETE FROM media_assets WHERE id = OLD.asset_id AND source_type <> 'STOCK'
    AND NOT EXISTS (SELECT 1 FROM job_assets WHERE asset_id = OLD.asset_id)
    AND NOT EXISTS (SELECT 1 FROM takes WHERE asset_id = OLD.asset_id);
END;

-- scene_number: from 0; NULL where it is of the whole film. model_name: what scored it, '' where it has no name.
CREATE TABLE quality_metrics (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  scene_number INTEGER CONSTRAINT scene_counts_from_0 CHECK (scene_number >= 0),
  metric_name TEXT NOT NULL CONSTRAINT metric_has_a_name CHECK (metric_name <> ''),
  metric_value REAL NOT NULL CONSTRAINT metric_is_finite CHECK (abs(metric_value) <= 1.7976931348623157e308),
  model_name TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  CONSTRAINT image_quality_is_0_to_100 CHECK (metric_name <> 'image_quality' OR metric_value BETWEEN 0 AND 100)
) STRICT;
CREATE UNIQUE INDEX quality_metrics_job_id ON quality_metrics (job_id, coalesce(scene_number, -1), metric_name, model_name);
CREATE INDEX quality_metrics_metric_name ON quality_metrics (metric_name, metric_value);
