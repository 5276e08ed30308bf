import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { refresher } from './refresher.ts'

/** A list whose answers wait until they are let go; each says what was true when it was asked for. */
function slowList(): {
  state: number
  asked: number
  shown: () => unknown
  refresh: () => Promise<void>
  answer: () => Promise<void>
  end: () => void
} {
  const queries = new QueryClient()
  const waiting: (() => void)[] = []
  const self = { state: 1, asked: 0 }
  const observer = new QueryObserver(queries, {
    queryKey: ['alarms', 'active'],
    queryFn: async () => {
      self.asked += 1
      const read = self.state
      await new Promise<void>((resolve) => waiting.push(resolve))
      return read
    },
  })
  const end = observer.subscribe(() => undefined)
  const refresh = refresher(queries)
  return Object.assign(self, {
    shown: () => observer.getCurrentResult().data,
    refresh: () => refresh(['alarms']),
    answer: async () => {
      waiting.shift()?.()
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
      await new Promise((resolve) => setImmediate(resolve))
    },
    end: () => {
      end()
      queries.clear()
    },
  })
}

test('a change during the first fetch is read after it', async () => {
  const list = slowList()
  list.state = 2
  const done = list.refresh()
  await list.answer()
  await list.answer()
  await done
  assert.deepEqual([list.shown(), list.asked], [2, 2])
  list.end()
})

test('changes that follow one another faster than the list is read: every answer is shown, and the last one is true', async () => {
  const list = slowList()
  await list.answer()
  const calls: Promise<void>[] = []
  for (let change = 2; change <= 40; change++) {
    list.state = change
    calls.push(list.refresh())
    if (change % 10 !== 0) continue
    await list.answer()
    assert.ok(Number(list.shown()) > change - 20, `${String(list.shown())} is shown at ${change}`)
  }
  while (list.shown() !== 40) await list.answer()
  await Promise.all(calls)
  assert.ok(list.asked <= 7, `${list.asked} questions for 40 changes`)
  list.end()
})
