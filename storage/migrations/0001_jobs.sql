-- Jobs and what they leave behind. Times are UTC microseconds since 1970; ids are UUIDs of version 7, which sort by time.
CREATE TABLE jobs (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  idempotency_key TEXT NOT NULL DEFAULT '',
  request_hash TEXT NOT NULL,
  request TEXT NOT NULL CHECK (json_valid(request)),
  base_dir TEXT NOT NULL,
  target TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'media_generation', 'video_composition', 'completed', 'failed', 'cancelled')),
  stage TEXT NOT NULL DEFAULT '',
  progress_percentage REAL NOT NULL DEFAULT 0 CHECK (progress_percentage BETWEEN 0 AND 100),
  error_code TEXT,
  error_message TEXT,
  error_path TEXT,
  generation_warnings TEXT NOT NULL DEFAULT '[]' CHECK (json_type(generation_warnings) = 'array'),
  attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  CHECK ((status = 'failed') = (error_code IS NOT NULL)),
  CHECK ((error_code IS NULL) = (error_message IS NULL)),
  CHECK (completed_at IS NULL OR started_at IS NULL OR completed_at >= started_at)
) STRICT;
CREATE UNIQUE INDEX jobs_idempotency_key ON jobs (idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX jobs_status ON jobs (status);
CREATE INDEX jobs_created_at ON jobs (created_at);

-- The steps that the seeds draw, and the retry of a job that ended without a film.
CREATE TRIGGER jobs_status_step BEFORE UPDATE OF status ON jobs
WHEN NOT (
  (OLD.status = 'pending' AND NEW.status IN ('media_generation', 'failed', 'cancelled')) OR
  (OLD.status = 'media_generation' AND NEW.status IN ('video_composition', 'failed', 'cancelled')) OR
  (OLD.status = 'video_composition' AND NEW.status IN ('completed', 'failed', 'cancelled')) OR
  (OLD.status IN ('failed', 'cancelled') AND NEW.status = 'pending'))
BEGIN
  SELECT RAISE(ABORT, 'status step not allowed');
END;

CREATE TABLE job_stages (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  stage TEXT NOT NULL CHECK (stage <> ''),
  started_at INTEGER NOT NULL,
  completed_at INTEGER CHECK (completed_at IS NULL OR completed_at >= started_at),
  error_details TEXT CHECK (error_details IS NULL OR json_valid(error_details))
) STRICT;
CREATE INDEX job_stages_job ON job_stages (job_id);

CREATE TABLE job_resources (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  generation_time_seconds REAL NOT NULL CHECK (generation_time_seconds >= 0),
  cpu_time_seconds REAL NOT NULL CHECK (cpu_time_seconds >= 0),
  gpu_time_seconds REAL NOT NULL CHECK (gpu_time_seconds >= 0),
  peak_memory_mb REAL NOT NULL CHECK (peak_memory_mb >= 0),
  peak_gpu_memory_mb REAL NOT NULL CHECK (peak_gpu_memory_mb >= 0),
  disk_space_used_mb REAL NOT NULL CHECK (disk_space_used_mb >= 0),
  frames INTEGER NOT NULL CHECK (frames >= 0),
  frames_per_second REAL NOT NULL CHECK (frames_per_second >= 0),
  encoder TEXT NOT NULL,
  device TEXT NOT NULL,
  encoder_trials TEXT NOT NULL CHECK (json_type(encoder_trials) = 'array')
) STRICT;

CREATE TABLE media_assets (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
  asset_type TEXT NOT NULL CHECK (asset_type IN ('IMAGE', 'AUDIO', 'VIDEO_CLIP', 'TEXT_OVERLAY')),
  source_type TEXT NOT NULL CHECK (source_type IN ('GENERATED', 'STOCK', 'USER_UPLOADED')),
  file_path TEXT NOT NULL CHECK (file_path <> '' AND file_path NOT LIKE '/%'),
  provider TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL DEFAULT '',
  prompt TEXT NOT NULL DEFAULT '',
  response_time_seconds REAL NOT NULL DEFAULT 0 CHECK (response_time_seconds >= 0),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  duration_us INTEGER CHECK (duration_us >= 0),
  width INTEGER NOT NULL DEFAULT 0 CHECK (width >= 0),
  height INTEGER NOT NULL DEFAULT 0 CHECK (height >= 0),
  media_type TEXT NOT NULL DEFAULT '',
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE job_assets (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  asset_id TEXT NOT NULL REFERENCES media_assets (id),
  role TEXT NOT NULL CHECK (role <> ''),
  scene INTEGER NOT NULL CHECK (scene >= -1),
  PRIMARY KEY (job_id, role, scene)
) STRICT;
CREATE INDEX job_assets_asset ON job_assets (asset_id);

CREATE TABLE videos (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  job_id TEXT NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
  file_path TEXT NOT NULL CHECK (file_path <> ''),
  poster_path TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL DEFAULT '',
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE progress_events (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  created_at INTEGER NOT NULL,
  event_type TEXT NOT NULL CHECK (event_type IN ('status', 'stage', 'progress', 'warning', 'finished')),
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;
