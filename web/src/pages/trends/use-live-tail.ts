import { useEffect, useState } from 'react'
import type { Reading } from '../../live/store.ts'
import { live, wantTags } from '../../live.ts'
import type { Tail } from './tail.ts'

const NOTHING: Tail = new Map()
/** Of one tag: far more than come until the page asks for the period again. */
const MOST = 2000
/** Faster than that nobody sees a line grow. */
const DRAWN_EVERY_MILLIS = 250

/** Readings of tags as they come, while it is wanted. */
export function useLiveTail(tagIds: readonly number[], wanted: boolean): Tail {
  const [tail, setTail] = useState(NOTHING)
  const key = tagIds.join(',')
  useEffect(() => {
    if (!wanted || key === '') return
    const ids = key.split(',').map(Number)
    const came = new Map<number, Reading[]>(ids.map((id) => [id, []]))
    let timer: ReturnType<typeof setTimeout> | undefined
    const take = (id: number): void => {
      const [reading, list = []] = [live.reading(id), came.get(id)]
      if (reading === undefined || reading.sourceTimestamp <= (list.at(-1)?.sourceTimestamp ?? 0)) return
      list.push(reading)
      if (list.length > MOST) list.shift()
      timer ??= setTimeout(() => {
        timer = undefined
        setTail(new Map([...came].map(([tag, all]) => [tag, [...all]])))
      }, DRAWN_EVERY_MILLIS)
    }
    const ends = [wantTags(ids), ...ids.map((id) => live.onTag(id, () => take(id)))]
    return () => {
      clearTimeout(timer)
      for (const end of ends) end()
      setTail(NOTHING)
    }
  }, [key, wanted])
  return tail
}
