import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageWeights, STYLE_BUDGET } from '../support/page-weight.ts'
import { pagesBuilt } from './pages-built.ts'

const kilo = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

test('no page is heavier than its budget: docs/adr/0010-page-weight.md', async () => {
  const weights = await pageWeights(await pagesBuilt())
  assert.ok(weights.length > 20, `only ${weights.length} pages were found`)
  const heavy = weights.filter(({ script, budget, style }) => script > budget || style > STYLE_BUDGET)
  assert.deepEqual(
    heavy.map(({ page, script, budget, style }) => `${page}: ${kilo(script)} of ${kilo(budget)}, style ${kilo(style)}`),
    [],
    'fetch what only some visits need on demand (widgets/on-demand.tsx)',
  )
})
