-- A group keeps the request that its films vary, and each film what it is called there and how it differs.

ALTER TABLE generation_groups ADD COLUMN request TEXT NOT NULL DEFAULT '{}'
  CONSTRAINT request_of_a_group_is_an_object CHECK (json_valid(request) AND json_type(request) = 'object');

ALTER TABLE jobs ADD COLUMN group_label TEXT NOT NULL DEFAULT ''
  CONSTRAINT group_label_has_100_bytes_at_most CHECK (length(CAST(group_label AS BLOB)) <= 100);
-- As sent: {"label", "changes", "patch", "prompt"}, the last three where they were given; NULL outside groups.
ALTER TABLE jobs ADD COLUMN group_variation TEXT CONSTRAINT group_variation_is_an_object CHECK (
  group_variation IS NULL OR (json_valid(group_variation) AND json_type(group_variation) = 'object'));
