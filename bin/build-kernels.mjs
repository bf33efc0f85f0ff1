/**
 * Compiles the assembly/ folders of engine and training to WebAssembly and writes each as base64 into the
 * wasm-binary.ts beside it, which is committed: whoever runs or tests the product needs no compiler. Tests compile
 * again and compare.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import asc from 'assemblyscript/asc'

const folderOf = (room) => fileURLToPath(new URL(`../src/${room}/kernels/`, import.meta.url))
/** 4 GiB: a memory that is handed in may have a lower limit. */
const MOST_PAGES = 65_536
const OPTIONS = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  ...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
  ...['--importMemory', '--initialMemory', '1'],
  // Pairs of numbers are handed between our own functions only.
  ...['--disableWarning', '112'],
]

/** The engine's threads share a memory; training works in that of TensorFlow.js, which is of one thread. */
const MEMORY = { engine: ['--sharedMemory', '--maximumMemory', String(MOST_PAGES)], training: [] }

/** The binary; throws with the compiler's messages. */
export async function compileKernels(room = 'engine') {
  let binary = null
  const options = ['--outFile', 'kernels.wasm', ...OPTIONS, ...MEMORY[room]]
  const { error, stderr } = await asc.main(['index.ts', ...options], {
    // The compiler asks for .ts; ours are called .asc, because they are no TypeScript.
    readFile: (name) => {
      const file = join(folderOf(room), 'assembly', name.replace(/\.ts$/, '.asc'))
      return existsSync(file) ? readFileSync(file, 'utf8') : null
    },
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents
    },
    listFiles: () => [],
  })
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  return binary
}

export function binaryFile(binary) {
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,100}/g)
  return `/** Compiled from assembly/ by bin/build-kernels.mjs; do not edit. */\nexport const KERNELS_WASM = [\n${lines
    .map((line) => `  '${line}',`)
    .join('\n')}\n].join('')\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const room of Object.keys(MEMORY)) {
    writeFileSync(join(folderOf(room), 'wasm-binary.ts'), binaryFile(await compileKernels(room)))
  }
}
