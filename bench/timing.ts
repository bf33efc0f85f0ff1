/** Times of a benchmark: medians and ranges, in seconds. */

export const seconds = (work: () => unknown): number => {
  const from = performance.now()
  work()
  return (performance.now() - from) / 1000
}
export const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[times.length >> 1]!
export const shown = (times: readonly number[]): string =>
  `${median(times).toFixed(3)} s (${Math.min(...times).toFixed(3)}–${Math.max(...times).toFixed(3)})`
