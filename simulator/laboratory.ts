import { appendFileSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EQUIPMENT, type ReportingPlan } from './equipment.ts'
import type { Outstation, DeviceFault } from './outstation.ts'

/** An analysis so often, in milliseconds. */
const EVERY = 60_000
const FILES_KEPT = 14
const OURS = /^laboratory-.*\.csv$/
const UNREADABLE = 'laboratory-unreadable.csv'

/**
 * A laboratory whose spreadsheet goes on writing into the file of the day, as it does in the South of Europe: semicolons, decimal commas,
 * day first. Its times are UTC.
 */
export class Laboratory implements Outstation {
  readonly connection = { timeZone: 'UTC', dateFormat: 'dmy', decimal: ',', delimiter: ';' }
  readonly #plan: ReportingPlan
  readonly #folder: string
  #wroteAt = Number.NEGATIVE_INFINITY
  #fault: DeviceFault | null = null

  constructor(plan: ReportingPlan, folder: string) {
    this.#plan = plan
    this.#folder = folder
  }

  update(values: readonly number[], at: number): void {
    if (this.#fault !== null && this.#fault !== 'slow') return
    if (at - this.#wroteAt < EVERY && at >= this.#wroteAt) return
    this.#wroteAt = at
    const time = new Date(at).toISOString()
    const [year, month, day] = time.slice(0, 10).split('-')
    const cells = this.#plan.points.map(({ decimals }, index) => (values[index] ?? 0).toFixed(decimals).replace('.', ','))
    const path = join(this.#folder, `laboratory-${time.slice(0, 10)}.csv`)
    mkdirSync(this.#folder, { recursive: true })
    if (!existsSync(path)) {
      this.#tidy()
      writeFileSync(path, latin1(`Time (UTC);${this.#plan.points.map(({ name }) => name).join(';')}\r\n`))
    }
    appendFileSync(path, latin1(`${day}/${month}/${year} ${time.slice(11, 19)};${cells.join(';')}\r\n`))
  }

  async setFault(fault: DeviceFault | null): Promise<void> {
    this.#fault = fault
    const path = join(this.#folder, UNREADABLE)
    if (fault === 'exception') {
      mkdirSync(this.#folder, { recursive: true })
      writeFileSync(path, latin1('Time (UTC);Free chlorine\r\nnot today;see notebook\r\nbroken;broken\r\n'))
    } else rmSync(path, { force: true })
    // after a fault an analysis comes at once, so that one sees that it is over
    if (fault === null) this.#wroteAt = Number.NEGATIVE_INFINITY
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // files stay; see removeDemoFiles
  }

  #tidy(): void {
    const files = readdirSync(this.#folder).filter((name) => OURS.test(name))
    for (const name of files.toSorted().slice(0, -FILES_KEPT)) rmSync(join(this.#folder, name), { force: true })
  }
}

/**
 * Takes away what the laboratories of the plant have written, and their folders where nothing else lies in them.
 * @returns whether there was anything to take away
 * @throws Error of the file system when the driver puts something there in the same moment
 */
export function removeDemoFiles(rawData: string): boolean {
  let found = false
  for (const { code } of EQUIPMENT.filter((plan) => plan.protocol === 'csv')) {
    const folder = join(rawData, code)
    for (const each of [join(folder, 'processed'), join(folder, 'rejected'), folder]) {
      if (!existsSync(each)) continue
      const names = readdirSync(each)
      const ours = names.filter((name) => OURS.test(name))
      for (const name of ours) rmSync(join(each, name), { force: true })
      const empty = ours.length === names.length
      if (empty) rmdirSync(each)
      found ||= empty || ours.length > 0
    }
  }
  return found
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
