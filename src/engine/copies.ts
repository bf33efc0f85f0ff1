/**
 * Several runs side by side: row t · copies + b of every array belongs to run b, so that whatever works row by row works
 * on all of them. Neighbouring rows are then the same position of almost the same run, whose AbsTopK has mostly kept the
 * same entries, and products skip the others for all of them at once.
 */

/** Every row of [rows, width] `copies` times: [rows · copies, width]. */
export function spread(rows: Float64Array, width: number, copies: number): Float64Array {
  if (copies === 1) return rows.slice()
  const out = new Float64Array(rows.length * copies)
  for (let from = 0, to = 0; from < rows.length; from += width)
    for (let b = 0; b < copies; b++, to += width) out.set(rows.subarray(from, from + width), to)
  return out
}

/** Rows of one run, from position `first` on, into `out` [positions, width]. */
export function gather(
  values: Float64Array,
  width: number,
  copies: number,
  copy: number,
  out: Float64Array,
  first = 0,
): void {
  if (copies === 1) {
    out.set(values.subarray(first * width), first * width)
    return
  }
  for (let to = first * width; to < out.length; to += width) {
    const from = to * copies + copy * width
    out.set(values.subarray(from, from + width), to)
  }
}
