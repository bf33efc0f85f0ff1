/**
 * Fixed positions (sparse-models.md §1.3): ⌊width/2⌋, at least one, periods spaced evenly in the logarithm from 4 to the
 * number of rows; all sines, then all cosines, padded with zeros or cut to the width.
 */
export function sinusoids(rows: number, width: number): Float32Array {
  const count = Math.max(1, Math.trunc(width / 2))
  const table = new Float32Array(rows * width)
  for (let i = 0; i < count; i++) {
    const share = count === 1 ? 0 : i / (count - 1)
    const period = 4 * (rows / 4) ** share
    for (let row = 0; row < rows; row++) {
      const angle = (2 * Math.PI * row) / period
      if (i < width) table[row * width + i] = Math.sin(angle)
      if (count + i < width) table[row * width + count + i] = Math.cos(angle)
    }
  }
  return table
}
