/** Imported tasks: one record per content, one content per name and version. */
import { sha256Hex } from '../../../src/domain/sha256.js'
import type { TaskRecord } from '../../../src/domain/task.js'
import { AWKWARD_TEXTS } from '../../support/random-circuit.js'
import type { StoreContract } from '../circuit-store.js'
import { takePlace } from './place.js'

const record = (seed: number, name: string, version = '1'): TaskRecord => ({
  id: sha256Hex(`task ${seed}`),
  name,
  version,
  description: 'what is asked',
  source: 'FILE',
  train: 3,
  test: seed,
  contentSha256: sha256Hex(`content ${seed}`),
  createdAt: '2026-01-01T00:00:00Z',
})

export function describeTasks(contract: StoreContract): void {
  describe('tasks', () => {
    const taken = takePlace(contract)
    const stored = async (name: string) => (await taken.store.tasks()).filter((task) => task.name === name)

    it('come back as they went in, once, in the order of ids', async () => {
      const names = AWKWARD_TEXTS.filter((text) => text !== '' && !text.includes('\ud800'))
      const records = names.map((name, seed) => record(seed, name))
      for (const task of records) expect(await taken.store.putTask(task)).toEqual({ created: true })
      expect(await taken.store.putTask(records[0]!)).toEqual({ created: false })
      expect(await taken.store.tasks()).toEqual([...records].sort((a, b) => (a.id < b.id ? -1 : 1)))
    })

    it('have one content per name and version', async () => {
      await taken.store.putTask(record(1001, 'twice'))
      await expect(taken.store.putTask(record(1002, 'twice'))).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining(record(1001, 'twice').id),
      })
      await taken.store.putTask(record(1003, 'twice', '2'))
      expect((await stored('twice')).map(({ version }) => version).sort()).toEqual(['1', '2'])
    })

    it('go when they are deleted, and may come again', async () => {
      const task = record(1100, 'gone')
      await taken.store.putTask(task)
      expect(await taken.store.deleteTask(task.id)).toBe(true)
      expect(await taken.store.deleteTask(task.id)).toBe(false)
      expect(await stored('gone')).toEqual([])
      expect(await taken.store.putTask(task)).toEqual({ created: true })
    })

    it('that many write at once are there once', async () => {
      const task = record(1200, 'at once')
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => taken.store.putTask(task)))
      expect(outcomes.filter(({ created }) => created)).toHaveLength(1)
      expect(await stored('at once')).toEqual([task])
    })
  })
}
