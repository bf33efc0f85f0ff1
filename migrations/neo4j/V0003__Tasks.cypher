// Imported tasks; their examples lie in the artefact store. `key` is a hash of name and version, which may be long.
CREATE CONSTRAINT circuitql_task IF NOT EXISTS FOR (t:Task) REQUIRE (t.ns, t.id) IS UNIQUE;
CREATE CONSTRAINT circuitql_task_version IF NOT EXISTS FOR (t:Task) REQUIRE (t.ns, t.key) IS UNIQUE;
