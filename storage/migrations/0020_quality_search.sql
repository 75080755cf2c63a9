-- How a film's crf was found, where its request says how true to its frames it must be.

ALTER TABLE job_resources ADD COLUMN quality_search TEXT CHECK (quality_search IS NULL OR json_valid(quality_search));
