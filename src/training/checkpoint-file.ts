/** A checkpoint as a file: written beside it and put in its place when it is whole. */
import { open, readFile, rename, rm } from 'node:fs/promises'
import type { CheckpointShelf } from './checkpoint.js'

export function checkpointFile(path: string): CheckpointShelf {
  return {
    read: async () => {
      try {
        return await readFile(path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    write: async (bytes) => {
      const partial = `${path}.partial`
      try {
        const file = await open(partial, 'w')
        try {
          await file.writeFile(bytes)
          // A name that outlives a power cut must not lead to bytes that did not.
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(partial, path)
      } catch (error) {
        await rm(partial, { force: true })
        throw error
      }
    },
  }
}
