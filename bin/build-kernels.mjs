/**
 * Compiles src/engine/kernels/assembly/ to WebAssembly and writes it as base64 into wasm-binary.ts, which is committed:
 * whoever runs or tests the product needs no compiler. A test compiles again and compares.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import asc from 'assemblyscript/asc'

const FOLDER = fileURLToPath(new URL('../src/engine/kernels/', import.meta.url))
/** 4 GiB: a memory that is handed in may have a lower limit. */
const MOST_PAGES = 65_536
const OPTIONS = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  ...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', String(MOST_PAGES)],
  // Pairs of numbers are handed between our own functions only.
  ...['--disableWarning', '112'],
]

/** The binary; throws with the compiler's messages. */
export async function compileKernels() {
  let binary = null
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'kernels.wasm', ...OPTIONS], {
    // The compiler asks for .ts; ours are called .asc, because they are no TypeScript.
    readFile: (name) => {
      const file = join(FOLDER, 'assembly', name.replace(/\.ts$/, '.asc'))
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
  writeFileSync(join(FOLDER, 'wasm-binary.ts'), binaryFile(await compileKernels()))
}
