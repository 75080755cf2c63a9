-- Jobs, what they went through, what they cost and what subscribers were told.
-- Times are UTC microseconds since 1970; ids are UUIDs, version 7.

CREATE TABLE jobs (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  idempotency_key TEXT NOT NULL DEFAULT '',
  request_hash TEXT NOT NULL,
  request TEXT NOT NULL CHECK (json_valid(request)),
  base_dir TEXT NOT NULL,
  target TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'pending' CHECK (
    status IN ('pending', 'media_generation', 'video_composition', 'completed', 'failed', 'cancelled')),
  stage TEXT NOT NULL DEFAULT '',
  progress_percentage REAL NOT NULL DEFAULT 0 CHECK (progress_percentage BETWEEN 0 AND 100),
  error_code TEXT,
  error_message TEXT,
  error_path TEXT,
  generation_warnings TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(generation_warnings)),
  attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  CONSTRAINT error_exactly_where_failed CHECK (
    (status = 'failed') = (error_code IS NOT NULL)
    AND (error_code IS NULL) = (error_message IS NULL)
    AND (error_code IS NULL) = (error_path IS NULL)),
  CONSTRAINT started_exactly_where_left_pending CHECK ((status = 'pending') = (started_at IS NULL)),
  CONSTRAINT completed_exactly_where_final CHECK (
    (status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX jobs_idempotency_key ON jobs (idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX jobs_status ON jobs (status);
CREATE INDEX jobs_created_at ON jobs (created_at);

CREATE TRIGGER jobs_begin_pending BEFORE INSERT ON jobs WHEN NEW.status <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'a new job is pending');
END;

CREATE TRIGGER jobs_status_step BEFORE UPDATE OF status ON jobs
WHEN (OLD.status || '>' || NEW.status) NOT IN (
  'pending>media_generation', 'media_generation>video_composition', 'video_composition>completed',
  'pending>failed', 'media_generation>failed', 'video_composition>failed',
  'pending>cancelled', 'media_generation>cancelled', 'video_composition>cancelled',
  'failed>pending', 'cancelled>pending')
BEGIN
  SELECT RAISE(ABORT, 'the status of a job cannot take this step');
END;

CREATE TRIGGER jobs_times BEFORE UPDATE ON jobs WHEN NEW.completed_at < NEW.started_at
BEGIN
  SELECT RAISE(ABORT, 'a job cannot be completed before it was started');
END;

CREATE TABLE job_stages (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  stage TEXT NOT NULL CHECK (stage <> ''),
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  started_at INTEGER NOT NULL,
  completed_at INTEGER CHECK (completed_at >= started_at),
  error_code TEXT,
  error_message TEXT,
  error_path TEXT,
  CHECK (error_code IS NULL OR (completed_at IS NOT NULL AND error_message IS NOT NULL AND error_path IS NOT NULL))
) STRICT;
CREATE INDEX job_stages_job_id ON job_stages (job_id);

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
  encoder_trials TEXT NOT NULL CHECK (json_valid(encoder_trials))
) STRICT;

CREATE TABLE progress_events (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  created_at INTEGER NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('status', 'stage', 'progress', 'warning', 'finished')),
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX progress_events_created_at ON progress_events (created_at);
