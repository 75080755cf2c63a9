-- What a film takes from films before it: assets that nobody was asked for again, and coded segments.

-- 1: taken from another film, or from an earlier answer to the same wish; 0: fetched for this job.
ALTER TABLE job_assets ADD COLUMN reused INTEGER NOT NULL DEFAULT 0 CHECK (reused IN (0, 1));

-- Coded frames in the data directory's segments/, by a hash of all that decides their bytes. frames is 0 of a sound track.
CREATE TABLE segments (
  key TEXT PRIMARY KEY CONSTRAINT key_is_a_sha256 CHECK (key GLOB '[0-9a-f]*' AND length(key) = 64),
  sha256 TEXT NOT NULL CONSTRAINT content_has_a_sha256 CHECK (sha256 GLOB '[0-9a-f]*' AND length(sha256) = 64),
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  frames INTEGER NOT NULL CHECK (frames >= 0),
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL CHECK (used_at >= created_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX segments_used_at ON segments (used_at, key);

-- One row a job, from its plan on. program and fonts are hashes of what made its frames; fonts is '' where it shows no text.
CREATE TABLE job_reuse (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  program TEXT NOT NULL,
  fonts TEXT NOT NULL,
  assets INTEGER NOT NULL CHECK (assets >= 0),
  asset_total INTEGER NOT NULL CHECK (asset_total >= assets),
  frames INTEGER NOT NULL CHECK (frames >= 0),
  frame_total INTEGER NOT NULL CHECK (frame_total >= frames),
  segments INTEGER NOT NULL CHECK (segments >= 0),
  segment_total INTEGER NOT NULL CHECK (segment_total >= segments),
  sound INTEGER NOT NULL CHECK (sound IN (0, 1)),
  saved_cost_usd REAL NOT NULL CHECK (saved_cost_usd >= 0)
) STRICT, WITHOUT ROWID;

-- An editing session ends with the film that it renders, and takes a retry of it up again.
CREATE TRIGGER editing_sessions_follow_their_film AFTER UPDATE OF status ON jobs
WHEN NEW.status <> OLD.status
BEGIN
  UPDATE editing_sessions SET updated_at = max(updated_at, NEW.completed_at),
    status = CASE NEW.status WHEN 'completed' THEN 'completed' ELSE 'failed' END
  WHERE NEW.status IN ('completed', 'failed', 'cancelled') AND edited_job_id = NEW.id AND status = 'rendering';
  UPDATE editing_sessions SET status = 'rendering'
  WHERE NEW.status = 'pending' AND edited_job_id = NEW.id AND status = 'failed';
END;
