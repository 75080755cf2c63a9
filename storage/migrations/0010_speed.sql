-- Lists of what grows with the work go along an index: by any one filter that many rows may pass, in any order that is
-- offered. Filters that few rows pass (a project's, a group's, a session's jobs) find those, and sort them.

CREATE INDEX jobs_title ON jobs (title, id);
CREATE INDEX jobs_cost_usd ON jobs (cost_usd, id);
CREATE INDEX jobs_completed_at ON jobs (coalesce(completed_at, 0), id);
CREATE INDEX jobs_status_title ON jobs (status, title, id);
CREATE INDEX jobs_status_cost_usd ON jobs (status, cost_usd, id);
CREATE INDEX jobs_status_completed_at ON jobs (status, coalesce(completed_at, 0), id);
CREATE INDEX jobs_user_id_title ON jobs (user_id, title, id);
CREATE INDEX jobs_user_id_status ON jobs (user_id, status, id);
CREATE INDEX jobs_user_id_cost_usd ON jobs (user_id, cost_usd, id);
CREATE INDEX jobs_user_id_completed_at ON jobs (user_id, coalesce(completed_at, 0), id);
CREATE INDEX jobs_user_id_status_title ON jobs (user_id, status, title, id);
CREATE INDEX jobs_user_id_status_cost_usd ON jobs (user_id, status, cost_usd, id);
CREATE INDEX jobs_user_id_status_completed_at ON jobs (user_id, status, coalesce(completed_at, 0), id);
CREATE INDEX jobs_user_id_model ON jobs (user_id, model, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_model_title ON jobs (model, title, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_model_status ON jobs (model, status, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_model_cost_usd ON jobs (model, cost_usd, id) WHERE model IS NOT NULL;
CREATE INDEX jobs_model_completed_at ON jobs (model, coalesce(completed_at, 0), id) WHERE model IS NOT NULL;

-- Whose a film is, as its job says: a list of a user's films would otherwise look at all of that user's jobs.
ALTER TABLE videos ADD COLUMN user_id TEXT;
UPDATE videos SET user_id = (SELECT user_id FROM jobs WHERE id = job_id);
CREATE TRIGGER videos_of_the_jobs_user AFTER INSERT ON videos
BEGIN
  UPDATE videos SET user_id = (SELECT user_id FROM jobs WHERE id = NEW.job_id) WHERE id = NEW.id;
END;
CREATE TRIGGER jobs_user_changes AFTER UPDATE OF user_id ON jobs WHEN NEW.user_id IS NOT OLD.user_id
BEGIN
  UPDATE videos SET user_id = NEW.user_id WHERE job_id = NEW.id;
END;

DROP INDEX videos_duration_us;
DROP INDEX videos_resolution;
DROP INDEX videos_format;
CREATE INDEX videos_title ON videos (title, id);
CREATE INDEX videos_duration_us ON videos (coalesce(duration_us, 0), id);
CREATE INDEX videos_size_bytes ON videos (coalesce(size_bytes, 0), id);
CREATE INDEX videos_user_id ON videos (user_id, id);
CREATE INDEX videos_user_id_title ON videos (user_id, title, id);
CREATE INDEX videos_user_id_duration_us ON videos (user_id, coalesce(duration_us, 0), id);
CREATE INDEX videos_user_id_size_bytes ON videos (user_id, coalesce(size_bytes, 0), id);
CREATE INDEX videos_resolution ON videos (resolution, id);
CREATE INDEX videos_resolution_title ON videos (resolution, title, id);
CREATE INDEX videos_resolution_duration_us ON videos (resolution, coalesce(duration_us, 0), id);
CREATE INDEX videos_resolution_size_bytes ON videos (resolution, coalesce(size_bytes, 0), id);
CREATE INDEX videos_format ON videos (format, id);
CREATE INDEX videos_format_title ON videos (format, title, id);
CREATE INDEX videos_format_duration_us ON videos (format, coalesce(duration_us, 0), id);
CREATE INDEX videos_format_size_bytes ON videos (format, coalesce(size_bytes, 0), id);
CREATE INDEX videos_codec ON videos (codec, id);
CREATE INDEX videos_codec_title ON videos (codec, title, id);
CREATE INDEX videos_codec_duration_us ON videos (codec, coalesce(duration_us, 0), id);
CREATE INDEX videos_codec_size_bytes ON videos (codec, coalesce(size_bytes, 0), id);

CREATE INDEX media_assets_size_bytes ON media_assets (size_bytes, id);
CREATE INDEX media_assets_type_size_bytes ON media_assets (type, size_bytes, id);
CREATE INDEX media_assets_type_model ON media_assets (type, model, id);
CREATE INDEX media_assets_source_type ON media_assets (source_type, id);
CREATE INDEX media_assets_source_type_size_bytes ON media_assets (source_type, size_bytes, id);
CREATE INDEX media_assets_source_type_model ON media_assets (source_type, model, id);
CREATE INDEX media_assets_provider ON media_assets (provider, id);
CREATE INDEX media_assets_provider_size_bytes ON media_assets (provider, size_bytes, id);
CREATE INDEX media_assets_provider_model ON media_assets (provider, model, id);
CREATE INDEX media_assets_model_size_bytes ON media_assets (model, size_bytes, id);

CREATE INDEX takes_updated_at ON takes (updated_at, id);
CREATE INDEX takes_type ON takes (type, id);
CREATE INDEX takes_type_updated_at ON takes (type, updated_at, id);
CREATE INDEX takes_status_updated_at ON takes (status, updated_at, id);
CREATE INDEX takes_provider ON takes (provider, id);
CREATE INDEX takes_provider_updated_at ON takes (provider, updated_at, id);
CREATE INDEX takes_model ON takes (model, id);
CREATE INDEX takes_model_updated_at ON takes (model, updated_at, id);
CREATE INDEX takes_is_main ON takes (is_main, id);
CREATE INDEX takes_is_main_updated_at ON takes (is_main, updated_at, id);

-- What is removed of jobs that ended, by age: what came between the beginning and the end.
DROP INDEX progress_events_created_at;
CREATE INDEX progress_events_rotated ON progress_events (created_at) WHERE type IN ('stage', 'progress', 'warning');
