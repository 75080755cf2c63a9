-- What providers were asked, how they do, and what it cost. Costs are US dollars, NULL where no price is known.
-- No secret is ever in any of these tables.

ALTER TABLE media_assets ADD COLUMN model_asked TEXT NOT NULL DEFAULT '';
ALTER TABLE media_assets ADD COLUMN negative_prompt TEXT NOT NULL DEFAULT '';
ALTER TABLE media_assets ADD COLUMN seed INTEGER;  -- 64 bits without a sign, kept as the same bits with one
ALTER TABLE media_assets ADD COLUMN request_count INTEGER NOT NULL DEFAULT 0 CHECK (request_count >= 0);
ALTER TABLE media_assets ADD COLUMN input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0);
ALTER TABLE media_assets ADD COLUMN output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0);
ALTER TABLE media_assets ADD COLUMN thought_tokens INTEGER NOT NULL DEFAULT 0 CHECK (thought_tokens >= 0);
ALTER TABLE media_assets ADD COLUMN cached_tokens INTEGER NOT NULL DEFAULT 0 CHECK (cached_tokens >= 0);
ALTER TABLE media_assets ADD COLUMN cost_usd REAL CHECK (cost_usd >= 0);
ALTER TABLE media_assets ADD COLUMN confidence REAL CHECK (confidence BETWEEN 0 AND 1);
-- The wish as asked, and of speech the words: [{"text", "start", "end"}], in seconds.
ALTER TABLE media_assets ADD COLUMN params TEXT NOT NULL DEFAULT '{}' CHECK (
  json_valid(params) AND json_type(params) = 'object');
ALTER TABLE media_assets ADD COLUMN words TEXT NOT NULL DEFAULT '[]' CHECK (
  json_valid(words) AND json_type(words) = 'array');
ALTER TABLE media_assets ADD COLUMN words_estimated INTEGER NOT NULL DEFAULT 0 CHECK (words_estimated IN (0, 1));
-- So far no provider answered with another model than it was asked for.
UPDATE media_assets SET model_asked = model;

ALTER TABLE jobs ADD COLUMN allow_fallback INTEGER NOT NULL DEFAULT 0 CHECK (allow_fallback IN (0, 1));
ALTER TABLE jobs ADD COLUMN model_fallback_occurred INTEGER NOT NULL DEFAULT 0
  CONSTRAINT fallback_only_where_allowed CHECK (
    model_fallback_occurred IN (0, 1) AND model_fallback_occurred <= allow_fallback);
ALTER TABLE jobs ADD COLUMN budget_usd REAL CHECK (budget_usd >= 0);
ALTER TABLE jobs ADD COLUMN cost_usd REAL NOT NULL DEFAULT 0 CHECK (cost_usd >= 0);

-- One row a request that was sent, the failed ones too.
CREATE TABLE provider_calls (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  started_at INTEGER NOT NULL,
  provider TEXT NOT NULL CHECK (provider <> ''),
  model TEXT NOT NULL,
  model_asked TEXT NOT NULL,
  capability TEXT NOT NULL CHECK (capability IN ('picture', 'speech', 'script', 'sound')),
  job_id TEXT REFERENCES jobs (id) ON DELETE SET NULL,
  scene_number INTEGER NOT NULL CHECK (scene_number >= -1),
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  fallback INTEGER NOT NULL CHECK (fallback IN (0, 1)),
  seconds REAL NOT NULL CHECK (seconds >= 0),
  first_byte_seconds REAL CHECK (first_byte_seconds >= 0),
  http_status INTEGER NOT NULL CHECK (http_status = 0 OR http_status BETWEEN 100 AND 599),
  succeeded INTEGER NOT NULL CHECK (succeeded IN (0, 1)),
  error_code TEXT,
  error_message TEXT,
  input_tokens INTEGER NOT NULL CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL CHECK (output_tokens >= 0),
  cost_usd REAL CHECK (cost_usd >= 0),
  CONSTRAINT error_exactly_where_not_succeeded CHECK (
    succeeded = (error_code IS NULL) AND succeeded = (error_message IS NULL)),
  CONSTRAINT fallback_is_another_model CHECK (fallback = 0 OR model <> model_asked)
) STRICT;
CREATE INDEX provider_calls_started_at ON provider_calls (started_at, cost_usd);  -- a day's cost from the index alone
CREATE INDEX provider_calls_model ON provider_calls (provider, model, started_at);
CREATE INDEX provider_calls_job_id ON provider_calls (job_id);

