import { execFile } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'csv-parse'
import { parse as parseAtOnce } from 'csv-parse/sync'
import { Splitter } from '#drivers/csv/core/splitter.ts'
import { createDriver } from '#drivers/csv/driver.ts'
import { csvPlan } from '../test/support/csv-folder.ts'
import { recordedContext } from '../test/support/session-context.ts'
import { machine, option, quantile } from './machine.ts'

// Rows a second and core of the splitter beside csv-parse and python's csv module (written in C), of the whole way from the file to
// samples, memory at a large file, and what 50 folders of 200 files cost while nothing happens.
const rows = option('rows', 500_000)
const rounds = option('rounds', 5)
const megabytes = option('megabytes', 300)
const idleSeconds = option('idle', 20)
const run = promisify(execFile)
const root = realpathSync(mkdtempSync(join(tmpdir(), 'synctide-bench-csv-')))
const roots = { rawData: join(root, 'raw_data'), allowed: [] }

const PYTHON = `import csv, sys, time
started = time.process_time()
rows = 0
with open(sys.argv[1], newline='', encoding='utf-8') as file:
    for row in csv.reader(file, delimiter=';'):
        rows += 1
print(rows / (time.process_time() - started))`

function lineOf(index: number): string {
  const at = new Date(Date.UTC(2026, 0, 1) + index * 20).toISOString()
  return `${at.slice(0, 10)} ${at.slice(11, 23)};${String((index % 4096) / 8).replace('.', ',')};${index % 77},5;"pump; ${index % 9}"\n`
}

function writeRows(path: string, enough: (count: number, bytes: number) => boolean): number {
  const file = openSync(path, 'w')
  let count = 0
  let bytes = writeSync(file, 'Time;Flow;Level;Note\n')
  while (!enough(count, bytes)) {
    let block = ''
    for (const end = count + 10_000; count < end; count++) block += lineOf(count)
    bytes += writeSync(file, block)
  }
  closeSync(file)
  return count
}

/** Rows a second of processor time, every field cut out. @param work tells how many rows it read */
async function pace(work: () => Promise<number> | number): Promise<number> {
  const started = process.cpuUsage()
  const count = await work()
  const { user, system } = process.cpuUsage(started)
  return (count * 1_000_000) / (user + system)
}

function split(content: Buffer): number {
  const splitter = new Splitter(';')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let count = 0
  let characters = 0
  for (let at = 0; at < content.length; at += 262_144) {
    const text = rest + decoder.decode(content.subarray(at, at + 262_144), { stream: true })
    const used = splitter.split(text, false, (row) => {
      count++
      for (let field = 0; field < row.count; field++) characters += row.field(field).length
    })
    rest = text.slice(used)
  }
  if (characters === 0) throw new Error('nothing was split')
  return count
}

const million = (figure: number): string => (figure / 1e6).toFixed(2)
const lengthOf = (fields: readonly string[]): number => fields.reduce((length, field) => length + field.length, 0)

/** csv-parse in its two fastest uses, at once and as a stream. */
const peers = {
  'at once': (content: Buffer): number => {
    let characters = 0
    const records: string[][] = parseAtOnce(content, { delimiter: ';' })
    for (const record of records) characters += lengthOf(record)
    if (characters === 0) throw new Error('nothing was split')
    return records.length
  },
  'as a stream': async (content: Buffer): Promise<number> => {
    let count = 0
    let characters = 0
    const parser = parse({ delimiter: ';' })
    parser.on('data', (record: string[]) => {
      count++
      characters += lengthOf(record)
    })
    parser.end(content)
    await once(parser, 'end')
    if (characters === 0) throw new Error('nothing was split')
    return count
  },
}

