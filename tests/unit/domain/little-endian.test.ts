import fc from 'fast-check'
import { littleEndianBytes, readFloat32, readFloat64, readUint32 } from '../../../src/domain/little-endian.js'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('little-endian columns', () => {
  it('have the least significant byte first', () => {
    expect(hex(littleEndianBytes(Uint32Array.of(1, 0x01020304)))).toBe('0100000004030201')
    expect(hex(littleEndianBytes(Float64Array.of(1, -0.5)))).toBe('000000000000f03f000000000000e0bf')
    expect(hex(littleEndianBytes(Float32Array.of(1)))).toBe('0000803f')
    expect(hex(littleEndianBytes(Uint8Array.of(1, 2)))).toBe('0102')
  })

  it('have one NaN, whatever its bits were, and leave the column as it was', () => {
    const column = new Float64Array(
      new BigUint64Array([0xfff8000000000001n, 0x7ff0000000000001n, 0x3ff0000000000000n]).buffer,
    )
    expect(hex(littleEndianBytes(column))).toBe('000000000000f87f000000000000f87f000000000000f03f')
    expect(new BigUint64Array(column.buffer)[0]).toBe(0xfff8000000000001n)
  })

  it('are read back bit for bit from any offset', () => {
    fc.assert(
      fc.property(fc.float64Array({ noNaN: true }), fc.nat(9), (column, offset) => {
        const bytes = new Uint8Array(offset + column.byteLength + 3)
        bytes.set(littleEndianBytes(column), offset)
        expect(readFloat64(bytes, offset, column.length)).toEqual(column)
        expect(readFloat64(Buffer.from(bytes), offset, column.length)).toEqual(column)
      }),
    )
    fc.assert(
      fc.property(fc.uint32Array(), fc.nat(9), (column, offset) => {
        const bytes = new Uint8Array(offset + column.byteLength)
        bytes.set(littleEndianBytes(column), offset)
        expect(readUint32(bytes, offset, column.length)).toEqual(column)
      }),
    )
    expect(readFloat32(Buffer.from('0000803f', 'hex'), 0, 1)).toEqual(Float32Array.of(1))
  })

  it('only of a part of a larger buffer are the bytes of that part', () => {
    const whole = Uint32Array.of(1, 2, 3)
    expect(hex(littleEndianBytes(whole.subarray(1, 2)))).toBe('02000000')
  })

  it('are not read past the end', () => {
    expect(() => readUint32(new Uint8Array(7), 0, 2)).toThrow(RangeError)
  })
})
