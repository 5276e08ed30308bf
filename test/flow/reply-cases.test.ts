import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type CaseFile, ReplyBench } from '../../tools/reply-bench.ts'

const file = new URL('../../src/notify/core/reply-cases.json', import.meta.url)
const { cases, sets } = JSON.parse(readFileSync(file, 'utf8')) as CaseFile

test('every case of five languages, brought as its provider brings it, acknowledges what it must and is answered as it should be', async () => {
  assert.ok(cases.length > 600)
  await using bench = await ReplyBench.start()
  const differences: string[] = []
  for (const one of cases) {
    const { difference, reply } = await bench.say(one, sets)
    if (difference !== undefined) differences.push(difference)
    else if (reply !== (one.expect.reply ?? reply))
      differences.push(`${one.id} ${JSON.stringify(one.input)}: ${reply} instead of ${one.expect.reply}`)
  }
  assert.deepEqual(differences, [])
})

test('a case that expects otherwise fails, so that the runner bites', async () => {
  await using bench = await ReplyBench.start()
  const [first] = cases
  assert.ok(first)
  assert.match((await bench.say({ ...first, expect: { alarms: [] } }, sets)).difference ?? '', /acknowledged \[123\] instead of \[\]/)
  assert.equal((await bench.say({ ...first, open: 'none', strict: false }, sets)).difference, undefined)
})
