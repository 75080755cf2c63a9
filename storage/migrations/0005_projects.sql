-- Projects, their scenes, and the pictures and speeches that were tried for them.

CREATE TABLE projects (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title TEXT NOT NULL CONSTRAINT title_has_1_to_200_characters CHECK (length(title) BETWEEN 1 AND 200),
  description TEXT,
  platform TEXT NOT NULL DEFAULT '',
  category TEXT NOT NULL DEFAULT '',
  tone TEXT NOT NULL DEFAULT '',
  target_length TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'draft' CONSTRAINT status_is_draft_inprogress_or_completed CHECK (
    status IN ('draft', 'in-progress', 'completed')),
  -- The whole text before it was split, and where it came from.
  script TEXT NOT NULL DEFAULT '',
  origin TEXT NOT NULL DEFAULT 'uploaded' CONSTRAINT origin_is_uploaded_or_generated CHECK (
    origin IN ('uploaded', 'generated')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL CHECK (updated_at >= created_at)
) STRICT;
CREATE INDEX projects_user_id ON projects (user_id, id);
CREATE INDEX projects_status ON projects (status, id);
CREATE INDEX projects_updated_at ON projects (updated_at, id);
CREATE INDEX projects_title ON projects (title, id);

-- position: 1 to the number of scenes, without a gap.
CREATE TABLE scenes (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CONSTRAINT position_counts_from_1 CHECK (position >= 1),
  text TEXT NOT NULL,
  notes TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL CHECK (updated_at >= created_at),
  UNIQUE (project_id, position),
  UNIQUE (id, project_id)
) STRICT;

-- A take is one try at a scene's (or, without a scene, a project's) picture, speech or clip: what was asked, and
-- once it is ready the asset that came of it. One content can serve many takes, and be the main one of some alone.
CREATE TABLE takes (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  scene_id TEXT,
  type TEXT NOT NULL CONSTRAINT type_is_image_audio_or_video_clip CHECK (type IN ('IMAGE', 'AUDIO', 'VIDEO_CLIP')),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed')),
  asset_id TEXT REFERENCES media_assets (id),
  provider TEXT NOT NULL,
  model TEXT NOT NULL DEFAULT '',
  prompt TEXT NOT NULL,
  voice_id TEXT,
  speed REAL CONSTRAINT speed_is_a_quarter_to_4 CHECK (speed BETWEEN 0.25 AND 4),
  is_main INTEGER NOT NULL DEFAULT 0 CHECK (is_main IN (0, 1)),
  error_code TEXT,
  error_message TEXT,
  error_path TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL CHECK (updated_at >= created_at),
  FOREIGN KEY (scene_id, project_id) REFERENCES scenes (id, project_id) ON DELETE CASCADE,
  CONSTRAINT asset_exactly_where_ready CHECK ((status = 'ready') = (asset_id IS NOT NULL)),
  CONSTRAINT error_exactly_where_failed CHECK (
    (status = 'failed') = (error_code IS NOT NULL)
    AND (error_code IS NULL) = (error_message IS NULL)
    AND (error_code IS NULL) = (error_path IS NULL)),
  CONSTRAINT voice_and_speed_exactly_of_speech CHECK (
    (type = 'AUDIO') = (voice_id IS NOT NULL) AND (type = 'AUDIO') = (speed IS NOT NULL)),
  CONSTRAINT main_only_where_ready CHECK (is_main = 0 OR status = 'ready')
) STRICT;
CREATE INDEX takes_project_id ON takes (project_id, id);
CREATE INDEX takes_scene_id ON takes (scene_id, id);
CREATE INDEX takes_asset_id ON takes (asset_id);
CREATE INDEX takes_status ON takes (status, id);
CREATE UNIQUE INDEX takes_one_main ON takes (project_id, coalesce(scene_id, ''), type) WHERE is_main = 1;

CREATE TRIGGER takes_begin_pending BEFORE INSERT ON takes WHEN NEW.status <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'a new take is pending');
END;

CREATE TRIGGER takes_status_step BEFORE UPDATE OF status ON takes
WHEN NEW.status <> OLD.status
  AND (OLD.status || '>' || NEW.status) NOT IN ('pending>ready', 'pending>failed', 'failed>pending')
BEGIN
  SELECT RAISE(ABORT, 'the status of a take cannot take this step');
END;

CREATE TRIGGER takes_asset_fits BEFORE UPDATE OF asset_id ON takes
WHEN NEW.asset_id IS NOT NULL AND EXISTS (
  SELECT 1 FROM media_assets
  WHERE id = NEW.asset_id AND (type <> NEW.type OR (type IN ('AUDIO', 'VIDEO_CLIP') AND duration_us IS NULL)))
BEGIN
  SELECT RAISE(ABORT, 'the asset of a take is of its type, and has a duration where it is heard or moves');
END;
