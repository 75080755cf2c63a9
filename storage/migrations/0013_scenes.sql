-- What a scene is to show and how it feels, how a project's script comes to be, and what its films make of it.

ALTER TABLE scenes ADD COLUMN picture_prompt TEXT NOT NULL DEFAULT '';
ALTER TABLE scenes ADD COLUMN mood TEXT NOT NULL DEFAULT '';
ALTER TABLE scenes ADD COLUMN role TEXT NOT NULL DEFAULT '';
-- As reckoned when it was written; a scene that speaks lasts as long as its speech.
ALTER TABLE scenes ADD COLUMN duration_us INTEGER
  CONSTRAINT duration_is_above_0_and_at_most_a_day CHECK (duration_us BETWEEN 1 AND 86400000000);

-- The brief that the script was asked for by, and the script's id, which a script has before it is written.
ALTER TABLE projects ADD COLUMN brief TEXT CONSTRAINT brief_is_an_object CHECK (
  brief IS NULL OR (json_valid(brief) AND json_type(brief) = 'object'));
ALTER TABLE projects ADD COLUMN script_id TEXT;
ALTER TABLE projects ADD COLUMN script_status TEXT NOT NULL DEFAULT 'none'
  CONSTRAINT script_status_is_none_writing_written_or_failed CHECK (
    script_status IN ('none', 'writing', 'written', 'failed')
    AND (script_status = 'none') = (script_id IS NULL));
ALTER TABLE projects ADD COLUMN script_error_code TEXT CONSTRAINT script_error_exactly_where_failed CHECK (
  (script_status = 'failed') = (script_error_code IS NOT NULL));
ALTER TABLE projects ADD COLUMN script_error_message TEXT CHECK (
  (script_error_code IS NULL) = (script_error_message IS NULL));
ALTER TABLE projects ADD COLUMN script_error_path TEXT CHECK (
  (script_error_code IS NULL) = (script_error_path IS NULL));
CREATE INDEX projects_writing ON projects (script_id) WHERE script_status = 'writing';

-- A project is in progress from its first film on, and completed with each that is done.
CREATE TRIGGER projects_in_progress AFTER INSERT ON jobs WHEN NEW.project_id IS NOT NULL
BEGIN
  UPDATE projects SET status = 'in-progress', updated_at = max(updated_at, NEW.created_at)
  WHERE id = NEW.project_id;
END;

CREATE TRIGGER projects_completed AFTER UPDATE OF status ON jobs
WHEN NEW.status = 'completed' AND OLD.status <> 'completed' AND NEW.project_id IS NOT NULL
BEGIN
  UPDATE projects SET status = 'completed', updated_at = max(updated_at, coalesce(NEW.completed_at, 0))
  WHERE id = NEW.project_id;
END;
