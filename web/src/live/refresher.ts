import type { QueryClient, QueryKey } from '@tanstack/react-query'

export type Refresh = (queryKey: QueryKey) => Promise<void>

/**
 * Reads again what is shown below a key. A fetch that is under way may have read before the change: it is let through and followed by one more,
 * for however many changes came meanwhile. It is never cut off, or a slow link would show nothing at all while one change follows the other.
 * @returns what resolves when everything shown has been read after the call
 */
export function refresher(queries: QueryClient): Refresh {
  const rounds = new Map<string, { readonly now: Promise<void>; next?: Promise<void> }>()

  const begin = (name: string, queryKey: QueryKey): Promise<void> => {
    const now = round(queries, queryKey).finally(() => {
      if (rounds.get(name)?.now === now) rounds.delete(name)
    })
    rounds.set(name, { now })
    return now
  }
  return async (queryKey) => {
    const name = JSON.stringify(queryKey)
    const running = rounds.get(name)
    if (running === undefined) return await begin(name, queryKey)
    running.next ??= running.now.then(() => begin(name, queryKey))
    return await running.next
  }
}

async function round(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  const early = queries.isFetching({ queryKey }) > 0
  await queries.invalidateQueries({ queryKey }, { cancelRefetch: false })
  if (early) await queries.invalidateQueries({ queryKey }, { cancelRefetch: false })
}
