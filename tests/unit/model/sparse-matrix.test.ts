import fc from 'fast-check'
import { addProduct, sparseMatrix, transposedProduct, weightAt } from '../../../src/model/sparse-matrix.js'

const matrix = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, columns]) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      dense: fc.array(fc.oneof(fc.constant(0), fc.constant(-0), fc.integer({ min: -9, max: 9 })), {
        minLength: rows * columns,
        maxLength: rows * columns,
      }),
      x: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: columns, maxLength: columns }),
      y: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: rows, maxLength: rows }),
    }),
  )

describe('a sparse matrix', () => {
  it('multiplies, and multiplies transposed, as the dense one', () => {
    fc.assert(
      fc.property(matrix, ({ rows, columns, dense, x, y }) => {
        const sparse = sparseMatrix(Float64Array.from(dense), rows, columns)
        const product = Float64Array.from([99, ...y])
        addProduct(sparse, Float64Array.from([99, 99, ...x]), 2, product, 1)
        y.forEach((before, r) => {
          expect(product[1 + r]).toBe(
            x.reduce((sum, value, c) => sum + dense[r * columns + c]! * value, before) + 0,
          )
        })
        const transposed = new Float64Array(columns)
        transposedProduct(sparse, Float64Array.from(y), 0, transposed, 0)
        x.forEach((_, c) => {
          expect(transposed[c]).toBe(
            y.reduce((sum, value, r) => sum + dense[r * columns + c]! * value, 0) + 0,
          )
        })
      }),
    )
  })

  it('keeps exactly the nonzero weights', () => {
    fc.assert(
      fc.property(matrix, ({ rows, columns, dense }) => {
        const sparse = sparseMatrix(Float32Array.from(dense), rows, columns)
        expect(sparse.value).toHaveLength(dense.filter((value) => value !== 0).length)
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++) expect(weightAt(sparse, r, c)).toBe(dense[r * columns + c]! + 0)
      }),
    )
  })
})
