import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#base/errors.ts'
import { checkFedBy } from './feeds.ts'

const device = (code: string, fedBy = ''): { code: string; fedBy: string } => ({ code, fedBy })
const refused = (message: RegExp) => (error: unknown) =>
  error instanceof ConfigError && error.field === 'fedBy' && message.test(error.message)

test('a device hangs on one that there is, whatever the case, and never on itself', () => {
  const all = [device('A', 'b'), device('B', 'C'), device('C')]
  for (const one of all) checkFedBy(one, all)
  assert.throws(() => checkFedBy(device('A', 'SWITCH-1'), [device('SWITCH-2')]), refused(/no device SWITCH-1; did you mean SWITCH-2\?/))
  assert.throws(() => checkFedBy(device('A', 'a'), [device('A', 'a')]), refused(/A → A/))
  const circle = [device('A', 'B'), device('B', 'C'), device('C', 'A')]
  assert.throws(() => checkFedBy(device('C', 'A'), circle), refused(/C → A → B → C/))
  // a circle of others is theirs to mend
  checkFedBy(device('D', 'A'), [...circle, device('D', 'A')])
})
