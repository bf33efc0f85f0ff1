-- Imported tasks; their examples lie in the artefact store.
CREATE TABLE task (
  id TEXT PRIMARY KEY,
  name BLOB NOT NULL,
  version BLOB NOT NULL,
  created_at TEXT NOT NULL,
  facts TEXT NOT NULL,
  UNIQUE (name, version)
) STRICT;
