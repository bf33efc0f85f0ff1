import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { IN_MEMORY, openDatabase } from '../../../src/stores/embedded/database.js'
import { openEmbeddedMigrator, openEmbeddedStore } from '../../../src/stores/embedded/open-embedded.js'
import { isGone, thisOwner } from '../../../src/stores/embedded/owner.js'
import { Payloads } from '../../../src/stores/embedded/payloads.js'
import { survivesSelfTest } from '../../../src/stores/embedded/sqlite-self-test.js'
import { circuitRecord, randomCircuit } from '../../support/random-circuit.js'

const migrationsDirectory = join(__dirname, '../../../migrations/embedded')

describe('the embedded store', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'circuitql-embedded-unit-'))
    const migrator = await openEmbeddedMigrator({ directory, migrationsDirectory })
    await migrator.up()
    await migrator.close()
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  it('lives in memory, too, and migrates itself there', async () => {
    const store = await openEmbeddedStore({ directory: IN_MEMORY, migrationsDirectory })
    const circuit = randomCircuit(1)
    await store.putCircuit(circuitRecord(circuit, 1))
    expect((await store.circuit(circuit.id))!.id).toBe(circuit.id)
    await store.close()
  })

  it('tests a native SQLite module once per data directory', async () => {
    const stamps = (await readdir(directory)).filter((name) => name.startsWith('.sqlite-'))
    expect(stamps).toHaveLength(process.getBuiltinModule?.('node:sqlite') === undefined ? 1 : 0)
  })

  it('refuses a SQLite module that crashes its process, instead of crashing with it', async () => {
    const crashing = join(directory, 'crashing.cjs')
    await writeFile(crashing, `process.kill(process.pid, 'SIGSEGV'); while (true) {}`)
    await expect(survivesSelfTest(crashing, 'crashing 1.0')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/crashing 1\.0 .*SIGSEGV/),
    })
    await writeFile(crashing, `exports.DatabaseSync = class { exec() { throw new Error('no such engine') } }`)
    await expect(survivesSelfTest(crashing, 'lame 1.0')).rejects.toMatchObject({
      message: expect.stringMatching(/status 1: .*no such engine/s),
    })
  })

  it('sweeps at opening what dead processes left, and nothing of living ones', async () => {
    const db = await openDatabase(directory)
    const payloads = new Payloads(db)
    const ids = [await payloads.begin(3_000_000), await payloads.begin(10), await payloads.begin(10)] as const
    await payloads.writeBytes(ids[0], new Uint8Array(3_000_000))
    await payloads.writeNodes(ids[0], 2_500, (i) => ({
      ordinal: i,
      address: `a${i}`,
      kind: 'OTHER',
      layer: null,
      component: `a${i}`,
    }))
    await payloads.writeBytes(ids[1], new Uint8Array(10))
    const count = (table: string): unknown => db.prepare(`SELECT count(*) AS n FROM ${table}`).get()!['n']
    const leave = (id: number, owner: string, state: string): unknown =>
      db.prepare('UPDATE payload SET owner = ?, state = ? WHERE id = ?').run(owner, state, id)
    leave(ids[0], JSON.stringify([hostname(), 999_999_999, null]), 'loading')
    leave(ids[2], JSON.stringify([hostname(), 999_999_999, null]), 'dropped')

    await (await openEmbeddedStore({ directory, migrationsDirectory })).close()

    expect(
      db
        .prepare('SELECT id FROM payload')
        .all()
        .map(({ id }) => id),
    ).toEqual([ids[1]])
    expect([count('payload_chunk'), count('node')]).toEqual([1, 0])
    db.close()
  })

  it('starts an import again whose work another process swept by mistake', async () => {
    const store = await openEmbeddedStore({ directory, migrationsDirectory })
    const db = await openDatabase(directory)
    const record = circuitRecord(randomCircuit(5, { nodes: 300, edges: 200_000 }), 5)
    let swept = 0
    const onProgress = (): void => {
      if (swept++ > 0) return
      db.exec('DELETE FROM payload_chunk; DELETE FROM node; DELETE FROM payload')
    }
    expect((await store.putCircuit(record, { onProgress })).created).toBe(true)
    expect(swept).toBeGreaterThan(5)
    expect((await store.circuit(record.circuit.id))!.edges.count).toBe(200_000)
    await store.close()
    db.close()
  })

  it('answers with UNAVAILABLE where its folder cannot be', async () => {
    await writeFile(join(directory, 'file'), '')
    await expect(
      openEmbeddedStore({ directory: join(directory, 'file', 'below'), migrationsDirectory }),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const damaged = await mkdtemp(join(directory, 'damaged-'))
    await writeFile(
      join(damaged, 'circuitql.sqlite'),
      'this is no database at all, but long enough to be read as one'.repeat(100),
    )
    await expect(openEmbeddedStore({ directory: damaged, migrationsDirectory })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })

  it('waits for the lock of another process without holding up others', async () => {
    const store = await openEmbeddedStore({ directory, migrationsDirectory })
    const db = await openDatabase(directory)
    db.exec('BEGIN IMMEDIATE')
    const delays = monitorEventLoopDelay({ resolution: 1 })
    const circuit = randomCircuit(6)
    const put = store.putCircuit(circuitRecord(circuit, 6))
    delays.enable()
    await new Promise((resolve) => setTimeout(resolve, 300))
    delays.disable()
    expect(await store.circuit(circuit.id)).toBeNull()
    db.exec('COMMIT')
    expect((await put).created).toBe(true)
    expect(delays.percentile(50) / 1e6).toBeLessThan(50)
    await store.close()
    db.close()
  })
})

describe('an owner', () => {
  it('is gone when its process is, or when another one has its number', () => {
    const [host, pid, start] = JSON.parse(thisOwner()) as [string, number, string | null]
    expect(isGone(thisOwner(), 0)).toBe(false)
    expect(isGone(JSON.stringify([host, 999_999_999, start]), Date.now())).toBe(true)
    if (start !== null) expect(isGone(JSON.stringify([host, pid, '1']), Date.now())).toBe(true)
  })

  it('on another host is gone after a long silence only', () => {
    const owner = JSON.stringify(['elsewhere', 1, null])
    expect(isGone(owner, 1_000_000, 1_000_000 + 9 * 60_000)).toBe(false)
    expect(isGone(owner, 1_000_000, 1_000_000 + 11 * 60_000)).toBe(true)
  })
})
