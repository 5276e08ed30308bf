import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What a browser loads for one page, in bytes of gzip -9; `budget` is for the script alone. */
export interface PageWeight {
  readonly page: string
  readonly script: number
  readonly style: number
  readonly budget: number
}

interface Chunk {
  readonly file: string
  readonly name?: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

const ENTRY = 'index.html'
const MANTINE = 'src/mantine.tsx'
/** As vite.config.ts names it. */
const MANTINE_CORE = 'mantine-core'
/** In kB; reasons and measurements in docs/adr/0010-page-weight.md. */
const BUDGETS: Readonly<Record<string, number>> = {
  [ENTRY]: 134,
  'acknowledge-link': 140,
  'home/home': 150,
  'alarms/alarms': 150,
  'devices/devices': 140,
  'devices/device': 150,
  'trends/trends': 177,
}
/** Of every other page. */
const FORM_BUDGET = 218
/** In bytes, of every page. */
export const STYLE_BUDGET = 45_000

/** Of the entry and of every page, each with the entry. @param dist the built pages */
export async function pageWeights(dist: string): Promise<readonly PageWeight[]> {
  const manifest = JSON.parse(await readFile(join(dist, '.vite/manifest.json'), 'utf8')) as Readonly<Record<string, Chunk>>
  const sizes = new Map<string, number>()
  const sizeOf = async (files: ReadonlySet<string>): Promise<number> => {
    let sum = 0
    for (const file of files) {
      const size = sizes.get(file) ?? gzipSync(await readFile(join(dist, file)), { level: 9 }).length
      sizes.set(file, size)
      sum += size
    }
    return sum
  }
  /** Everything that is loaded with a chunk, without what it loads later. */
  const graph = (key: string, seen: Set<string> = new Set()): Set<string> => {
    if (seen.has(key)) return seen
    seen.add(key)
    for (const one of manifest[key]?.imports ?? []) graph(one, seen)
    return seen
  }
  const weigh = async (key: string): Promise<PageWeight> => {
    let all = graph(key, graph(ENTRY))
    // a page that draws with Mantine is loaded together with its provider
    if ([...all].some((one) => manifest[one]?.name === MANTINE_CORE)) all = graph(MANTINE, all)
    const chunks = [...all].map((one) => manifest[one])
    const page = key.replace('src/pages/', '').replace('.tsx', '')
    return {
      page,
      script: await sizeOf(new Set(chunks.flatMap((chunk) => (chunk?.file.endsWith('.js') === true ? [chunk.file] : [])))),
      style: await sizeOf(new Set(chunks.flatMap((chunk) => chunk?.css ?? []))),
      budget: (BUDGETS[page] ?? FORM_BUDGET) * 1000,
    }
  }
  const pages = Object.keys(manifest).filter((key) => key === ENTRY || key.startsWith('src/pages/'))
  const weights: PageWeight[] = []
  for (const key of pages.toSorted()) weights.push(await weigh(key))
  return weights
}
