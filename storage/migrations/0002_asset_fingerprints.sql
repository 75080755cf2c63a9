-- One content may answer several wishes (two voices that say the same silence): a wish's fingerprint leads to its asset.
CREATE TABLE asset_fingerprints (
  fingerprint TEXT PRIMARY KEY CHECK (fingerprint <> ''),
  asset_id TEXT NOT NULL REFERENCES media_assets (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX asset_fingerprints_asset ON asset_fingerprints (asset_id);
