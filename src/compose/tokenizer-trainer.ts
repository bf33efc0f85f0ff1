/**
 * Tokenizers are trained by the library `tokenizers` of Hugging Face out of the Python package index, in a private
 * environment below the data folder that is made on first use. (Their package for Node trains with fixed settings alone
 * and reads line by line, so that no piece could hold a blank line.)
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type {
  TokenizerPlan,
  TokenizerRecord,
  TokenizerTrainer,
} from '../application/ports/tokenizer-trainer.js'
import { InvalidInput, throwIfAborted } from '../domain/errors.js'
import { sha256Hex } from '../domain/sha256.js'
import { pythonFiles } from '../formats/python-source/python-files.js'
import {
  DEFAULT_MAX_BYTES,
  DEFAULT_MAX_FILE_BYTES,
  HELD_OUT_SHARE,
} from '../formats/python-source/read-python-source.js'
import { PYTHON_TASKS } from '../model/tasks/python/python-tasks.js'
import { templatePrograms } from '../model/texts/task-mixture.js'
import { projectRoot } from './project-root.js'
import { runPython } from './run-python.js'

const LIBRARY = 'tokenizers==0.23.3'
/** 256 bytes and end-of-text. */
const LEAST_PIECES = 257
const MOST_PIECES = 1 << 16
const PROGRAMS_SEED = 6

interface Watching {
  readonly signal: AbortSignal
  readonly say: (message: string) => void
}

export class PythonTokenizerTrainer implements TokenizerTrainer {
  readonly #environment: string

  /** `dataDirectory`: where the private environment is put. */
  constructor(dataDirectory: string) {
    this.#environment = resolve(dataDirectory, 'python', LIBRARY.replace('==', '-'))
  }

  async trainTokenizer(plan: TokenizerPlan, watching: Watching): Promise<TokenizerRecord> {
    checkPlan(plan)
    const { root, paths } = await pythonFiles(plan.folder, watching.signal)
    const { kept, bytes } = await withinLimits(root, paths, watching.signal)
    if (kept.length === 0)
      throw new InvalidInput(
        'BAD_INPUT',
        `${plan.folder} holds no Python file of at most ${DEFAULT_MAX_FILE_BYTES} bytes`,
      )
    const programs = programsFor((bytes * plan.templateShare) / (1 - plan.templateShare))
    const python = await this.#python(plan.python, watching)
    watching.say(`training ${plan.size} pieces on ${kept.length} files and ${programs.length} templates`)
    const partial = `${resolve(plan.output)}.${process.pid}.partial`
    await mkdir(dirname(partial), { recursive: true })
    try {
      const request = {
        root,
        paths: kept,
        programs,
        size: plan.size,
        heldOutShare: HELD_OUT_SHARE,
        output: partial,
      }
      const answer = await runPython(
        python,
        [join(projectRoot(), 'bin', 'train-tokenizer.py')],
        JSON.stringify(request),
        watching.signal,
      )
      const found = JSON.parse(answer) as {
        vocabulary: number
        files: number
        bytes: number
        version: string
      }
      const sha256 = sha256Hex(new Uint8Array(await readFile(partial)))
      await rename(partial, plan.output)
      const { vocabulary, files, version } = found
      return {
        output: plan.output,
        sha256,
        vocabulary,
        files,
        bytes: found.bytes,
        templates: programs.length,
        library: `tokenizers ${version}`,
      }
    } finally {
      await rm(partial, { force: true })
    }
  }

  /** The interpreter of the private environment, made where there is none. */
  async #python(python: string, { signal, say }: Watching): Promise<string> {
    const own = join(
      this.#environment,
      ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
    )
    // Written last: an environment that was left half made is made anew.
    const ready = join(this.#environment, 'ready')
    if (existsSync(ready)) return own
    say(`making a private Python environment with ${LIBRARY} in ${this.#environment} (once, about 40 MB)`)
    await rm(this.#environment, { recursive: true, force: true })
    await mkdir(dirname(this.#environment), { recursive: true })
    await runPython(python, ['-m', 'venv', this.#environment], '', signal)
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
    // What it depends on is for fetching tokenizers of others, which is not done here.
    await runPython(own, [...pip, '--no-deps', '--only-binary', ':all:', LIBRARY], '', signal)
    await writeFile(ready, '')
    return own
  }
}

function checkPlan({ size, templateShare }: TokenizerPlan): void {
  if (!Number.isInteger(size) || size < LEAST_PIECES || size > MOST_PIECES)
    throw new InvalidInput(
      'BAD_INPUT',
      `a tokenizer has ${LEAST_PIECES} to ${MOST_PIECES} pieces, not ${size}`,
    )
  if (!(templateShare >= 0 && templateShare < 1))
    throw new InvalidInput(
      'BAD_INPUT',
      `the share of task templates is ${templateShare}, not from 0 to below 1`,
    )
}

/** The files that training of models reads too, in the order of their paths. */
async function withinLimits(
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly kept: readonly string[]; readonly bytes: number }> {
  const kept: string[] = []
  let bytes = 0
  for (const path of paths) {
    throwIfAborted(signal)
    const { size } = await stat(join(root, path))
    if (size > DEFAULT_MAX_FILE_BYTES || bytes + size > DEFAULT_MAX_BYTES) continue
    bytes += size
    kept.push(path)
  }
  return { kept, bytes }
}

/** Programs of task templates, together at least as long. */
function programsFor(bytes: number): readonly string[] {
  if (bytes === 0) return []
  const sample = templatePrograms(PYTHON_TASKS, 1_000, PROGRAMS_SEED)
  const mean = sample.reduce((sum, { length }) => sum + length, 0) / sample.length
  return templatePrograms(PYTHON_TASKS, Math.ceil(bytes / mean), PROGRAMS_SEED)
}
