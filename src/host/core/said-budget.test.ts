import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SaidBudget } from './said-budget.ts'

test('a stack comes through, a flood comes as a trickle that says how much is missing', () => {
  const budget = new SaidBudget(0)
  let written = 0
  let withheld = 0
  // a thousand lines a second for a minute
  for (let now = 0; now < 60_000; now++) {
    const said = budget.take('warning', now)
    if (said !== undefined) written++
    withheld += said?.withheld ?? 0
    if (now === 199) assert.equal(written, 200)
  }
  assert.ok(written >= 255 && written <= 260, `${written} lines`)
  const next = budget.take('later', 3_600_000)
  assert.equal(written + withheld + (next?.withheld ?? 0), 60_000)
  assert.equal(budget.take('x'.repeat(100_000), 3_600_000)?.text.length, 4001)
})
