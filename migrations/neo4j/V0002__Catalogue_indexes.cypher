// What the catalogue filters and pages by.
CREATE INDEX circuitql_circuit_state IF NOT EXISTS FOR (c:Circuit) ON (c.ns, c.state);
CREATE INDEX circuitql_circuit_created IF NOT EXISTS FOR (c:Circuit) ON (c.ns, c.state, c.createdAt);
CREATE INDEX circuitql_circuit_nodes IF NOT EXISTS FOR (c:Circuit) ON (c.ns, c.state, c.nodeCount);
CREATE INDEX circuitql_circuit_edges IF NOT EXISTS FOR (c:Circuit) ON (c.ns, c.state, c.edgeCount);
CREATE INDEX circuitql_circuit_model IF NOT EXISTS FOR (c:Circuit) ON (c.ns, c.modelId);
CREATE INDEX circuitql_sparse_model_state IF NOT EXISTS FOR (m:SparseModel) ON (m.ns, m.state);
