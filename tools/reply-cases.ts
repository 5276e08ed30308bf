import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { asError } from '#base/errors.ts'
import { read, type Reading, type Told } from '#notify/core/reply.ts'

/*
 * Reads replies of a file of cases with the product's own reader:
 *
 *     node tools/reply-cases.ts FILE
 *
 * prints what differs and how many pass; exit code 1 when one fails. A case that is not strict also passes when nothing is acknowledged.
 */

interface Case {
  readonly id: string
  readonly open: string
  readonly input: {
    readonly kind: string
    readonly text?: string
    readonly replyTo?: string
    readonly method?: string
    readonly at?: number
  }
  readonly expect: { readonly alarms: readonly number[]; readonly reply?: string }
  readonly strict: boolean
}

interface CaseAlarm {
  readonly id: number
  readonly message: string
  readonly sentSecAgo: number
  readonly ackedBy?: string
  readonly sentTo?: string
}

export interface CaseFile {
  readonly sets: Readonly<Record<string, { readonly alarms: readonly CaseAlarm[] }>>
  readonly cases: readonly Case[]
}

const NOW = 1_800_000_000_000_000
const SECOND = 1_000_000

/** @returns what differs from the expectation; undefined when nothing does */
export function runReplyCase(one: Case, sets: CaseFile['sets']): string | undefined {
  const told = (sets[one.open]?.alarms ?? []).filter((alarm) => alarm.sentTo === undefined).map(toldOf)
  const reading = readCase(one, told)
  const got = reading.kind === 'acknowledge' ? reading.eventIds.toSorted((a, b) => a - b) : []
  const wanted = one.expect.alarms.toSorted((a, b) => a - b)
  if (got.join() === wanted.join() || (!one.strict && got.length === 0)) return undefined
  return `${one.id} ${JSON.stringify(one.input)}: acknowledged [${got.join(', ')}] instead of [${wanted.join(', ')}] (${reading.kind})`
}

function readCase({ input }: Case, told: readonly Told[]): Reading {
  // a link is acted on by POST only; see notify/acknowledge-link.ts
  if (input.kind === 'link') {
    return input.method === 'POST' ? { kind: 'acknowledge', eventIds: told.map((one) => one.eventId) } : { kind: 'ignore' }
  }
  const kind = input.kind === 'button' || input.kind === 'reaction' ? input.kind : 'text'
  return read(
    {
      kind,
      text: input.text ?? '',
      replyTo: input.replyTo ?? null,
      writtenAt: NOW + (input.at ?? 0) * SECOND,
      automatic: ['auto', 'forwarded', 'edited'].includes(input.kind),
    },
    told,
  )
}

function toldOf(alarm: CaseAlarm): Told {
  return {
    eventId: alarm.id,
    displayNumber: alarm.id,
    message: alarm.message,
    sentAt: NOW - alarm.sentSecAgo * SECOND,
    acknowledgedBy: alarm.ackedBy ?? null,
  }
}

function main(file: string | undefined): void {
  if (file === undefined) throw new Error('Give the path of a file of reply cases.')
  const { cases, sets } = JSON.parse(readFileSync(file, 'utf8')) as CaseFile
  const differences = cases.flatMap((one) => runReplyCase(one, sets) ?? [])
  for (const line of differences) console.log(line)
  console.log(`${cases.length - differences.length} of ${cases.length} cases pass`)
  if (differences.length > 0) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    main(process.argv[2])
  } catch (error) {
    console.error(asError(error).message)
    process.exitCode = 2
  }
}
