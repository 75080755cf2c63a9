-- What a take asks of its provider, so that it can be taken up again; whether another model may answer, and whether
-- one did; what it may cost; what is to be known of it.
ALTER TABLE takes ADD COLUMN params TEXT NOT NULL DEFAULT '{}' CHECK (json_type(params) = 'object');
ALTER TABLE takes ADD COLUMN allow_fallback INTEGER NOT NULL DEFAULT 0 CHECK (allow_fallback IN (0, 1));
ALTER TABLE takes ADD COLUMN model_fallback_occurred INTEGER NOT NULL DEFAULT 0
  CONSTRAINT fallback_only_where_allowed CHECK (
    model_fallback_occurred IN (0, 1) AND model_fallback_occurred <= allow_fallback);
ALTER TABLE takes ADD COLUMN budget_usd REAL CONSTRAINT budget_is_0_or_more CHECK (budget_usd >= 0);
ALTER TABLE takes ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]' CHECK (json_type(warnings) = 'array');
