-- What jobs took of the machine: stage by stage, over time, and quick to add up.

-- Of the stage's tasks, in the workers; NULL while it runs, and where a daemon died in its midst.
ALTER TABLE job_stages ADD COLUMN cpu_seconds REAL CHECK (cpu_seconds >= 0);
ALTER TABLE job_stages ADD COLUMN gpu_seconds REAL CHECK (gpu_seconds >= 0);
ALTER TABLE job_stages ADD COLUMN peak_memory_mb REAL CHECK (peak_memory_mb >= 0);
ALTER TABLE job_stages ADD COLUMN peak_gpu_memory_mb REAL CHECK (peak_gpu_memory_mb >= 0);
ALTER TABLE job_stages ADD COLUMN frames INTEGER CHECK (frames >= 0);  -- rendered in it

-- frames and cpu_seconds count from when a daemon took the job up, so that rates between any two rows are true
-- ones, also after every second row was removed. What nothing measures is NULL.
CREATE TABLE resource_samples (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  sampled_at INTEGER NOT NULL,
  frames INTEGER NOT NULL CHECK (frames >= 0),
  cpu_seconds REAL NOT NULL CHECK (cpu_seconds >= 0),
  memory_mb REAL NOT NULL CHECK (memory_mb >= 0),  -- resident, of the workers that are at work for it
  gpu_percent REAL CHECK (gpu_percent BETWEEN 0 AND 100),
  encoder_percent REAL CHECK (encoder_percent BETWEEN 0 AND 100),
  gpu_memory_mb REAL CHECK (gpu_memory_mb >= 0),
  -- Whose the three are: the job's workers', or all programs' together.
  gpu_scope TEXT CONSTRAINT gpu_scope_is_job_or_machine CHECK (gpu_scope IN ('job', 'machine')),
  PRIMARY KEY (job_id, sampled_at),
  CONSTRAINT gpu_figures_say_whose_they_are CHECK (
    gpu_scope IS NOT NULL
    OR (gpu_percent IS NULL AND encoder_percent IS NULL AND gpu_memory_mb IS NULL))
) STRICT, WITHOUT ROWID;

-- All that sums over a range of time need of a job, so that its request, which may be long, is not read.
DROP INDEX jobs_created_at;
CREATE INDEX jobs_created_at ON jobs (created_at, user_id, cost_usd, model_requests_count, total_tokens_used, id);
