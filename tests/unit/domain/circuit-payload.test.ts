import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { buildCircuit } from '../../../src/domain/build-circuit.js'
import { circuitHash } from '../../../src/domain/circuit-hash.js'
import { decodeCircuit, encodeCircuit } from '../../../src/domain/circuit-payload.js'
import { anyDraft } from './arbitraries.js'

const anyCircuit = anyDraft.map(buildCircuit)
const badFile = expect.objectContaining({ code: 'BAD_FILE' })

describe('a circuit payload', () => {
  it('gives back the circuit, bit for bit, and with it the same hash', () => {
    fc.assert(
      fc.property(anyCircuit, (circuit) => {
        const back = decodeCircuit(encodeCircuit(circuit))
        expect(back).toEqual(circuit)
        expect(circuitHash(back)).toBe(circuit.id)
      }),
      { numRuns: 200 },
    )
  })

  it('can be read out of the middle of a larger buffer', () => {
    fc.assert(
      fc.property(anyCircuit, fc.nat(9), (circuit, offset) => {
        const bytes = encodeCircuit(circuit)
        const larger = Buffer.alloc(bytes.length + 20, 0xff)
        larger.set(bytes, offset)
        expect(decodeCircuit(larger.subarray(offset, offset + bytes.length))).toEqual(circuit)
      }),
      { numRuns: 20 },
    )
  })

  it('is refused when any one byte of it is changed', () => {
    const [circuit] = fc.sample(anyCircuit, { numRuns: 1, seed: 4 })
    const whole = encodeCircuit(circuit!)
    for (let i = 0; i < whole.length; i++) {
      for (const bit of [1, 0x80]) {
        const bytes = Uint8Array.from(whole)
        bytes[i]! ^= bit
        expect(() => decodeCircuit(bytes)).toThrow(badFile)
      }
    }
  })

  it('is refused when it is cut short or goes on, even with a checksum that fits', () => {
    const [circuit] = fc.sample(anyCircuit, { numRuns: 1, seed: 4 })
    const whole = encodeCircuit(circuit!)
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeCircuit(whole.slice(0, length))).toThrow(badFile)
      expect(() => decodeCircuit(withFittingChecksum(whole.slice(0, length)))).toThrow(badFile)
    }
    expect(() => decodeCircuit(withFittingChecksum(Uint8Array.of(...whole, 0)))).toThrow(badFile)
  })

  it('of another version is refused', () => {
    const [circuit] = fc.sample(anyCircuit, { numRuns: 1, seed: 4 })
    const bytes = encodeCircuit(circuit!)
    bytes[4] = 2
    expect(() => decodeCircuit(bytes)).toThrow('not a circuit payload of version 1')
  })
})

function withFittingChecksum(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= 16) new DataView(bytes.buffer).setUint32(12, crc32(bytes.subarray(16)), true)
  return bytes
}
