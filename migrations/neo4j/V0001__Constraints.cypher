// Everything the store writes carries the namespace it belongs to, so every key begins with it.
CREATE CONSTRAINT circuitql_circuit IF NOT EXISTS FOR (c:Circuit) REQUIRE (c.ns, c.id) IS UNIQUE;
CREATE CONSTRAINT circuitql_circuit_node IF NOT EXISTS FOR (n:CircuitNode) REQUIRE (n.ns, n.circuitId, n.ordinal) IS UNIQUE;
CREATE CONSTRAINT circuitql_component IF NOT EXISTS FOR (k:Component) REQUIRE (k.ns, k.key) IS UNIQUE;
CREATE CONSTRAINT circuitql_circuit_payload IF NOT EXISTS FOR (p:CircuitPayload) REQUIRE (p.ns, p.circuitId, p.part) IS UNIQUE;
CREATE CONSTRAINT circuitql_import IF NOT EXISTS FOR (i:Import) REQUIRE (i.ns, i.id) IS UNIQUE;
CREATE CONSTRAINT circuitql_import_residue IF NOT EXISTS FOR (r:ImportResidue) REQUIRE (r.ns, r.importId, r.part) IS UNIQUE;
CREATE CONSTRAINT circuitql_score_set IF NOT EXISTS FOR (s:ScoreSet) REQUIRE (s.ns, s.circuitId, s.key) IS UNIQUE;
CREATE CONSTRAINT circuitql_annotation IF NOT EXISTS FOR (a:Annotation) REQUIRE (a.ns, a.id) IS UNIQUE;
CREATE CONSTRAINT circuitql_sparse_model IF NOT EXISTS FOR (m:SparseModel) REQUIRE (m.ns, m.id) IS UNIQUE;
CREATE CONSTRAINT circuitql_name IF NOT EXISTS FOR (n:Name) REQUIRE (n.ns, n.kind, n.key) IS UNIQUE;
CREATE CONSTRAINT circuitql_subcircuit IF NOT EXISTS FOR (s:Subcircuit) REQUIRE (s.ns, s.id) IS UNIQUE;
