import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { KERNELS_WASM } from '../../../../src/training/kernels/wasm-binary.js'
import { PROJECT_ROOT } from '../../../support/project-files.js'

it('the kernels of training are what their source compiles to', () => {
  const script = `import { compileKernels } from ${JSON.stringify(join(PROJECT_ROOT, 'bin/build-kernels.mjs'))}
    process.stdout.write(Buffer.from(await compileKernels('training')).toString('base64'))`
  const binary = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(binary).toBe(KERNELS_WASM)
}, 60_000)
