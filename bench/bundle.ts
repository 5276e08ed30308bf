import { join } from 'node:path'
import { build } from 'vite'
import { pageWeights } from '../test/support/page-weight.ts'

/** JavaScript and style a browser loads for each page, gzip -9, beside its budget. Exits 1 when a budget is broken. */

const WEB = join(import.meta.dirname, '../web')
await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'error' })

const kilo = (bytes: number): string => (bytes / 1000).toFixed(1).padStart(7)
console.log(`node ${process.version}, kB gzip -9\n`)
console.log(`${'page'.padEnd(40)} script   style  budget`)
for (const { page, script, style, budget } of await pageWeights(join(WEB, 'dist'))) {
  if (script > budget) process.exitCode = 1
  console.log(`${page.padEnd(40)}${kilo(script)} ${kilo(style)} ${kilo(budget)}`)
}
