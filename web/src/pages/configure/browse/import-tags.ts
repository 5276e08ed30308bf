import { ApiError } from '../../../api/client.ts'
import type { CallInput } from '../../../api/client.ts'

export type NewTag = CallInput<'POST /api/devices/:id/tags'>['body']['tags'][number]

export interface ImportResult {
  readonly added: number
  /** Those that the server refused, each with the reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[]
  /** Why it ended before the last; null when it did not. */
  readonly stopped: unknown
}

const AT_ONCE = 1000
const MOST_REFUSED = 100

/**
 * Adds many tags in portions. One that is refused does not keep the others out: it is set aside and its portion is tried again.
 * @param add adds a portion, all or none; its refusal names `tags[n].field`
 */
export async function importTags(
  tags: readonly NewTag[],
  add: (tags: readonly NewTag[]) => Promise<unknown>,
  onProgress: (done: number) => void = () => undefined,
): Promise<ImportResult> {
  const refused: { name: string; reason: string }[] = []
  let added = 0
  for (let start = 0; start < tags.length; start += AT_ONCE) {
    let portion = tags.slice(start, start + AT_ONCE)
    while (portion.length > 0) {
      try {
        await add(portion)
        added += portion.length
        break
      } catch (error) {
        const bad = refusedIndex(error)
        const tag = bad === null ? undefined : portion[bad]
        if (tag === undefined || refused.length >= MOST_REFUSED) return { added, refused, stopped: error }
        refused.push({ name: tag.name, reason: reasonOf(error) })
        portion = portion.filter((one) => one !== tag)
      }
    }
    onProgress(Math.min(tags.length, start + AT_ONCE))
  }
  return { added, refused, stopped: null }
}

function refusedIndex(error: unknown): number | null {
  if (!(error instanceof ApiError)) return null
  const [, index] = /^tags(?:\[|\.)(\d+)/.exec(error.field) ?? []
  return index === undefined ? null : Number(index)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) return ''
  return error.remedy === null ? error.message : `${error.message} ${error.remedy}`
}
