import type { BrowseNode, BrowsePage, BrowseRequest, DevicePlan, SessionContext } from '../driver.ts'
import { Zone } from '#calc/zone.ts'
import type { CsvConfig, CsvPoint } from './config.ts'
import { ColumnFinder, type FoundColumn } from './core/column-finder.ts'
import { Splitter } from './core/splitter.ts'
import { listFiles } from './folder-files.ts'
import { structureOf } from './structure-of.ts'
import { Ledger } from './ledger.ts'
import { openPlace, placeOf, type Roots } from './place.ts'
import { BLOCK, readHead, SourceFile } from './source-file.ts'

/** Columns come and go: those of so many newest files are offered. */
const FILES = 5

/**
 * The columns of the newest files with their last values: one flat level.
 * @throws DriverError when the folder cannot be read, ConfigError when it must not be
 */
export async function browseColumns(
  plan: DevicePlan<CsvConfig, CsvPoint>,
  request: BrowseRequest,
  context: SessionContext,
  roots: Roots,
): Promise<BrowsePage> {
  const folder = await openPlace(placeOf(plan.config.folder, plan.device.code, roots), roots)
  const files = await listFiles(folder, plan.config.files, context.clock)
  const found = new Map<string, BrowseNode>()
  for (const { name } of files.slice(0, FILES)) {
    for (const column of await columnsOf(folder, name, plan.config, context)) {
      if (!found.has(column.name)) found.set(column.name, nodeOf(column, name))
    }
  }
  const search = request.search?.toLowerCase() ?? ''
  const nodes = [...found.values()].filter((node) => node.name.toLowerCase().includes(search))
  const from = Number(request.cursor ?? 0)
  const until = from + request.limit
  return { nodes: nodes.slice(from, until), cursor: until < nodes.length ? String(until) : null }
}

/** Of the beginning and the end of a file; none where it cannot be read, which Test Connection and the preview explain. */
async function columnsOf(folder: string, name: string, config: CsvConfig, context: SessionContext): Promise<FoundColumn[]> {
  await using file = await SourceFile.open(folder, name)
  const head = await file.head(config.fixedEncoding, true)
  const structure = await structureOf(file, head, { config, context, ledger: new Ledger(context) })
  if (structure.kind === 'empty' || structure.kind === 'unreadable') return []
  const { layout } = structure
  const finder = new ColumnFinder(layout, new Zone(config.zone), context.clock.now())
  new Splitter(layout.delimiter).split(head.text, true, (row) => finder.see(row))
  if (file.filled > BLOCK) {
    // an even place is the beginning of a character in UTF-16 too
    const from = Math.floor((file.filled - BLOCK) / 2) * 2
    const { text } = readHead(await file.read(from, file.filled - from), head.encoding === 'utf-8' ? 'windows-1252' : head.encoding, true)
    const whole = text.slice(text.indexOf('\n') + 1)
    new Splitter(layout.delimiter, layout.headLines + 1).split(whole, true, (row) => finder.see(row))
  }
  return finder.columns()
}

function nodeOf(column: FoundColumn, file: string): BrowseNode {
  const { name, unit, kind, value, instant } = column
  const plain = name.replace(/\s*[[(][^[\]()]{1,12}[\])]$/, '')
  return {
    key: name,
    name,
    path: name,
    hasChildren: false,
    type: kind,
    description: `Column of ${file}`,
    value,
    good: value !== null,
    status: value === null ? 'No value' : '',
    sourceTimestamp: instant,
    tag: { name: (plain === '' ? name : plain).replaceAll(/[{}$]/g, ' ').trim().slice(0, 200), address: name, settings: {}, kind, unit },
  }
}
