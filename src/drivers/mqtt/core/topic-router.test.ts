import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '#base/errors.ts'
import { checkFilter } from './topic.ts'
import { TopicRouter } from './topic-router.ts'

/** The text of MQTT 4.7 word by word, slow and obvious. */
function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/')
  const given = topic.split('/')
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false
  for (let level = 0; level < wanted.length; level++) {
    if (wanted[level] === '#') return given.length >= level
    if (level >= given.length) return false
    if (wanted[level] !== '+' && wanted[level] !== given[level]) return false
  }
  return wanted.length === given.length
}

/** Level by level: written before `+`, before `#`; a filter that ends where the topic ends is before one that goes on with `#`. */
function moreSpecific(a: string, b: string): boolean {
  const rank = (level: string | undefined): number => (level === undefined ? 3 : level === '#' ? 0 : level === '+' ? 1 : 2)
  const left = a.split('/')
  const right = b.split('/')
  for (let level = 0; level < Math.max(left.length, right.length); level++) {
    const difference = rank(left[level]) - rank(right[level])
    if (difference !== 0) return difference > 0
  }
  return false
}

const level = fc.constantFrom('a', 'b', '', '$SYS')
const topic = fc
  .array(level, { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join('/'))
  .filter((text) => text !== '')
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, open]) => [...levels, ...(open ? ['#'] : [])].join('/'))
  .filter((text) => text !== '')

test('the router finds what the naive matcher finds, after additions and removals', () => {
  fc.assert(
    fc.property(
      fc.array(filter, { maxLength: 12 }),
      fc.array(fc.nat(11), { maxLength: 6 }),
      fc.array(topic, { minLength: 1, maxLength: 8 }),
      (filters, gone, topics) => {
        const router = new TopicRouter<number>()
        filters.forEach((text, index) => router.add(text, index))
        const removed = new Set(gone)
        for (const index of removed) if (filters[index] !== undefined) router.remove(filters[index], index)
        const left = filters.map((text, index) => ({ text, index })).filter(({ index }) => !removed.has(index))
        for (const one of topics) {
          const matching = left.filter(({ text }) => matches(text, one))
          const best = matching.filter(({ text }) => !matching.some((other) => moreSpecific(other.text, text)))
          assert.deepEqual(
            [...router.match(one)].sort((x, y) => x - y),
            best.map(({ index }) => index),
            `${one} among ${JSON.stringify(left)}`,
          )
        }
      },
    ),
    { numRuns: 2000 },
  )
})

test('the examples of MQTT 4.7', () => {
  const router = new TopicRouter<string>()
  for (const text of ['sport/tennis/player1/#', 'sport/#', '+/tennis/#', '/finance', '$SYS/#', '#']) router.add(text, text)
  assert.deepEqual(router.match('sport/tennis/player1'), ['sport/tennis/player1/#'])
  assert.deepEqual(router.match('sport/tennis/player1/score/wimbledon'), ['sport/tennis/player1/#'])
  assert.deepEqual(router.match('sport'), ['sport/#'])
  assert.deepEqual(router.match('chess/tennis'), ['+/tennis/#'])
  assert.deepEqual(router.match('/finance'), ['/finance'])
  assert.deepEqual(router.match('$SYS/monitor/Clients'), ['$SYS/#'])
  assert.deepEqual(router.match('$other'), [])
  assert.deepEqual(router.match('anything'), ['#'])
})

test('a filter that is none is refused with its place', () => {
  for (const bad of ['', 'a/b+/c', 'a/#/b', 'a#', 'a\0b']) {
    assert.throws(
      () => checkFilter(bad, 'address'),
      (error) => error instanceof ConfigError && error.field === 'address',
      bad,
    )
  }
  for (const good of ['#', '+', 'a/+/b/#', '/', '//a', '+/+']) checkFilter(good, 'address')
})
