-- Who uses the daemon, and what each prefers. The embedded daemon has one user, the local one, who owns all
-- that names nobody else.

CREATE TABLE users (
  id TEXT PRIMARY KEY CHECK (length(id) = 36),
  username TEXT NOT NULL COLLATE NOCASE UNIQUE CONSTRAINT username_has_1_to_100_characters_and_no_blank CHECK (
    length(username) BETWEEN 1 AND 100 AND username NOT GLOB '*[ ' || char(9, 10, 13) || ']*'),
  email TEXT NOT NULL COLLATE NOCASE UNIQUE CONSTRAINT email_is_name_at_place CHECK (
    length(email) <= 254 AND email LIKE '_%@_%' AND email NOT GLOB '*[ ' || char(9, 10, 13) || ']*'),
  -- '' has no password and cannot log in by one.
  hashed_password TEXT NOT NULL CONSTRAINT password_is_hashed_by_argon2id CHECK (
    hashed_password = '' OR hashed_password GLOB '$argon2id$*'),
  is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  is_superuser INTEGER NOT NULL DEFAULT 0 CHECK (is_superuser IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

INSERT INTO users (id, username, email, hashed_password, is_superuser, created_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'local', 'local@localhost', '', 1,
        CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));

CREATE TRIGGER users_local_stays BEFORE DELETE ON users WHEN OLD.id = '00000000-0000-7000-8000-000000000001'
BEGIN
  SELECT RAISE(ABORT, 'the local user stays');
END;

CREATE TRIGGER users_local_is_active BEFORE UPDATE ON users
WHEN OLD.id = '00000000-0000-7000-8000-000000000001' AND (NEW.id <> OLD.id OR NEW.is_active = 0)
BEGIN
  SELECT RAISE(ABORT, 'the local user stays');
END;

-- CURVE public keys, as the 40 characters of ZeroMQ's Z85, that speak for a user.
CREATE TABLE user_keys (
  public_key TEXT PRIMARY KEY CONSTRAINT key_has_40_characters CHECK (length(public_key) = 40),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX user_keys_user_id ON user_keys (user_id);

-- '' leaves the choice to the daemon's configuration.
CREATE TABLE settings (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  default_language TEXT NOT NULL DEFAULT '',
  default_tone TEXT NOT NULL DEFAULT '',
  default_image_style TEXT NOT NULL DEFAULT '',
  default_tts_voice TEXT NOT NULL DEFAULT '',
  script_model TEXT NOT NULL DEFAULT '',
  image_model TEXT NOT NULL DEFAULT '',
  tts_provider TEXT NOT NULL DEFAULT '',
  video_provider TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL CHECK (updated_at >= created_at)
) STRICT;
