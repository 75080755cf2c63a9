-- Scores over time, and the pictures that were made until one was good enough.

-- figures: one after the other at even steps, each of so many frames.
CREATE TABLE metric_series (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  metric_name TEXT NOT NULL CONSTRAINT series_has_a_name CHECK (metric_name <> ''),
  first_frame INTEGER NOT NULL CHECK (first_frame >= 0),
  frames_each INTEGER NOT NULL CHECK (frames_each >= 1),
  figures TEXT NOT NULL CONSTRAINT figures_are_a_list CHECK (json_valid(figures) AND json_type(figures) = 'array'),
  created_at INTEGER NOT NULL,
  UNIQUE (job_id, metric_name)
) STRICT;

-- One row a picture that was scored for a scene: number counts them from 1. scores: {"noise": 3.1, ...}. The one that the
-- film shows is kept. cost_usd is NULL where no price is known, and 0 where nobody was asked.
CREATE TABLE picture_tries (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  scene_number INTEGER NOT NULL CONSTRAINT scene_of_a_try_counts_from_0 CHECK (scene_number >= 0),
  number INTEGER NOT NULL CONSTRAINT tries_count_from_1 CHECK (number >= 1),
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  asset_id TEXT NOT NULL REFERENCES media_assets (id) ON DELETE CASCADE,
  seed INTEGER CHECK (seed >= 0),
  cost_usd REAL CHECK (cost_usd >= 0),
  scores TEXT NOT NULL CONSTRAINT scores_are_an_object CHECK (json_valid(scores) AND json_type(scores) = 'object'),
  hash TEXT NOT NULL CONSTRAINT hash_has_16_digits CHECK (hash = '' OR (length(hash) = 16 AND hash NOT GLOB '*[^0-9a-f]*')),
  kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1)),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (job_id, scene_number, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX picture_tries_kept ON picture_tries (job_id, scene_number) WHERE kept = 1;
CREATE INDEX picture_tries_asset_id ON picture_tries (asset_id);

-- Scores, and those of one name, are listed in the order of their making and by their values.
DROP INDEX quality_metrics_metric_name;
CREATE INDEX quality_metrics_metric_name ON quality_metrics (metric_name, id);
CREATE INDEX quality_metrics_metric_value ON quality_metrics (metric_value, id);
CREATE INDEX quality_metrics_name_value ON quality_metrics (metric_name, metric_value, id);
