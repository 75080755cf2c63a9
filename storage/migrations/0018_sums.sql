-- The sums of media_storage have all files: of products and brands among IMAGES, kept segments among TEMP. Groups have
-- idempotency keys. Lists of what people bring along go along an index in each of their orders.

-- Of the copies in sample_images, all together; 0 where a style has none, and of one made before this was measured
-- until fsck mends it.
ALTER TABLE brand_styles ADD COLUMN sample_bytes INTEGER NOT NULL DEFAULT 0 CONSTRAINT samples_have_a_size CHECK (
  sample_bytes >= 0);
ALTER TABLE brand_styles ADD COLUMN sample_count INTEGER GENERATED ALWAYS AS (
  coalesce(json_array_length(sample_images), 0)) VIRTUAL;

CREATE TRIGGER brand_styles_bring AFTER INSERT ON brand_styles WHEN NEW.sample_count > 0
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes + NEW.sample_bytes,
    file_count = file_count + NEW.sample_count WHERE storage_type = 'IMAGES';
END;

CREATE TRIGGER brand_styles_bring_others AFTER UPDATE OF sample_images, sample_bytes ON brand_styles
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.sample_bytes + NEW.sample_bytes,
    file_count = file_count - OLD.sample_count + NEW.sample_count WHERE storage_type = 'IMAGES';
END;

CREATE TRIGGER brand_styles_take_along AFTER DELETE ON brand_styles WHEN OLD.sample_count > 0
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.sample_bytes,
    file_count = file_count - OLD.sample_count WHERE storage_type = 'IMAGES';
END;

-- Equal pictures of products are one file, which is counted once: with the first product and until the last.
CREATE TRIGGER product_images_bring AFTER INSERT ON product_images
WHEN NEW.image_path IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM product_images WHERE image_path = NEW.image_path AND id <> NEW.id)
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes + coalesce(NEW.file_size_bytes, 0),
    file_count = file_count + 1 WHERE storage_type = 'IMAGES';
END;

CREATE TRIGGER product_images_bring_another AFTER UPDATE OF image_path, file_size_bytes ON product_images
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - coalesce(OLD.file_size_bytes, 0),
    file_count = file_count - 1
  WHERE storage_type = 'IMAGES' AND OLD.image_path IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM product_images WHERE image_path = OLD.image_path AND id <> OLD.id);
  UPDATE media_storage SET total_size_bytes = total_size_bytes + coalesce(NEW.file_size_bytes, 0),
    file_count = file_count + 1
  WHERE storage_type = 'IMAGES' AND NEW.image_path IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM product_images WHERE image_path = NEW.image_path AND id <> NEW.id);
END;

CREATE TRIGGER product_images_take_along AFTER DELETE ON product_images
WHEN OLD.image_path IS NOT NULL AND NOT EXISTS (SELECT 1 FROM product_images WHERE image_path = OLD.image_path)
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - coalesce(OLD.file_size_bytes, 0),
    file_count = file_count - 1 WHERE storage_type = 'IMAGES';
END;

CREATE TRIGGER segments_come AFTER INSERT ON segments
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes + NEW.size_bytes, file_count = file_count + 1
  WHERE storage_type = 'TEMP';
END;

CREATE TRIGGER segments_change AFTER UPDATE OF size_bytes ON segments
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.size_bytes + NEW.size_bytes
  WHERE storage_type = 'TEMP';
END;

CREATE TRIGGER segments_go AFTER DELETE ON segments
BEGIN
  UPDATE media_storage SET total_size_bytes = total_size_bytes - OLD.size_bytes, file_count = file_count - 1
  WHERE storage_type = 'TEMP';
END;

UPDATE media_storage SET
  total_size_bytes = total_size_bytes + (SELECT coalesce(sum(size), 0) FROM (
    SELECT max(file_size_bytes) AS size FROM product_images WHERE image_path IS NOT NULL GROUP BY image_path)),
  file_count = file_count + (SELECT count(DISTINCT image_path) FROM product_images)
    + (SELECT coalesce(sum(sample_count), 0) FROM brand_styles)
WHERE storage_type = 'IMAGES';
UPDATE media_storage SET total_size_bytes = (SELECT coalesce(sum(size_bytes), 0) FROM segments),
  file_count = (SELECT count(*) FROM segments) WHERE storage_type = 'TEMP';

-- A group is made once, however often it is asked for with the same key.
ALTER TABLE generation_groups ADD COLUMN idempotency_key TEXT NOT NULL DEFAULT '';
ALTER TABLE generation_groups ADD COLUMN request_hash TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX generation_groups_idempotency_key ON generation_groups (idempotency_key) WHERE idempotency_key <> '';

CREATE INDEX projects_user_id_title ON projects (user_id, title, id);
CREATE INDEX projects_user_id_status ON projects (user_id, status, id);
CREATE INDEX projects_user_id_updated_at ON projects (user_id, updated_at, id);
CREATE INDEX projects_status_title ON projects (status, title, id);
CREATE INDEX projects_status_updated_at ON projects (status, updated_at, id);
CREATE INDEX generation_groups_comparison_type ON generation_groups (comparison_type, id);
CREATE INDEX generation_groups_user_id_comparison_type ON generation_groups (user_id, comparison_type, id);
CREATE INDEX editing_sessions_updated_at ON editing_sessions (updated_at, id);
CREATE INDEX editing_sessions_user_id_updated_at ON editing_sessions (user_id, updated_at, id);
CREATE INDEX editing_sessions_status ON editing_sessions (status, id);
CREATE INDEX editing_sessions_status_updated_at ON editing_sessions (status, updated_at, id);
CREATE INDEX brand_styles_name ON brand_styles (name, id);
CREATE INDEX brand_styles_updated_at ON brand_styles (updated_at, id);
CREATE INDEX brand_styles_user_id_name ON brand_styles (user_id, name, id);
CREATE INDEX brand_styles_user_id_updated_at ON brand_styles (user_id, updated_at, id);
CREATE INDEX product_images_name ON product_images (name, id);
CREATE INDEX product_images_size ON product_images (coalesce(file_size_bytes, 0), id);
CREATE INDEX product_images_user_id_name ON product_images (user_id, name, id);
CREATE INDEX product_images_user_id_size ON product_images (user_id, coalesce(file_size_bytes, 0), id);
