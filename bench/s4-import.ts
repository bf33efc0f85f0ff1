/**
 * S4 of the speed goals: an attribution graph file of 100 MB, read against Python's `json.load` of the same file in the
 * same run, with the peak memory of the reading process and the longest time it kept the event loop.
 * Run: `npx tsc -p tsconfig.json && node dist/bench/s4-import.js`
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { readAttributionGraph } from '../src/formats/circuit-tracer/read-attribution-graph.js'
import { diskFile } from '../src/formats/source-file.js'

const BYTES = 100_000_000
const LAYERS = 26
const POSITIONS = 64
const NODES = 12_000
/** About every so manyth pair is linked. */
const STEP = 54
const RUNS = 3

/** A graph in the tool's layout: nodes by layer, links by target, every source before its target. */
function generate(path: string): void {
  let state = 12345
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 4294967296) * below)
  }
  const file = openSync(path, 'w')
  let written = 0
  const write = (text: string): void => {
    written += writeSync(file, text)
  }
  const tokens = Array.from({ length: POSITIONS }, (_, i) => `tok${i}`)
  const metadata = { slug: 's4', scan: 'gemma-2-2b', schema_version: 1, prompt_tokens: tokens, prompt: 's4' }
  write(`{"metadata": ${JSON.stringify(metadata)}, "qParams": {}, "nodes": [`)
  const ids: string[] = []
  for (let n = 0; n < NODES; n++) {
    const layer = Math.floor((n * LAYERS) / NODES)
    const index = 1_000 + n
    const position = random(POSITIONS)
    ids.push(`${layer}_${index}_${position}`)
    const node = {
      node_id: ids[n],
      feature: ((layer + index) * (layer + index + 1)) / 2 + index,
      layer: String(layer),
      ctx_idx: position,
      feature_type: 'cross layer transcoder',
      token_prob: 0,
      is_target_logit: false,
      run_idx: 0,
      reverse_ctx_idx: 0,
      jsNodeId: `${layer}_${index}-0`,
      clerp: '',
      influence: random(1e6) / 1e6,
      activation: random(1e5) / 1e3,
    }
    write(`${n === 0 ? '' : ', '}${JSON.stringify(node)}`)
  }
  write('], "links": [')
  const rows = Array.from({ length: LAYERS }, (_, layer) => Math.ceil((layer * NODES) / LAYERS))
  // The tool's order: by target, then source; the share of pairs that are linked is such that 100 MB come out.
  let first = true
  for (let t = rows[1]!; t < NODES && written < BYTES; t++) {
    const part: string[] = []
    const below = rows[Math.floor((t * LAYERS) / NODES)]!
    for (let s = random(2 * STEP); s < below; s += 1 + random(2 * STEP))
      part.push(`{"source": "${ids[s]}", "target": "${ids[t]}", "weight": ${(random(2e9) - 1e9) / 1e8}}`)
    if (part.length === 0) continue
    write((first ? '' : ', ') + part.join(', '))
    first = false
  }
  write(']}\n')
  closeSync(file)
}

async function importOnce(path: string): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const start = performance.now()
  const { circuit, residue } = await readAttributionGraph(await diskFile(path), {
    owner: 'bench',
    importedAt: '2026-01-01T00:00:00.000Z',
    name: null,
  })
  const seconds = (performance.now() - start) / 1_000
  const peak = process.resourceUsage().maxRSS / 1_024
  console.log(
    JSON.stringify({
      seconds: Number(seconds.toFixed(2)),
      peakMiB: Math.round(peak),
      longestTurnMs: Math.round(delay.max / 1e6),
      nodes: circuit.nodes.length,
      edges: circuit.edges.count,
      residueMiB: Number(((residue?.length ?? 0) / 2 ** 20).toFixed(1)),
    }),
  )
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-s4-'))
  try {
    const path = join(folder, 's4.json')
    generate(path)
    console.log(`${cpus()[0]?.model}, node ${process.version}`)
    const python =
      'import json,time,sys;t=time.perf_counter();json.load(open(sys.argv[1]));print(round(time.perf_counter()-t,2))'
    for (let run = 0; run < RUNS; run++) {
      const child = spawnSync(process.execPath, [process.argv[1]!, path], {
        encoding: 'utf8',
      })
      console.log(`import      ${child.stdout.trim()}${child.stderr}`)
      const other = spawnSync('python3', ['-c', python, path], { encoding: 'utf8' })
      console.log(`json.load   ${other.stdout.trim() || other.stderr} s`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const given = process.argv.at(-1)
if (given?.endsWith('.json')) void importOnce(given)
else main()
