-- Which circuits hold a node of a kind and layer: what patterns over the catalogue ask first.
CREATE INDEX node_by_place ON node (payload_id, kind, layer);
