-- What a user brings along for films: styles and products; and films that are being edited.

CREATE TABLE brand_styles (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL CONSTRAINT name_has_1_to_200_characters CHECK (length(name) BETWEEN 1 AND 200),
  description TEXT,
  -- {"color_palette": ["#RRGGBB"], "visual_theme", "typography_style", "mood", "lighting_preference",
  --  "composition_style", "brand_keywords": [...]}
  style_data TEXT NOT NULL CONSTRAINT style_is_an_object_with_a_palette CHECK (
    json_valid(style_data) AND json_type(style_data) = 'object'
    AND coalesce(json_type(style_data, '$.color_palette'), '') = 'array'
    AND coalesce(json_type(style_data, '$.brand_keywords'), 'array') = 'array'),
  image_folder_path TEXT CONSTRAINT folder_inside_the_data_directory CHECK (
    length(image_folder_path) BETWEEN 1 AND 500 AND substr(image_folder_path, 1, 1) <> '/'
    AND instr('/' || image_folder_path || '/', '/../') = 0),
  sample_images TEXT CONSTRAINT sample_images_are_a_list CHECK (
    sample_images IS NULL OR (json_valid(sample_images) AND json_type(sample_images) = 'array')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL CHECK (updated_at >= created_at),
  visual_theme TEXT GENERATED ALWAYS AS (style_data ->> '$.visual_theme') VIRTUAL,
  mood TEXT GENERATED ALWAYS AS (style_data ->> '$.mood') VIRTUAL
) STRICT;
CREATE INDEX brand_styles_user_id ON brand_styles (user_id, id);
CREATE INDEX brand_styles_created_at ON brand_styles (created_at);

CREATE TRIGGER brand_styles_colours BEFORE INSERT ON brand_styles
WHEN json_valid(NEW.style_data) AND EXISTS (
  SELECT 1 FROM json_each(NEW.style_data, '$.color_palette')
  WHERE type <> 'text' OR length(value) <> 7 OR substr(value, 1, 1) <> '#' OR substr(value, 2) GLOB '*[^0-9A-Fa-f]*')
BEGIN
  SELECT RAISE(ABORT, 'a colour of a palette is written as #RRGGBB');
END;

CREATE TRIGGER brand_styles_colours_again BEFORE UPDATE OF style_data ON brand_styles
WHEN json_valid(NEW.style_data) AND EXISTS (
  SELECT 1 FROM json_each(NEW.style_data, '$.color_palette')
  WHERE type <> 'text' OR length(value) <> 7 OR substr(value, 1, 1) <> '#' OR substr(value, 2) GLOB '*[^0-9A-Fa-f]*')
BEGIN
  SELECT RAISE(ABORT, 'a colour of a palette is written as #RRGGBB');
END;

CREATE TABLE product_images (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL CONSTRAINT name_has_1_to_200_characters CHECK (length(name) BETWEEN 1 AND 200),
  description TEXT,
  image_path TEXT NOT NULL CONSTRAINT image_inside_the_data_directory CHECK (
    length(image_path) BETWEEN 1 AND 500 AND substr(image_path, 1, 1) <> '/'
    AND instr('/' || image_path || '/', '/../') = 0),
  file_size_bytes INTEGER NOT NULL CONSTRAINT image_has_bytes CHECK (file_size_bytes > 0),
  image_width INTEGER NOT NULL CONSTRAINT image_has_a_width CHECK (image_width > 0),
  image_height INTEGER NOT NULL CONSTRAINT image_has_a_height CHECK (image_height > 0),
  mime_type TEXT NOT NULL CONSTRAINT type_is_of_an_image CHECK (
    mime_type GLOB 'image/?*' AND length(mime_type) <= 50),
  category TEXT CONSTRAINT category_has_100_characters_at_most CHECK (length(category) BETWEEN 1 AND 100),
  tags TEXT NOT NULL DEFAULT '[]' CONSTRAINT tags_are_a_list CHECK (
    json_valid(tags) AND json_type(tags) = 'array'),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX product_images_user_id ON product_images (user_id, id);
CREATE INDEX product_images_created_at ON product_images (created_at);
CREATE INDEX product_images_category ON product_images (category, id) WHERE category IS NOT NULL;

-- job_id is the film that is edited, edited_job_id the version that came of it.
CREATE TABLE editing_sessions (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- {"clips": [{"id", "start", "end", "position"}], "transitions": [...], "effects": [...]}
  edit_data TEXT NOT NULL CONSTRAINT edit_is_an_object_of_lists CHECK (
    json_valid(edit_data) AND json_type(edit_data) = 'object'
    AND coalesce(json_type(edit_data, '$.clips'), 'array') = 'array'
    AND coalesce(json_type(edit_data, '$.transitions'), 'array') = 'array'
    AND coalesce(json_type(edit_data, '$.effects'), 'array') = 'array'),
  edited_job_id TEXT REFERENCES jobs (id) ON DELETE SET NULL,
  status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'rendering', 'completed', 'failed')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL CHECK (updated_at >= created_at)
) STRICT;
CREATE INDEX editing_sessions_job_id ON editing_sessions (job_id, id);
CREATE INDEX editing_sessions_edited_job_id ON editing_sessions (edited_job_id);
CREATE INDEX editing_sessions_user_id ON editing_sessions (user_id, id);
CREATE INDEX editing_sessions_created_at ON editing_sessions (created_at);

CREATE TRIGGER editing_sessions_begin_draft BEFORE INSERT ON editing_sessions WHEN NEW.status <> 'draft'
BEGIN
  SELECT RAISE(ABORT, 'a new editing session is a draft');
END;

CREATE TRIGGER editing_sessions_status_step BEFORE UPDATE OF status ON editing_sessions
WHEN NEW.status <> OLD.status AND (
  (OLD.status || '>' || NEW.status) NOT IN ('draft>rendering', 'rendering>completed', 'rendering>failed',
                                            'failed>draft', 'failed>rendering', 'completed>draft')
  OR (NEW.status IN ('rendering', 'completed') AND NEW.edited_job_id IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'the status of an editing session cannot take this step');
END;
