-- Posters are counted among IMAGES. Jobs of a user and a model, or of a model and a status, are listed along an index in
-- every order.

-- 0 where there is none, and of one made before this was measured until fsck mends it.
ALTER TABLE videos ADD COLUMN thumbnail_bytes INTEGER NOT NULL DEFAULT 0 CONSTRAINT thumbnails_have_a_size CHECK (
  thumbnail_bytes >= 0);

CREATE TRIGGER videos_bring_posters AFTER INSERT ON videos WHEN NEW.thumbnail_bytes > 0
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes + NEW.thumbnail_bytes, file_count = file_count + 1
  WHERE storage_type = 'IMAGES';
END;

CREATE TRIGGER videos_bring_other_posters AFTER UPDATE OF thumbnail_bytes, removed_at ON videos
BEGIN
  UPDATE media_storage SET
    total_size_bytes = total_size_bytes - iif(OLD.removed_at IS NULL, OLD.thumbnail_bytes, 0)
      + iif(NEW.removed_at IS NULL, NEW.thumbnail_bytes, 0),
    file_count = file_count - (OLD.removed_at IS NULL AND OLD.thumbnail_bytes > 0)
      + (NEW.removed_at IS NULL AND NEW.thumbnail_bytes > 0)
  WHERE storage_type = 'IMAGES';
END;

CREATE TRIGGER videos_take_posters_along AFTER DELETE ON videos WHEN OLD.removed_at IS NULL AND OLD.thumbnail_bytes > 0
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.thumbnail_bytes, file_count = file_count - 1
  WHERE storage_type = 'IMAGES';
END;

CREATE INDEX jobs_user_id_model_title ON jobs (user_id, model, title, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_user_id_model_status ON jobs (user_id, model, status, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_user_id_model_cost_usd ON jobs (user_id, model, cost_usd, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_user_id_model_completed_at ON jobs (user_id, model, coalesce(completed_at, 0), id) WHERE model IS NOT NULL;
CREATE INDEX jobs_model_status_title ON jobs (model, status, title, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_model_status_cost_usd ON jobs (model, status, cost_usd, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_model_status_completed_at ON jobs (model, status, coalesce(completed_at, 0), id) WHERE model IS NOT NULL;

-- With all that lists are sorted by, so that a time's jobs are sorted without being read.
DROP INDEX jobs_created_at;
CREATE INDEX jobs_created_at ON jobs (created_at, user_id, cost_usd, model_requests_count, total_tokens_used, status,
  completed_at, title, id);
