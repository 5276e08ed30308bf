import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readCase, replyClass, runReplyCase, type CaseFile } from '../../../tools/reply-cases.ts'

const { cases, sets } = JSON.parse(readFileSync(join(import.meta.dirname, 'reply-cases.json'), 'utf8')) as CaseFile
/** Who may not, or comes too late, is not answered here: the shells around the reader say so. */
const SAID_ELSEWHERE = new Set(['unauthorised', 'expired'])

test('every case of five languages acknowledges what it must and nothing else', () => {
  assert.ok(cases.length > 500)
  assert.deepEqual(
    cases.flatMap((one) => runReplyCase(one, sets) ?? []),
    [],
  )
})

test('and is answered as it should be', () => {
  const differing = cases
    .filter((one) => one.input.kind !== 'link' && !SAID_ELSEWHERE.has(one.expect.reply ?? ''))
    .map((one) => [one.id, one.input.text, one.expect.reply, replyClass(readCase(one, sets[one.open]?.alarms ?? []))])
    .filter(([, , wanted, got]) => wanted !== got)
  assert.deepEqual(differing, [])
})

test('a case that expects otherwise fails, so that the runner bites', () => {
  const [first] = cases
  assert.ok(first)
  assert.match(runReplyCase({ ...first, expect: { alarms: [] } }, sets) ?? '', /acknowledged \[123\] instead of \[\]/)
  assert.equal(runReplyCase({ ...first, open: 'none', strict: false }, sets), undefined)
})
