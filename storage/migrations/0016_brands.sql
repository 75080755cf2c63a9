-- Styles and pictures of products that are brought along take a moment: their files are read by a worker. Until then
-- they are pending; they end as ready, or failed with an error.

ALTER TABLE brand_styles ADD COLUMN status TEXT NOT NULL DEFAULT 'ready' CHECK (
  status IN ('pending', 'ready', 'failed'));
-- What is to be extracted from what: {"pictures": [paths], "colors", "theme_by"}; NULL for a style that was given.
ALTER TABLE brand_styles ADD COLUMN extraction TEXT CONSTRAINT extraction_is_an_object CHECK (
  extraction IS NULL OR (json_valid(extraction) AND json_type(extraction) = 'object'));
ALTER TABLE brand_styles ADD COLUMN error_code TEXT CONSTRAINT style_has_an_error_where_it_failed CHECK (
  (error_code IS NOT NULL) = (status = 'failed'));
ALTER TABLE brand_styles ADD COLUMN error_message TEXT;
ALTER TABLE brand_styles ADD COLUMN error_path TEXT;
CREATE INDEX brand_styles_pending ON brand_styles (id) WHERE status = 'pending';

CREATE TRIGGER brand_styles_status_step BEFORE UPDATE OF status ON brand_styles
WHEN NEW.status <> OLD.status AND OLD.status <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'the status of a brand style cannot take this step');
END;

-- The copies of its sample pictures lie in its own folder.
CREATE TRIGGER brand_styles_go AFTER DELETE ON brand_styles WHEN OLD.sample_images IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO files_to_remove (file_path, listed_at)
  SELECT value, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
  FROM json_each(OLD.sample_images) WHERE type = 'text' AND value GLOB 'brands/*';
END;

-- SQLite cannot take a NOT NULL back, so the table is made anew: what a worker measures is NULL until then.
CREATE TABLE product_images_new (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL CONSTRAINT name_has_1_to_200_characters CHECK (length(name) BETWEEN 1 AND 200),
  description TEXT,
  image_path TEXT CONSTRAINT image_inside_the_data_directory CHECK (
    length(image_path) BETWEEN 1 AND 500 AND substr(image_path, 1, 1) <> '/'
    AND instr('/' || image_path || '/', '/../') = 0),
  file_size_bytes INTEGER CONSTRAINT image_has_bytes CHECK (file_size_bytes > 0),
  image_width INTEGER CONSTRAINT image_has_a_width CHECK (image_width > 0),
  image_height INTEGER CONSTRAINT image_has_a_height CHECK (image_height > 0),
  mime_type TEXT CONSTRAINT type_is_of_an_image CHECK (
    mime_type GLOB 'image/?*' AND length(mime_type) <= 50),
  category TEXT CONSTRAINT category_has_100_characters_at_most CHECK (length(category) BETWEEN 1 AND 100),
  tags TEXT NOT NULL DEFAULT '[]' CONSTRAINT tags_are_a_list CHECK (
    json_valid(tags) AND json_type(tags) = 'array'),
  created_at INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'ready' CHECK (status IN ('pending', 'ready', 'failed')),
  -- Where the picture was when it was added.
  source_path TEXT,
  error_code TEXT CONSTRAINT product_has_an_error_where_it_failed CHECK (
    (error_code IS NOT NULL) = (status = 'failed')),
  error_message TEXT,
  error_path TEXT,
  CONSTRAINT a_ready_image_is_measured CHECK (status <> 'ready' OR (
    image_path IS NOT NULL AND file_size_bytes IS NOT NULL AND image_width IS NOT NULL
    AND image_height IS NOT NULL AND mime_type IS NOT NULL))
) STRICT;
INSERT INTO product_images_new (id, user_id, name, description, image_path, file_size_bytes, image_width,
  image_height, mime_type, category, tags, created_at)
SELECT id, user_id, name, description, image_path, file_size_bytes, image_width, image_height, mime_type,
  category, tags, created_at FROM product_images;
DROP TABLE product_images;
ALTER TABLE product_images_new RENAME TO product_images;
CREATE INDEX product_images_user_id ON product_images (user_id, id);
CREATE INDEX product_images_created_at ON product_images (created_at);
CREATE INDEX product_images_category ON product_images (category, id) WHERE category IS NOT NULL;
CREATE INDEX product_images_image_path ON product_images (image_path);
CREATE INDEX product_images_pending ON product_images (id) WHERE status = 'pending';

CREATE TRIGGER product_images_status_step BEFORE UPDATE OF status ON product_images
WHEN NEW.status <> OLD.status AND OLD.status <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'the status of a product image cannot take this step');
END;

-- Equal pictures are one file: it goes with the last product that has it.
CREATE TRIGGER product_images_come AFTER UPDATE OF image_path ON product_images WHEN NEW.image_path IS NOT NULL
BEGIN
  DELETE FROM files_to_remove WHERE file_path = NEW.image_path;
END;

CREATE TRIGGER product_images_go AFTER DELETE ON product_images WHEN OLD.image_path IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO files_to_remove (file_path, listed_at)
  SELECT OLD.image_path, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
  WHERE NOT EXISTS (SELECT 1 FROM product_images WHERE image_path = OLD.image_path);
END;

-- So that there is always somebody who may do everything.
CREATE TRIGGER users_local_is_superuser BEFORE UPDATE ON users
WHEN OLD.id = '00000000-0000-7000-8000-000000000001' AND NEW.is_superuser = 0
BEGIN
  SELECT RAISE(ABORT, 'the local user stays a superuser');
END;
