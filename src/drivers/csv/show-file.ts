import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import type { DevicePlan, SessionContext } from '../driver.ts'
import type { CsvConfig, CsvPoint } from './config.ts'
import { preview, type Preview } from './core/preview.ts'
import { sniff } from './core/sniff.ts'
import { Splitter } from './core/splitter.ts'
import { settle } from './core/structure.ts'
import { OrderProof } from './core/time-text.ts'
import { listFiles, namedFile, type ListedFile } from './folder-files.ts'
import { structureOf } from './structure-of.ts'
import { Ledger } from './ledger.ts'
import { lookedThroughText, lookThrough, type LookedThrough } from './look-through.ts'
import { openPlace, placeOf, type Roots } from './place.ts'
import { BLOCK, SourceFile, type Head } from './source-file.ts'

type Plan = DevicePlan<CsvConfig, CsvPoint>

const MOST_TEXT = 1_000_000
const MOST_PROBLEMS = 40

/** Of the action `preview`: a pasted sample, or the name of a file in the folder; neither takes the newest. */
const previewBody = z.strictObject({ text: z.string().max(MOST_TEXT).optional(), file: z.string().max(255).optional() })

/**
 * What the settings in the form make of a sample or a file, before anything is saved.
 * @throws ConfigError, DriverError
 */
export async function previewAction(
  plan: Plan,
  body: unknown,
  context: SessionContext,
  roots: Roots,
): Promise<Preview & { readonly file: string | null; readonly files: readonly string[] }> {
  const parsed = previewBody.safeParse(body ?? {})
  if (!parsed.success) throw new ConfigError('body', 'Give a text or the name of a file', { cause: parsed.error })
  const { text, file } = parsed.data
  if (text !== undefined) return { ...previewText(plan, text, context), file: null, files: [] }
  const folder = await openPlace(placeOf(plan.config.folder, plan.device.code, roots), roots)
  const files = await listFiles(folder, plan.config.files, context.clock)
  const chosen = file === undefined ? files[0] : await namedFile(folder, file)
  const names = files.slice(0, 50).map(({ name }) => name)
  if (chosen === undefined) {
    throw new ConfigError('file', `There is no file in ${folder} yet`, { remedy: 'Drop one in, or paste a few rows of it.' })
  }
  const { shown, looked } = await previewFile(plan, folder, chosen, context)
  const told = looked === null || looked.bytes <= BLOCK ? [] : [`${chosen.name}: ${lookedThroughText(looked)}`]
  const known = new Set(shown.problems.map(({ line }) => line))
  const later = (looked?.problems ?? []).filter(({ line }) => !known.has(line))
  const problems = [...shown.problems, ...later].slice(0, MOST_PROBLEMS)
  return { ...shown, problems, warnings: [...shown.warnings, ...told], file: chosen.name, files: names }
}

/**
 * The same of one file, all of whose dates are looked at, and its rows for as long as people wait.
 * @returns looked null where nothing is known of its rows
 * @throws Error of the file system
 */
export async function previewFile(
  plan: Plan,
  folder: string,
  { name }: ListedFile,
  context: SessionContext,
): Promise<{ readonly shown: Preview; readonly looked: LookedThrough | null }> {
  await using file = await SourceFile.open(folder, name)
  const head = await file.head(plan.config.fixedEncoding, true)
  const isHollow = file.filled === 0 && file.size > 0
  const structure = isHollow ? HOLLOW : await structureOf(file, head, { config: plan.config, context, ledger: new Ledger(context) })
  const shown = show(plan, head, structure, context)
  const looked = structure.kind === 'known' ? await lookThrough(file, head, structure.layout, plan, shown.columns, context) : null
  return { shown, looked }
}

/** The reader waits for it without a word, since a slow copy looks like this for as long as it takes. */
const HOLLOW = {
  kind: 'unreadable',
  problem: 'It has its size, but no content: NUL bytes only',
  remedy: 'It is still being copied, or the copy failed: wait, or copy it again.',
} as const

function previewText(plan: Plan, text: string, context: SessionContext): Preview {
  const sniffed = sniff(text, plan.config.wishes)
  const proof = new OrderProof()
  if (sniffed.kind === 'known') {
    const { delimiter, headLines, timeColumn } = sniffed.layout
    new Splitter(delimiter).split(text, true, (row) => void (row.line > headLines && proof.see(row.field(timeColumn).trim())))
  }
  const structure = settle(sniffed, proof, new Ledger(context).dateOrder)
  return show(plan, { text, encoding: 'utf-8', markBytes: 0, complete: true }, structure, context)
}

function show(plan: Plan, head: Head, structure: Parameters<typeof preview>[2], context: SessionContext): Preview {
  const tags = plan.points.map(({ tag, point }) => ({ name: tag.name, column: point.column }))
  return preview(head.text, head.encoding, structure, plan.config.zone, tags, context.clock.now())
}
