-- Files that were removed while their records stay: what they were made from is still known, and they can be made again.

ALTER TABLE media_assets ADD COLUMN removed_at INTEGER;
ALTER TABLE videos ADD COLUMN removed_at INTEGER;
CREATE INDEX media_assets_kept ON media_assets (storage_type, created_at) WHERE removed_at IS NULL;

-- What is removed already is not counted again when its record goes or changes.
DROP TRIGGER media_assets_change;
CREATE TRIGGER media_assets_change AFTER UPDATE OF size_bytes, type, source_type ON media_assets
WHEN OLD.removed_at IS NULL AND NEW.removed_at IS NULL
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.size_bytes, file_count = file_count - 1
  WHERE storage_type = OLD.storage_type;
  UPDATE media_storage SET total_size_bytes = total_size_bytes + NEW.size_bytes, file_count = file_count + 1
  WHERE storage_type = NEW.storage_type;
END;

DROP TRIGGER media_assets_go;
CREATE TRIGGER media_assets_go AFTER DELETE ON media_assets WHEN OLD.removed_at IS NULL
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.size_bytes, file_count = file_count - 1
  WHERE storage_type = OLD.storage_type;
  INSERT OR IGNORE INTO files_to_remove (file_path, listed_at)
  SELECT OLD.file_path, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
  WHERE NOT EXISTS (SELECT 1 FROM media_assets WHERE file_path = OLD.file_path);
END;

CREATE TRIGGER media_assets_retire AFTER UPDATE OF removed_at ON media_assets
WHEN OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.size_bytes, file_count = file_count - 1
  WHERE storage_type = OLD.storage_type;
  INSERT OR IGNORE INTO files_to_remove (file_path, listed_at)
  VALUES (OLD.file_path, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;

CREATE TRIGGER media_assets_return AFTER UPDATE OF removed_at ON media_assets
WHEN OLD.removed_at IS NOT NULL AND NEW.removed_at IS NULL
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes + NEW.size_bytes, file_count = file_count + 1
  WHERE storage_type = NEW.storage_type;
  DELETE FROM files_to_remove WHERE file_path = NEW.file_path;
END;

DROP TRIGGER videos_change;
CREATE TRIGGER videos_change AFTER UPDATE OF facts, removed_at ON videos
BEGIN
  UPDATE media_storage SET
    total_size_bytes = total_size_bytes - iif(OLD.removed_at IS NULL, coalesce(OLD.size_bytes, 0), 0)
      + iif(NEW.removed_at IS NULL, coalesce(NEW.size_bytes, 0), 0),
    file_count = file_count - (OLD.removed_at IS NULL) + (NEW.removed_at IS NULL)
  WHERE storage_type = 'VIDEOS';
END;

DROP TRIGGER videos_go;
CREATE TRIGGER videos_go AFTER DELETE ON videos WHEN OLD.removed_at IS NULL
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - coalesce(OLD.size_bytes, 0),
    file_count = file_count - 1 WHERE storage_type = 'VIDEOS';
END;