-- The calls of a window of time, by the model that was asked.
CREATE TABLE provider_health (
  provider TEXT NOT NULL CHECK (provider <> ''),
  model TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  window_seconds INTEGER NOT NULL CHECK (window_seconds > 0),
  calls INTEGER NOT NULL CHECK (calls > 0),
  successes INTEGER NOT NULL CHECK (successes BETWEEN 0 AND calls),
  fallbacks INTEGER NOT NULL CHECK (fallbacks BETWEEN 0 AND calls),
  errors TEXT NOT NULL CHECK (json_valid(errors) AND json_type(errors) = 'object'),  -- {code: count}
  -- {"p50", "p90", "p99", "max", "buckets"} of the calls that succeeded, in seconds.
  response_times TEXT CHECK (
    response_times IS NULL OR (json_valid(response_times) AND json_type(response_times) = 'object')),
  PRIMARY KEY (provider, model, window_start),
  CONSTRAINT response_times_exactly_where_succeeded CHECK ((successes = 0) = (response_times IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_health_window_start ON provider_health (window_start);

CREATE TABLE provider_status (
  provider TEXT NOT NULL CHECK (provider <> ''),
  model TEXT NOT NULL,
  available INTEGER NOT NULL CHECK (available IN (0, 1)),
  last_check INTEGER NOT NULL,
  last_success INTEGER,
  error_count INTEGER NOT NULL CHECK (error_count >= 0),
  unavailable_since INTEGER,
  last_error TEXT,
  PRIMARY KEY (provider, model),
  CONSTRAINT since_exactly_where_unavailable CHECK ((available = 0) = (unavailable_since IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- What the daemon runs with, as it was when it started.
CREATE TABLE provider_configs (
  provider TEXT NOT NULL CHECK (provider <> ''),
  capability TEXT NOT NULL CHECK (capability IN ('picture', 'speech', 'script', 'sound')),
  kind TEXT NOT NULL CHECK (kind <> ''),
  primary_model TEXT NOT NULL,  -- '' where there is no choice
  fallback_model TEXT CONSTRAINT models_differ CHECK (fallback_model <> '' AND fallback_model <> primary_model),
  max_retries INTEGER NOT NULL CHECK (max_retries BETWEEN 1 AND 10),
  retry_delay_ms INTEGER NOT NULL CHECK (retry_delay_ms BETWEEN 100 AND 10000),
  model_availability_check INTEGER NOT NULL CHECK (model_availability_check IN (0, 1)),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (provider, capability)
) STRICT, WITHOUT ROWID;

-- What calls on their way may cost at most, so that calls at the same time do not exceed a budget together.
CREATE TABLE cost_reservations (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  job_id TEXT REFERENCES jobs (id) ON DELETE CASCADE,
  provider TEXT NOT NULL CHECK (provider <> ''),
  amount_usd REAL NOT NULL CHECK (amount_usd >= 0),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cost_reservations_job_id ON cost_reservations (job_id);

CREATE TABLE alerts (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  raised_at INTEGER NOT NULL,
  cleared_at INTEGER CHECK (cleared_at >= raised_at),
  kind TEXT NOT NULL CHECK (kind IN ('unavailable', 'fallback_rate', 'error_rate', 'slow_response')),
  provider TEXT NOT NULL CHECK (provider <> ''),
  model TEXT NOT NULL,
  value REAL NOT NULL,
  threshold REAL NOT NULL,
  message TEXT NOT NULL CHECK (message <> '')
) STRICT;
CREATE UNIQUE INDEX alerts_one_open ON alerts (kind, provider, model) WHERE cleared_at IS NULL;
CREATE INDEX alerts_raised_at ON alerts (raised_at);
