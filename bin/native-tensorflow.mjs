/**
 * `circuitql native`: TensorFlow for Node out of public packages alone. The install script of @tensorflow/tfjs-node
 * downloads its libraries from a vendor's site; here the package comes from npm without that script, the libraries and
 * their headers come out of the tensorflow-cpu wheel on PyPI, and its small binding is compiled against them. Needs
 * linux on x86-64, Node with its C headers, npm, a C++ compiler with make, and Python 3 with pip.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { orExplain, ROOT, SetUpFailure } from './setup.mjs'

const TFJS = '4.22.0'
const TENSORFLOW = '2.15.1'
const WHEEL_SHA256 = '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26'
/** The libraries link no Python, so that one Python's wheel serves whatever Python is here. */
const WHEEL_OF = ['--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311']
const PLATFORMS = ['manylinux2014_x86_64', 'manylinux_2_17_x86_64']
const LIBRARIES = {
  tensorflow: 'libtensorflow_cc.so.2',
  tensorflow_framework: 'libtensorflow_framework.so.2',
}
const HEADERS = ['tensorflow', 'tsl', 'xla']
/** Newest interface of Node's that the package asks for. */
const NAPI = '8'

const TRIAL = `
  const tf = require('@tensorflow/tfjs-node')
  const y = tf.matMul([[1, 2], [3, 4]], [[1, 1], [0, 1]]).dataSync()
  if (tf.getBackend() !== 'tensorflow' || String(y) !== '1,3,3,7') throw new Error('a product came out as ' + y)
`

const folder = resolve(process.argv[2] ?? join(ROOT, '.cache/native'))
const packageFolder = join(folder, 'node_modules/@tensorflow/tfjs-node')
const wheelFolder = join(folder, 'wheel')
const done = join(folder, 'ready')

await orExplain(async () => {
  if (existsSync(done)) return say(`native TensorFlow is in ${folder} already`)
  refuseOtherPlatforms()
  mkdirSync(wheelFolder, { recursive: true })
  say('1 of 4: the package, without its install script')
  if (!existsSync(join(folder, 'package.json')))
    writeFileSync(join(folder, 'package.json'), '{ "name": "native-tensorflow", "private": true }\n')
  await step('npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `@tensorflow/tfjs-node@${TFJS}`,
  ])
  say('2 of 4: the libraries (about 210 MB)')
  const wheel = await fetchedWheel()
  say('3 of 4: unpacking')
  await unpack(wheel)
  say('4 of 4: compiling the binding')
  await compile()
  await step(process.execPath, ['-e', TRIAL], { TF_CPP_MIN_LOG_LEVEL: '2' })
  rmSync(wheelFolder, { recursive: true })
  writeFileSync(done, `tfjs-node ${TFJS}, TensorFlow ${TENSORFLOW}\n`)
  say(`native TensorFlow is ready in ${folder}`)
})

function refuseOtherPlatforms() {
  if (process.platform === 'linux' && process.arch === 'x64') return
  throw new SetUpFailure(
    `circuitql native builds for linux on x64, this is ${process.platform} on ${process.arch}; where the package's own install script works, npm install @tensorflow/tfjs-node in a folder and name it with CIRCUITQL_TFJS_NODE.`,
  )
}

async function fetchedWheel() {
  const present = () => readdirSync(wheelFolder).find((name) => name.endsWith('.whl'))
  if (present() === undefined) {
    const platforms = PLATFORMS.flatMap((platform) => ['--platform', platform])
    const options = ['--no-deps', '--only-binary', ':all:', '--dest', wheelFolder, ...WHEEL_OF, ...platforms]
    await step('python3', ['-m', 'pip', 'download', '--quiet', ...options, `tensorflow-cpu==${TENSORFLOW}`])
  }
  const path = join(wheelFolder, present())
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  if (hash.digest('hex') !== WHEEL_SHA256) {
    rmSync(path)
    throw new SetUpFailure('The TensorFlow wheel that came is not the one this was written for; try again.')
  }
  return path
}

/** Libraries and headers to where the binding's build looks for them. */
async function unpack(wheel) {
  const whole = join(wheelFolder, 'unpacked')
  await step('python3', ['-m', 'zipfile', '--extract', wheel, whole])
  const deps = join(packageFolder, 'deps')
  rmSync(deps, { recursive: true, force: true })
  mkdirSync(join(deps, 'lib'), { recursive: true })
  for (const [name, file] of Object.entries(LIBRARIES)) {
    renameSync(join(whole, 'tensorflow', file), join(deps, 'lib', file))
    symlinkSync(file, join(deps, 'lib', `lib${name}.so`))
  }
  for (const part of HEADERS) {
    const from = join(whole, 'tensorflow/include', part)
    if (existsSync(from)) cpSync(from, join(deps, 'include', part), { recursive: true })
  }
}

async function compile() {
  const headers = dirname(dirname(process.execPath))
  if (!existsSync(join(headers, 'include/node/node_api.h')))
    throw new SetUpFailure(`Node's C headers are not in ${headers}/include/node; install them and try again.`)
  const names = [
    '--module_name=tfjs_binding',
    `--module_path=./lib/napi-v${NAPI}`,
    `--napi_build_version=${NAPI}`,
  ]
  await step(process.execPath, [nodeGyp(), 'rebuild', `--nodedir=${headers}`, ...names], {}, packageFolder)
  const own = createRequire(join(folder, 'package.json'))
  const binding = own('@mapbox/node-pre-gyp').find(join(packageFolder, 'package.json'))
  mkdirSync(dirname(binding), { recursive: true })
  cpSync(join(packageFolder, 'build/Release/tfjs_binding.node'), binding)
  for (const part of ['build', 'deps/include']) rmSync(join(packageFolder, part), { recursive: true })
}

/** The one that npm brings. */
function nodeGyp() {
  const beside = [dirname(dirname(process.execPath)), '/usr', '/usr/local'].flatMap((prefix) =>
    ['lib', 'share'].map((part) =>
      join(prefix, part, 'node_modules/npm/node_modules/node-gyp/bin/node-gyp.js'),
    ),
  )
  const found = beside.find((path) => existsSync(path))
  if (found === undefined) throw new SetUpFailure("npm's node-gyp was not found beside this Node.")
  return found
}

/** A command in the folder; its failure ends the whole with one sentence. */
async function step(command, args, env = {}, cwd = folder) {
  const status = await new Promise((settle, fail) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 2, 2] })
    child.once('error', (error) =>
      fail(new SetUpFailure(`${command} could not be started: ${error.message}`)),
    )
    child.once('exit', (code, signal) => settle(code ?? signal))
  })
  if (status !== 0)
    throw new SetUpFailure(
      `"${command} ${args.slice(0, 3).join(' ')} …" ended with ${status}; see its messages above.`,
    )
}

function say(line) {
  process.stderr.write(`${line}\n`)
}
