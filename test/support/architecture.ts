import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path/posix'

export interface SourceFile {
  /** From the project's root: src/alarm/engine.ts */
  readonly path: string
  readonly text: string
}

interface Room {
  readonly rooms: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
}

/** Reads the table of rooms out of ARCHITECTURE.md. */
export function parseRoomTable(markdown: string): Map<string, Room> {
  const table = new Map<string, Room>()
  for (const line of markdown.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim())
    if (cells.length !== 6 || cells[1] === 'room' || cells[1]?.startsWith('-')) continue
    const [, name, , rooms, packages] = cells
    if (name === undefined || rooms === undefined || packages === undefined) continue
    const words = (text: string): Set<string> => new Set(text.split(/\s+/).filter((word) => word !== '-' && word !== ''))
    table.set(name, { rooms: words(rooms), packages: words(packages) })
  }
  return table
}

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

function importsOf(text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '')
  const found: Import[] = []
  for (const match of code.matchAll(/^\s*(import|export)\s+(type\s)?(?:[\w*{}\s,$]+\s+from\s+)?['"]([^'"]+)['"]/gm)) {
    if (match[3] !== undefined) found.push({ specifier: match[3], typeOnly: match[2] !== undefined })
  }
  for (const match of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g))
    if (match[1] !== undefined) found.push({ specifier: match[1], typeOnly: false })
  return found
}

/** @returns the project path an import leads to, or undefined for a package. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier))
  return undefined
}

const PURE = /^src\/(base|domain|calc)\/|^src\/[\w-]+(\/[\w-]+)*\/core\//
const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)

/** @returns one line for each import that the table does not allow. */
export function breachesOf(files: readonly SourceFile[], table: ReadonlyMap<string, Room>): string[] {
  const breaches: string[] = []
  for (const file of files) {
    for (const { specifier, typeOnly } of importsOf(file.text)) {
      const why = file.path.startsWith('web/') ? webBreach(file, specifier, typeOnly) : roomBreach(file, specifier, table)
      if (why !== undefined) breaches.push(`${file.path}: ${specifier} (${why})`)
    }
  }
  return breaches
}

function webBreach(file: SourceFile, specifier: string, typeOnly: boolean): string | undefined {
  const target = targetOf(file.path, specifier)
  if (target === undefined) {
    const builtin = specifier.startsWith('node:') && !isTest(file.path) && file.path.startsWith('web/src/')
    return builtin ? 'the browser has no node:' : undefined
  }
  if (!target.startsWith('src/')) return undefined
  if (target.startsWith('src/api/contract/')) return typeOnly ? undefined : 'only types of the contract'
  return PURE.test(target) ? undefined : 'the web imports pure rooms only'
}

function roomBreach(file: SourceFile, specifier: string, table: ReadonlyMap<string, Room>): string | undefined {
  const room = file.path.split('/')[1] ?? ''
  const allowed = table.get(room)
  if (allowed === undefined) return `${room} is not a room of the table`
  const target = targetOf(file.path, specifier)

  if (target === undefined) {
    if (isTest(file.path)) return undefined
    const builtin = specifier.startsWith('node:') || builtinModules.includes(specifier)
    if (PURE.test(file.path)) {
      // schemas are data: a pure core may describe its shapes with zod where its room may
      return !builtin && specifier === 'zod' && allowed.packages.has('zod') ? undefined : 'a pure room imports no package'
    }
    if (builtin) return allowed.packages.has('node') ? undefined : `${room} does not use node`
    const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? '')
    const scope = name.split('/')[0] ?? ''
    return allowed.packages.has(name) || allowed.packages.has(scope) ? undefined : `${name} is not a package of ${room}`
  }

  if (!target.startsWith('src/')) {
    const folder = target.split('/')[0] ?? ''
    return isTest(file.path) || target === 'package.json' || allowed.rooms.has(folder) ? undefined : 'outside src'
  }
  const other = target.split('/')[1] ?? ''
  if (specifier.startsWith('.') && other !== room) return 'write #room/file.ts across rooms'
  if (other !== room) {
    const path = target.slice('src/'.length).replace(/\.ts$/, '')
    const reachable = [...allowed.rooms].some((entry) => path === entry || path.startsWith(`${entry}/`))
    if (!reachable && !isTest(file.path)) return `${other} is out of ${room}'s reach`
  }
  if (PURE.test(file.path) && !PURE.test(target) && !isTest(file.path)) return 'a pure file imports pure files only'
  const protocol = /^src\/drivers\/([\w-]+)\//
  const from = protocol.exec(file.path)?.[1]
  const to = protocol.exec(target)?.[1]
  if (from !== undefined && to !== undefined && from !== to) return 'a protocol never imports another'
  return undefined
}

/** @returns each cycle of file imports once, as `a -> b -> a`. Type-only imports count too: they bind readers all the same. */
export function cyclesOf(files: readonly SourceFile[]): string[] {
  const edges = new Map<string, string[]>()
  for (const file of files) {
    const targets = importsOf(file.text).map(({ specifier }) => targetOf(file.path, specifier))
    edges.set(
      file.path,
      targets.filter((target) => target !== undefined),
    )
  }
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at !== -1) {
      cycles.push([...trail.slice(at), path].join(' -> '))
      return
    }
    if (done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return cycles
}
