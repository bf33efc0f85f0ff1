import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidInput } from '../../../../src/domain/errors.js'
import { bytesFile, diskFile } from '../../../../src/formats/source-file.js'
import type {
  PickleDict,
  PickleTensor,
  PickleValue,
} from '../../../../src/formats/sparse-release/pickle-value.js'
import { openTorchZip } from '../../../../src/formats/sparse-release/torch-zip.js'
import { type SeededRandom, seededRandom } from '../../../support/seeded-random.js'
import { describeWithShared } from '../../../support/shared.js'

const CENTRAL = Buffer.from([0x50, 0x4b, 1, 2])

function member(value: PickleValue | undefined, ...keys: string[]): PickleValue | undefined {
  return keys.reduce<PickleValue | undefined>((at, key) => (at as PickleDict).entries.get(key), value)
}

describeWithShared('torch archives of other tools', (shared) => {
  const viz = join(shared, 'fixtures/formats/circuit-sparsity-viz')

  it('reads the kept channels of a viz_data.pt, empty tensors included', async () => {
    const archive = await openTorchZip(await diskFile(join(viz, 'viz_data.pt')))
    const expected = JSON.parse(readFileSync(join(viz, 'viz_data.expected.json'), 'utf8')) as {
      kept: Record<string, number[]>
    }
    const circuit = member(archive.value, 'circuit_data') as PickleDict
    expect(circuit.entries.size).toBe(17)
    for (const [site, kept] of Object.entries(expected.kept)) {
      const { dtype, bytes } = await archive.tensor(site, circuit.entries.get(site) as PickleTensor)
      expect(dtype).toBe('I64')
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      expect(
        Array.from({ length: bytes.length / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true))),
      ).toEqual(kept)
    }
  })

  it('brings the strided half-precision views of a viz_data.pt into C order', async () => {
    const archive = await openTorchZip(await diskFile(join(viz, 'viz_data.pt')))
    const samples = member(archive.value, 'importances', 'task_samples') as { items: PickleValue[] }
    const activations = (samples.items[1] as PickleDict).entries.get('0.attn.act_in') as PickleDict
    const [tensor] = [...activations.entries.values()] as PickleTensor[]
    expect(tensor!.strides[1]).toBeGreaterThan(1)
    const { dtype, shape, bytes } = await archive.tensor('x', tensor!)
    expect([dtype, shape, bytes.length]).toEqual(['F16', [8, 12], 8 * 12 * 2])
    const whole = (
      await archive.tensor('whole', {
        ...tensor!,
        offset: 0,
        shape: [tensor!.storage.elements],
        strides: [1],
      })
    ).bytes
    const [rows, columns] = tensor!.strides as [number, number]
    for (let row = 0; row < 8; row++) {
      for (let column = 0; column < 12; column++) {
        const from = 2 * (tensor!.offset + row * rows + column * columns)
        expect([...bytes.subarray(2 * (12 * row + column), 2 * (12 * row + column) + 2)]).toEqual([
          ...whole.subarray(from, from + 2),
        ])
      }
    }
  })

  it('reads the variant whose ranks are not joined', async () => {
    const archive = await openTorchZip(await diskFile(join(viz, 'viz_data.unjoined-ranks.pt')))
    expect([...(archive.value as PickleDict).entries.keys()]).toContain('prune_config')
  })

  it.each([
    ['malicious.pt', 'posix.getcwd'],
    ['malicious-protocol4.pt', 'builtins.print'],
  ])('refuses %s and names %s', async (name, global) => {
    const refusal = openTorchZip(await diskFile(join(viz, name)))
    await expect(refusal).rejects.toMatchObject({
      code: 'UNSAFE_FILE',
      hint: expect.stringContaining('safetensors'),
    })
    await expect(refusal).rejects.toThrow(JSON.stringify(global))
  })

  it('says that a truncated archive has no directory', async () => {
    await expect(openTorchZip(await diskFile(join(viz, 'truncated.pt')))).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: 'truncated.pt is not a whole zip archive: it has no directory at its end',
    })
  })

  it('refuses a bare pickle', async () => {
    await expect(
      openTorchZip(await diskFile(join(shared, 'fixtures/formats/acdc/edges.pkl'))),
    ).rejects.toMatchObject({
      code: 'UNSAFE_FILE',
      message: expect.stringContaining('edges.pkl is a bare Python pickle'),
    })
  })

  it('answers a few thousand mutated archives with InvalidInput or a value, in bounded time', async () => {
    const original = readFileSync(
      join(shared, 'fixtures/circuit-sparsity-reference/relu-tied/final_model.pt'),
    )
    const pickle = original.indexOf('final_model/data.pkl') + 'final_model/data.pkl'.length
    const random = seededRandom(7)
    let refused = 0
    for (let round = 0; round < 3_000; round++) {
      const bytes = mutated(
        original,
        random,
        round % 2 === 0 ? [pickle, pickle + 1_900] : [original.length - 1_800, original.length],
      )
      try {
        const archive = await openTorchZip(bytesFile('mutated.pt', bytes))
        for (const value of (archive.value as PickleDict).entries?.values() ?? []) {
          if ((value as PickleTensor)?.kind === 'tensor') await archive.tensor('t', value as PickleTensor)
        }
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        refused++
      }
    }
    expect(refused).toBeGreaterThan(1_000)
  })
})

/** A copy with its checksums given up (so that changes get past them) and one to four bytes between `from` and `to` changed. */
function mutated(original: Uint8Array, random: SeededRandom, [from, to]: [number, number]): Uint8Array {
  const bytes = Buffer.from(original)
  for (let at = bytes.indexOf(CENTRAL); at >= 0; at = bytes.indexOf(CENTRAL, at + 4))
    bytes.fill(0, at + 16, at + 20)
  for (let n = 1 + random.below(4); n > 0; n--) bytes[from + random.below(to - from)] = random.below(256)
  return random.below(10) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes
}
