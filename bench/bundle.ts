import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** JavaScript and style a browser loads for each page, gzip -9, beside the budget of the design. Exits 1 when a budget is broken. */

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
  readonly css?: readonly string[]
}

const WEB = join(import.meta.dirname, '../web')
const BUDGET: Readonly<Record<string, number>> = { 'home/home': 210, 'alarms/alarms': 140, 'devices/device': 130 }
const ENTRY_BUDGET = 130
const CONFIGURE_BUDGET = 210

await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'error' })
const manifest = JSON.parse(await readFile(join(WEB, 'dist/.vite/manifest.json'), 'utf8')) as Readonly<Record<string, Chunk>>

const sizes = new Map<string, number>()
async function sizeOf(files: ReadonlySet<string>): Promise<number> {
  let sum = 0
  for (const file of files) {
    const size = sizes.get(file) ?? gzipSync(await readFile(join(WEB, 'dist', file)), { level: 9 }).length
    sizes.set(file, size)
    sum += size
  }
  return sum
}

/** Everything that is loaded with a chunk, without what it loads later. */
function graph(key: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const one of manifest[key]?.imports ?? []) graph(one, seen)
  return seen
}

const scripts = (keys: ReadonlySet<string>): Set<string> =>
  new Set([...keys].map((key) => manifest[key]?.file ?? '').filter((file) => file.endsWith('.js')))
const styles = (keys: ReadonlySet<string>): Set<string> => new Set([...keys].flatMap((key) => manifest[key]?.css ?? []))
const kilo = (bytes: number): string => (bytes / 1000).toFixed(1).padStart(7)

const entry = graph('index.html')
const entrySize = await sizeOf(scripts(entry))
let broken = entrySize > ENTRY_BUDGET * 1000
console.log(`node ${process.version}, kB gzip -9\n`)
console.log(`${'page'.padEnd(40)} script   style  budget`)
console.log(
  `${'(entry: shell, router, session)'.padEnd(40)}${kilo(entrySize)} ${kilo(await sizeOf(styles(entry)))} ${kilo(ENTRY_BUDGET * 1000)}`,
)
const pages = Object.keys(manifest)
  .filter((key) => key.startsWith('src/pages/'))
  .toSorted()
for (const key of pages) {
  const all = graph(key, new Set(entry))
  const name = key.replace('src/pages/', '').replace('.tsx', '')
  const budget = BUDGET[name] ?? (name.startsWith('configure/') ? CONFIGURE_BUDGET : undefined)
  const size = await sizeOf(scripts(all))
  if (budget !== undefined && size > budget * 1000) broken = true
  console.log(`${name.padEnd(40)}${kilo(size)} ${kilo(await sizeOf(styles(all)))} ${budget === undefined ? '' : kilo(budget * 1000)}`)
}
if (broken) process.exitCode = 1
