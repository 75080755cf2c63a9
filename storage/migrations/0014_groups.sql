-- A group keeps the request that its films vary, and what each is called there and how it differs.

ALTER TABLE generation_groups ADD COLUMN request TEXT NOT NULL DEFAULT '{}'
  CONSTRAINT request_of_a_group_is_an_object CHECK (json_valid(request) AND json_type(request) = 'object');

CREATE TABLE group_films (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  group_id TEXT NOT NULL REFERENCES generation_groups (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  label TEXT NOT NULL CONSTRAINT label_has_1_to_100_bytes CHECK (length(CAST(label AS BLOB)) BETWEEN 1 AND 100),
  -- As sent: "label", "changes", "patch", "prompt".
  variation TEXT NOT NULL CONSTRAINT variation_is_an_object CHECK (
    json_valid(variation) AND json_type(variation) = 'object'),
  UNIQUE (group_id, position),
  UNIQUE (group_id, label)
) STRICT;