/** The file of a folder, from the disk to samples with their ledger. */
async function read(
  folder: string,
  samplesExpected: number,
): Promise<{ seconds: number; processorSeconds: number; peakMegabytes: number }> {
  let samples = 0
  let peak = 0
  const done = Promise.withResolvers<void>()
  const context = recordedContext({
    emit: (given) => {
      samples += given.length
      peak = Math.max(peak, process.memoryUsage.rss())
      if (samples >= samplesExpected) done.resolve()
    },
  })
  const plan = csvPlan({ folder, timeZone: 'Europe/Lisbon' }, ['Flow', 'Level'])
  const started = performance.now()
  const processor = process.cpuUsage()
  await using _ = await createDriver(() => roots).connect(plan, context)
  await done.promise
  const { user, system } = process.cpuUsage(processor)
  return { seconds: (performance.now() - started) / 1000, processorSeconds: (user + system) / 1e6, peakMegabytes: peak / 2 ** 20 }
}

async function idle(): Promise<void> {
  const text = 'Time;Flow\n2026-01-01 00:00;1\n'
  const folders = Array.from({ length: 50 }, (_, i) => join(roots.rawData, `idle-${i}`))
  for (const folder of folders) {
    mkdirSync(folder)
    for (let i = 0; i < 200; i++) writeFileSync(join(folder, `${i}.csv`), text.replace(';1\n', `;${i}\n`))
  }
  const before = process.memoryUsage.rss()
  await using open = new AsyncDisposableStack()
  const driver = createDriver(() => roots)
  const files = recordedContext()
  for (const folder of folders) {
    open.use(
      await driver.connect(csvPlan({ folder, scanSeconds: 2 }, ['Flow']), {
        ...recordedContext(),
        count: (name, by) => files.count(name, by),
      }),
    )
  }
  await files.until(() => files.counts.get('files_read') === 10_000, 'all files', 120_000)
  await pause(60_000)
  const started = process.cpuUsage()
  await pause(idleSeconds * 1000)
  const { user, system } = process.cpuUsage(started)
  const share = ((user + system) / 1e6 / idleSeconds) * 100
  const growth = (process.memoryUsage.rss() - before) / 2 ** 20
  console.log(`50 folders x 200 files, looked at each 2 s: ${share.toFixed(2)} % of a core, ${growth.toFixed(0)} MB`)
}

async function pause(millis: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, millis))
}

try {
  console.log(machine())
  const folder = join(roots.rawData, 'rows')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'rows.csv')
  const count = writeRows(path, (written) => written >= rows)
  const content = readFileSync(path)
  const beside = { 'csv-parse': [] as number[], python: [] as number[] }
  for (let round = 1; round <= rounds; round++) {
    const ours = await pace(() => split(content))
    const atOnce = await pace(() => peers['at once'](content))
    const again = await pace(() => split(content))
    const streamed = await pace(async () => await peers['as a stream'](content))
    const python = Number((await run('/usr/bin/python3', ['-c', PYTHON, path])).stdout)
    const own = (ours + again) / 2
    beside['csv-parse'].push(own / Math.max(atOnce, streamed))
    beside.python.push(own / python)
    console.log(
      `round ${round}, M rows/s of a core: splitter ${million(own)}, csv-parse ${million(atOnce)} at once and ${million(streamed)} as a stream, python csv ${million(python)}`,
    )
  }
  for (const [peer, ratios] of Object.entries(beside)) {
    console.log(`beside ${peer}, its fastest: median ${quantile(ratios, 0.5).toFixed(2)}, lowest ${Math.min(...ratios).toFixed(2)}`)
  }
  const whole = await read(folder, count * 2)
  console.log(
    `file to samples (hash, survey, reading; 2 tags): ${(count / whole.processorSeconds / 1e6).toFixed(2)} M rows/s of a core, ${((count * 2) / whole.processorSeconds / 1e6).toFixed(2)} M samples/s`,
  )
  rmSync(path)
  const large = join(roots.rawData, 'large')
  mkdirSync(large)
  const many = writeRows(join(large, 'large.csv'), (_, bytes) => bytes >= megabytes * 2 ** 20)
  const { size } = statSync(join(large, 'large.csv'))
  const big = await read(large, many * 2)
  console.log(`${(size / 2 ** 20).toFixed(0)} MB in ${big.seconds.toFixed(0)} s, peak ${big.peakMegabytes.toFixed(0)} MB`)
  rmSync(join(large, 'large.csv'))
  await idle()
} finally {
  rmSync(root, { recursive: true, force: true })
}
