-- What else belongs to a job: whose it is, what it is a variation or a new version of, how it was written.

CREATE TABLE generation_groups (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  comparison_type TEXT NOT NULL CONSTRAINT comparison_is_by_settings_or_prompt CHECK (
    comparison_type IN ('settings', 'prompt')),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX generation_groups_user_id ON generation_groups (user_id, id);
CREATE INDEX generation_groups_created_at ON generation_groups (created_at);

ALTER TABLE jobs ADD COLUMN user_id TEXT REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE jobs ADD COLUMN session_id TEXT NOT NULL DEFAULT ''
  CONSTRAINT session_has_128_characters_at_most CHECK (length(session_id) <= 128);
ALTER TABLE jobs ADD COLUMN project_id TEXT REFERENCES projects (id) ON DELETE SET NULL;
ALTER TABLE jobs ADD COLUMN generation_group_id TEXT REFERENCES generation_groups (id) ON DELETE SET NULL;
ALTER TABLE jobs ADD COLUMN parent_job_id TEXT REFERENCES jobs (id) ON DELETE SET NULL
  CONSTRAINT no_job_is_its_own_parent CHECK (parent_job_id <> id);
-- What the flow that made the request was told: "target_resolution", "target_duration" (seconds), "quality_preset",
-- "include_audio", preferred models; and "use_seed_control", "use_latent_reuse", "use_ip_adapter", "seed_value".
ALTER TABLE jobs ADD COLUMN composition_settings TEXT NOT NULL DEFAULT '{}'
  CONSTRAINT composition_settings_are_an_object CHECK (
    json_valid(composition_settings) AND json_type(composition_settings) = 'object');
ALTER TABLE jobs ADD COLUMN coherence_settings TEXT NOT NULL DEFAULT '{}'
  CONSTRAINT coherence_settings_are_an_object CHECK (
    json_valid(coherence_settings) AND json_type(coherence_settings) = 'object');
-- Of the calls to providers, also of those that were rotated away since.
ALTER TABLE jobs ADD COLUMN model_requests_count INTEGER NOT NULL DEFAULT 0 CHECK (model_requests_count >= 0);
ALTER TABLE jobs ADD COLUMN total_tokens_used INTEGER NOT NULL DEFAULT 0 CHECK (total_tokens_used >= 0);

ALTER TABLE jobs ADD COLUMN model TEXT GENERATED ALWAYS AS (request ->> '$.scenes[0].picture.model') VIRTUAL;
ALTER TABLE jobs ADD COLUMN scene_count INTEGER GENERATED ALWAYS AS (json_array_length(request, '$.scenes')) VIRTUAL;
ALTER TABLE jobs ADD COLUMN aspect_ratio TEXT GENERATED ALWAYS AS (request ->> '$.output.aspect') VIRTUAL;
ALTER TABLE jobs ADD COLUMN seed_value INTEGER GENERATED ALWAYS AS (
  CAST(coalesce(coherence_settings ->> '$.seed_value', request ->> '$.seed') AS INTEGER)) VIRTUAL;
ALTER TABLE jobs ADD COLUMN target_resolution TEXT GENERATED ALWAYS AS (coalesce(
  composition_settings ->> '$.target_resolution',
  (request ->> '$.output.width') || 'x' || (request ->> '$.output.height'))) VIRTUAL;
ALTER TABLE jobs ADD COLUMN target_duration_seconds REAL GENERATED ALWAYS AS (
  CAST(composition_settings ->> '$.target_duration' AS REAL)) VIRTUAL;
ALTER TABLE jobs ADD COLUMN quality_preset TEXT GENERATED ALWAYS AS (
  coalesce(composition_settings ->> '$.quality_preset', request ->> '$.output.preset')) VIRTUAL;
ALTER TABLE jobs ADD COLUMN include_audio INTEGER GENERATED ALWAYS AS (
  CAST(composition_settings ->> '$.include_audio' AS INTEGER)) VIRTUAL;

UPDATE jobs SET user_id = '00000000-0000-7000-8000-000000000001',
  model_requests_count = (SELECT count(*) FROM provider_calls WHERE job_id = jobs.id),
  total_tokens_used = (SELECT coalesce(sum(input_tokens + output_tokens), 0) FROM provider_calls
                       WHERE job_id = jobs.id);

DROP INDEX jobs_status;
CREATE INDEX jobs_status ON jobs (status, id);
CREATE INDEX jobs_user_id ON jobs (user_id, id);
CREATE INDEX jobs_session_id ON jobs (session_id, id);
CREATE INDEX jobs_project_id ON jobs (project_id, id) WHERE project_id IS NOT NULL;
CREATE INDEX jobs_generation_group_id ON jobs (generation_group_id, id) WHERE generation_group_id IS NOT NULL;
CREATE INDEX jobs_parent_job_id ON jobs (parent_job_id, id) WHERE parent_job_id IS NOT NULL;
CREATE INDEX jobs_model ON jobs (model, id) WHERE model IS NOT NULL;

-- A column that is added cannot be NOT NULL and refer to a table, so triggers say it.
CREATE TRIGGER jobs_of_the_local_user AFTER INSERT ON jobs WHEN NEW.user_id IS NULL
BEGIN
  UPDATE jobs SET user_id = '00000000-0000-7000-8000-000000000001' WHERE id = NEW.id;
END;

CREATE TRIGGER jobs_have_a_user BEFORE UPDATE OF user_id ON jobs WHEN NEW.user_id IS NULL
BEGIN
  SELECT RAISE(ABORT, 'a job belongs to a user');
END;

-- A new row can refer to older ones alone, so versions make no circle as long as parents do not change.
CREATE TRIGGER jobs_parent_stays BEFORE UPDATE OF parent_job_id ON jobs
WHEN NEW.parent_job_id IS NOT NULL AND NEW.parent_job_id IS NOT OLD.parent_job_id
BEGIN
  SELECT RAISE(ABORT, 'the parent of a job does not change');
END;

CREATE TRIGGER jobs_at_work_stay BEFORE DELETE ON jobs WHEN OLD.completed_at IS NULL
BEGIN
  SELECT RAISE(ABORT, 'a job that is not at its end cannot be removed');
END;

CREATE TRIGGER provider_calls_add_up AFTER INSERT ON provider_calls WHEN NEW.job_id IS NOT NULL
BEGIN
  UPDATE jobs SET model_requests_count = model_requests_count + 1,
    total_tokens_used = total_tokens_used + NEW.input_tokens + NEW.output_tokens WHERE id = NEW.job_id;
END;

-- How a job's script was written, where a provider of scripts or an agent wrote it.
CREATE TABLE job_scripts (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  prompt TEXT NOT NULL CONSTRAINT prompt_is_needed CHECK (prompt <> ''),
  framework TEXT CONSTRAINT framework_is_known CHECK (framework IN ('PAS', 'BAB', 'AIDA', 'master_mode')),
  use_llm INTEGER NOT NULL DEFAULT 1 CHECK (use_llm IN (0, 1)),
  -- {"hook", "problem", "agitation", "solution", "call_to_action"}
  llm_specification TEXT CONSTRAINT specification_is_an_object CHECK (
    llm_specification IS NULL OR (json_valid(llm_specification) AND json_type(llm_specification) = 'object')),
  -- {"total_scenes", "cohesion_score", "scenes": [{"scene_number", "content", "duration", "visual_elements"}]}
  scene_plan TEXT CONSTRAINT scene_plan_has_scenes CHECK (
    scene_plan IS NULL OR (json_valid(scene_plan) AND json_type(scene_plan, '$.scenes') IS 'array')),
  -- [{"role", "iteration", "content", "timestamp"}]
  llm_conversation_history TEXT CONSTRAINT conversation_is_a_list CHECK (
    llm_conversation_history IS NULL
    OR (json_valid(llm_conversation_history) AND json_type(llm_conversation_history) = 'array')),
  cohesion_score REAL GENERATED ALWAYS AS (CAST(scene_plan ->> '$.cohesion_score' AS REAL)) VIRTUAL
) STRICT;
CREATE INDEX job_scripts_framework ON job_scripts (framework, job_id) WHERE framework IS NOT NULL;

ALTER TABLE job_stages ADD COLUMN estimated_completion INTEGER CHECK (estimated_completion >= started_at);

-- The stages that are drawn; one more is one more line here, in a migration.
CREATE TRIGGER job_stages_known BEFORE INSERT ON job_stages WHEN NEW.stage NOT IN (
  'analyzing_script', 'generating_prompts', 'creating_images', 'processing_audio', 'planning', 'rendering',
  'encoding', 'scoring')
BEGIN
  SELECT RAISE(ABORT, 'a job has no stage of this name');
END;

ALTER TABLE progress_events ADD COLUMN ai_processing_stage TEXT GENERATED ALWAYS AS (body ->> '$.stage') VIRTUAL;
ALTER TABLE progress_events ADD COLUMN message TEXT GENERATED ALWAYS AS (
  coalesce(body ->> '$.message', body ->> '$.error.message')) VIRTUAL;
ALTER TABLE progress_events ADD COLUMN percentage REAL GENERATED ALWAYS AS (
  CAST(coalesce(body ->> '$.percent', body ->> '$.progress') AS REAL)) VIRTUAL;
ALTER TABLE progress_events ADD COLUMN estimated_time_remaining_seconds REAL GENERATED ALWAYS AS (
  CAST(body ->> '$.eta_seconds' AS REAL)) VIRTUAL;
ALTER TABLE progress_events ADD COLUMN error_context TEXT GENERATED ALWAYS AS (nullif(body -> '$.error', 'null')) VIRTUAL;
ALTER TABLE progress_events ADD COLUMN event_type TEXT GENERATED ALWAYS AS (
  CASE type
    WHEN 'stage' THEN CASE body ->> '$.stage'
      WHEN 'analyzing_script' THEN 'AI_SCRIPT_ANALYSIS_STARTED'
      WHEN 'generating_prompts' THEN 'AI_PROMPT_GENERATION_STARTED'
      WHEN 'creating_images' THEN 'AI_IMAGE_GENERATION_STARTED' END
    WHEN 'finished' THEN CASE body ->> '$.status' WHEN 'failed' THEN 'AI_PROCESSING_ERROR' END
  END) VIRTUAL;

CREATE TRIGGER progress_events_whole BEFORE INSERT ON progress_events
WHEN json_valid(NEW.body) AND (
  CAST(NEW.body ->> '$.eta_seconds' AS REAL) < 0
  OR (NEW.type = 'finished' AND NEW.body ->> '$.status' = 'failed' AND NEW.body ->> '$.error' IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'the time that remains is not negative, and an event of failure says its error');
END;

-- A job's status in the words of others.
CREATE VIEW job_words AS
SELECT id AS job_id,
  CASE status WHEN 'pending' THEN 'PENDING' WHEN 'completed' THEN 'COMPLETED' WHEN 'failed' THEN 'FAILED'
    WHEN 'cancelled' THEN 'FAILED' ELSE 'GENERATING' END AS generated_video_status,
  CASE status WHEN 'pending' THEN 'pending' WHEN 'completed' THEN 'completed' WHEN 'failed' THEN 'failed'
    WHEN 'cancelled' THEN 'failed' ELSE 'processing' END AS generation_status,
  CASE status WHEN 'pending' THEN 'pending' WHEN 'completed' THEN 'ready' WHEN 'failed' THEN 'failed'
    WHEN 'cancelled' THEN 'failed' ELSE 'rendering' END AS video_clip_status,
  status = 'cancelled' AS cancellation_requested
FROM jobs;
