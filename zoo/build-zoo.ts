/**
 * Makes the bundled sparse models. The committed files are exactly what comes out, which a test holds; the README says
 * how to write them anew.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExportedFile } from '../src/formats/sparse-release/write-sparse-model.js'
import { bracketDepth } from './bracket-depth.js'
import { stringClosing } from './string-closing.js'
import { type ZooModel, zooFiles } from './zoo-files.js'

export const ZOO_MODELS: readonly ZooModel[] = [stringClosing, bracketDepth]

export async function buildZoo(): Promise<readonly ExportedFile[]> {
  return (await Promise.all(ZOO_MODELS.map(zooFiles))).flat()
}

export async function writeZoo(folder: string): Promise<void> {
  for (const { name, bytes } of await buildZoo()) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
  }
}
