/** Reads the imports of source files and holds them against a table of rooms. Works on texts, not on a disk. */
import { posix } from 'node:path'
import { parseSync } from '@swc/core'
import type { Room } from './architecture.js'

/** Text of each file by its path from the root, with forward slashes. */
export type FileMap = ReadonlyMap<string, string>

/** Where a computed import could lead nobody knows, so the table cannot hold it. */
const COMPUTED = '(computed)'

/** What a file imports, in any form: static, type-only, re-exported, dynamic, `require`, `import('…')` types. */
export function importsOf(text: string): string[] {
  const found = new Set<string>()
  visit(parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2022' }), found)
  return [...found]
}

interface SyntaxNode {
  readonly type?: string
  readonly [field: string]: unknown
}

function visit(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, found)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const node = value as SyntaxNode
  if (
    node.type === 'ImportDeclaration' ||
    node.type === 'ExportAllDeclaration' ||
    node.type === 'ExportNamedDeclaration'
  ) {
    if (node['source']) found.add(literal(node['source']))
  } else if (node.type === 'TsImportType') {
    found.add(literal(node['argument']))
  } else if (node.type === 'TsExternalModuleReference') {
    found.add(literal(node['expression']))
  } else if (node.type === 'CallExpression' && isImporting(node['callee'] as SyntaxNode)) {
    found.add(literal((node['arguments'] as { expression: unknown }[])[0]?.expression))
  }
  for (const field of Object.values(node)) visit(field, found)
}

function isImporting(callee: SyntaxNode): boolean {
  return callee.type === 'Import' || (callee.type === 'Identifier' && callee['value'] === 'require')
}

function literal(value: unknown): string {
  const node = value as SyntaxNode | undefined
  return node?.type === 'StringLiteral' ? (node['value'] as string) : COMPUTED
}

/** One sentence per broken rule, in the order of the files. */
export function violations(files: FileMap, rooms: readonly Room[]): string[] {
  return [...files].flatMap(([file, text]) => {
    const room = roomOf(file, rooms)
    if (room === null) return [`${file} stands in no room of the table`]
    return importsOf(text).flatMap((specifier) => fault(file, room, specifier, rooms) ?? [])
  })
}

/** Groups of files that import each other in a circle, each group and the files in it in alphabetical order. */
export function cycles(files: FileMap): string[][] {
  const arrows = new Map(
    [...files].map(([file, text]) => [file, importsOf(text).flatMap((s) => targetOf(file, s) ?? [])]),
  )
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  // Tarjan, SIAM J. Comput. 1972: a strongly connected component is a circle when it has two files, or one that imports itself.
  const walk = (file: string): void => {
    order.set(file, order.size)
    lowest.set(file, order.get(file)!)
    stack.push(file)
    for (const next of arrows.get(file) ?? []) {
      if (!arrows.has(next)) continue
      if (!order.has(next)) walk(next)
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!))
    }
    if (lowest.get(file) !== order.get(file)) return
    const group = stack.splice(stack.indexOf(file)).sort()
    if (group.length > 1 || arrows.get(file)!.includes(file)) found.push(group)
  }
  for (const file of arrows.keys()) if (!order.has(file)) walk(file)
  return found.sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
}

export function roomOf(file: string, rooms: readonly Room[]): Room | null {
  const fitting = rooms.filter(({ path }) => file === path || file.startsWith(`${path}/`))
  return fitting.sort((a, b) => b.path.length - a.path.length)[0] ?? null
}

function fault(file: string, room: Room, specifier: string, rooms: readonly Room[]): string | null {
  if (specifier === COMPUTED) return `${file} imports something whose name is computed`
  const target = targetOf(file, specifier)
  if (target !== null) {
    const other = roomOf(target, rooms)
    if (other === room || (other !== null && room.rooms.includes(other.path))) return null
    return `${file} imports ${target}, but ${room.path} may import ${room.rooms.join(', ') || 'only itself'}`
  }
  if (specifier.startsWith('node:')) {
    const name = specifier.slice('node:'.length)
    const allowed = [...room.builtins, ...(room.builtinsOf?.[posix.basename(file)] ?? [])]
    return allowed.includes(name) ? null : `${file} imports ${specifier}, which ${room.path} stays free of`
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  return room.packages.includes(name)
    ? null
    : `${file} imports the package ${name}, which ${room.path} stays free of`
}

/** The source file behind a relative import; null for packages and Node's own modules. */
function targetOf(file: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
}
