/** Migrations run once, in order, under a lock, and refuse files that were changed. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Migrator } from '../../../src/application/ports/migrator.js'
import { inVersionOrder, type MigrationFile, readMigration } from '../../../src/domain/migration-file.js'
import type { StoreContract, StorePlace } from '../circuit-store.js'

export function describeMigrations(contract: StoreContract): void {
  describe('migrations', () => {
    let place: StorePlace
    let folder: string
    let files: MigrationFile[]
    const closers: (() => Promise<void>)[] = []

    const migrator = async (directory?: string): Promise<Migrator> => {
      const opened = await place.openMigrator(directory)
      closers.push(() => opened.close())
      return opened.migrator
    }

    beforeEach(async () => {
      place = await contract.newPlace({ migrated: false })
      folder = await mkdtemp(join(tmpdir(), 'circuitql-migrations-'))
      await cp(place.migrationsDirectory, folder, { recursive: true })
      files = await readFolder(folder, place.migrationExtension)
    }, 120_000)
    afterEach(async () => {
      for (const close of closers.splice(0)) await close()
      await place.destroy()
      await rm(folder, { recursive: true, force: true })
    }, 60_000)

    it('bring an untouched place up to date, and a second time do nothing', async () => {
      const one = await migrator()
      expect(await one.status()).toEqual({ applied: [], pending: files })
      await expect(place.open()).rejects.toMatchObject({ code: 'MIGRATION_NEEDED' })

      const applied = await one.up()

      expect(applied.map(({ version, source, checksum }) => ({ version, source, checksum }))).toEqual(
        files.map(({ version, source, checksum }) => ({ version, source, checksum })),
      )
      for (const { at } of applied) expect(new Date(at).toISOString().slice(0, 19)).toBe(at.slice(0, 19))
      expect(await one.up()).toEqual([])
      expect(await (await migrator()).status()).toEqual({ applied, pending: [] })
      await one.validate()
      const store = await place.open()
      expect((await store.describe()).schemaVersion).toBe(files.at(-1)!.version)
      await store.close()
    })

    it('whose file was changed are refused with the file and both checksums', async () => {
      await (await migrator()).up()
      const first = files[0]!
      await writeFile(
        join(folder, first.source),
        `${await readFile(join(folder, first.source), 'utf8')}\n${comment(place)} changed;\n`,
      )
      const changed = (await readFolder(folder, place.migrationExtension))[0]!
      const other = await migrator(folder)
      const refusal = {
        code: 'BAD_MIGRATION',
        message: expect.stringMatching(`${first.source}.*${changed.checksum}.*${first.checksum}`),
      }
      await expect(other.validate()).rejects.toMatchObject(refusal)
      await expect(other.up()).rejects.toMatchObject(refusal)
      await (await migrator()).validate()
    })

    it('that come later are applied after the others, and are missed when their file goes', async () => {
      await (await migrator()).up()
      const later = `V9000__Comes_later.${place.migrationExtension}`
      await writeFile(join(folder, later), `${comment(place)} nothing to do;\n`)
      const other = await migrator(folder)
      expect((await other.status()).pending.map(({ source }) => source)).toEqual([later])
      await expect(other.validate()).resolves.toBeUndefined()
      expect((await other.up()).map(({ source }) => source)).toEqual([later])
      await expect((await migrator()).validate()).rejects.toMatchObject({
        code: 'BAD_MIGRATION',
        message: expect.stringContaining(later),
      })
    })

    it('that fail are named, leave no trace in the history and no lock', async () => {
      await (await migrator()).up()
      const broken = `V9000__Broken.${place.migrationExtension}`
      await writeFile(join(folder, broken), 'THIS IS NO STATEMENT;\n')
      const other = await migrator(folder)
      await expect(other.up()).rejects.toMatchObject({
        code: 'BAD_MIGRATION',
        message: expect.stringContaining(broken),
      })
      expect((await other.status()).pending.map(({ source }) => source)).toEqual([broken])
      expect(await other.unlock()).toBe(false)
    })

    it('wait for nobody: a lock refuses a second migrator until it is removed', async () => {
      const one = await migrator()
      await one.status()
      await place.leaveMigrationLock()
      await expect(one.up()).rejects.toMatchObject({ code: 'CONFLICT' })
      expect((await one.status()).applied).toEqual([])
      expect(await one.unlock()).toBe(true)
      expect(await one.unlock()).toBe(false)
      expect(await one.up()).toHaveLength(files.length)
    })

    it('run once when two migrators start together', async () => {
      const both = [await migrator(), await migrator()]
      const ends = await Promise.allSettled(both.map((one) => one.up()))
      const applied = ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : []))
      for (const end of ends)
        if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'CONFLICT' })
      expect(applied.map(({ source }) => source)).toEqual(files.map(({ source }) => source))
      expect((await both[0]!.status()).pending).toEqual([])
    })
  })
}

function comment(place: StorePlace): string {
  return place.migrationExtension === 'cypher' ? '//' : '--'
}

async function readFolder(folder: string, extension: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(`.${extension}`))
  return inVersionOrder(
    await Promise.all(
      names.map(async (name) => readMigration(name, await readFile(join(folder, name), 'utf8'))),
    ),
  )
}
