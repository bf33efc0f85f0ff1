-- Free text stands as UTF-8 bytes (BLOB): it then sorts by code point and may hold any character, U+0000 too.
-- Ids, addresses, times and JSON are plain ASCII-safe text.

-- Large bytes in chunks. Only a 'ready' payload belongs to something; others are being written or erased by their owner.
CREATE TABLE payload (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL CHECK (state IN ('loading', 'ready', 'dropped')),
  bytes INTEGER NOT NULL,
  owner TEXT NOT NULL,
  touched_at INTEGER NOT NULL
) STRICT;
CREATE INDEX payload_unfinished ON payload (state) WHERE state <> 'ready';

CREATE TABLE payload_chunk (
  payload_id INTEGER NOT NULL REFERENCES payload (id),
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (payload_id, part)
) STRICT;

CREATE TABLE circuit (
  id TEXT PRIMARY KEY,
  payload_id INTEGER NOT NULL UNIQUE REFERENCES payload (id),
  source TEXT NOT NULL,
  edge_meaning TEXT NOT NULL,
  model_key BLOB NOT NULL,
  model_key_folded BLOB NOT NULL,
  task_name_folded BLOB,
  prompt_text_folded BLOB,
  node_count INTEGER NOT NULL,
  edge_count INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  name_key BLOB,
  facts TEXT NOT NULL
) STRICT;
CREATE INDEX circuit_by_name ON circuit (name_key, id);
CREATE INDEX circuit_by_time ON circuit (created_at, id);
CREATE INDEX circuit_by_nodes ON circuit (node_count, id);
CREATE INDEX circuit_by_edges ON circuit (edge_count, id);
CREATE INDEX circuit_by_model ON circuit (model_key);

-- The nodes of the graph that a payload holds, for questions across circuits; `component` is the address without position.
CREATE TABLE node (
  payload_id INTEGER NOT NULL REFERENCES payload (id),
  ordinal INTEGER NOT NULL,
  address TEXT NOT NULL,
  kind TEXT NOT NULL,
  layer INTEGER,
  component TEXT NOT NULL,
  PRIMARY KEY (payload_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX node_by_component ON node (component, payload_id, ordinal);

CREATE TABLE model (
  id TEXT PRIMARY KEY,
  parameter_count INTEGER NOT NULL,
  nonzero_count INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  name_key BLOB,
  facts TEXT NOT NULL
) STRICT;

CREATE TABLE name (
  kind TEXT NOT NULL CHECK (kind IN ('circuit', 'model')),
  name BLOB NOT NULL,
  folded BLOB NOT NULL,
  subject_id TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_by_subject ON name (kind, subject_id, name);

CREATE TABLE import (
  id TEXT PRIMARY KEY,
  subject_id TEXT NOT NULL,
  imported_at TEXT NOT NULL,
  residue_id INTEGER UNIQUE REFERENCES payload (id),
  record TEXT NOT NULL
) STRICT;
CREATE INDEX import_by_subject ON import (subject_id, imported_at, id);

CREATE TABLE score_set (
  circuit_id TEXT NOT NULL REFERENCES circuit (id),
  name BLOB NOT NULL,
  values_id INTEGER NOT NULL UNIQUE REFERENCES payload (id),
  facts TEXT NOT NULL,
  PRIMARY KEY (circuit_id, name)
) STRICT;

CREATE TABLE annotation (
  id TEXT PRIMARY KEY,
  circuit_id TEXT NOT NULL REFERENCES circuit (id),
  kind TEXT NOT NULL,
  title BLOB NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX annotation_by_circuit ON annotation (circuit_id, kind, title, id);

CREATE TABLE subcircuit (
  id TEXT PRIMARY KEY,
  root_type TEXT NOT NULL CHECK (root_type IN ('circuit', 'model')),
  root_id TEXT NOT NULL,
  expression TEXT NOT NULL
) STRICT;
CREATE INDEX subcircuit_by_root ON subcircuit (root_id);
