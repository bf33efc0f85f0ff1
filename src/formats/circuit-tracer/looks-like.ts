/** Does a file that begins with these bytes look like an attribution graph of circuit-tracer or Neuronpedia? */
const GZIP = [0x1f, 0x8b]

/** Compressed files count: no other format of ours is compressed. */
export function looksLikeAttributionGraph(start: Uint8Array): boolean {
  if (isGzip(start)) return true
  const text = new TextDecoder().decode(start.subarray(0, 65_536)).replace(/^\uFEFF/, '')
  return /^\s*\{/.test(text) && /"(?:metadata|qParams|nodes|links|qk_only_nodes)"\s*:/.test(text)
}

export function isGzip(start: Uint8Array): boolean {
  return GZIP.every((byte, i) => start[i] === byte)
}
