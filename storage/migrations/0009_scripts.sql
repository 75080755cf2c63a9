-- Scripts as they were written, with the conversation of director and critic in them.

CREATE TABLE scripts (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  created_at INTEGER NOT NULL,
  origin TEXT NOT NULL CHECK (origin <> ''),
  brief TEXT NOT NULL CHECK (json_valid(brief)),
  script TEXT NOT NULL CHECK (json_valid(script)),
  request TEXT NOT NULL CHECK (json_valid(request))
) STRICT;
CREATE INDEX scripts_created_at ON scripts (created_at);
