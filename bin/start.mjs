// npm start: installs what is missing, builds the pages, starts everything.
import { join } from 'node:path'
import { ROOT, become, buildPages, guarded, prepare } from './bootstrap.mjs'

await guarded(async () => {
  const node = await prepare()
  await buildPages(node)
  await become(node, [join(ROOT, 'src/main/start.ts')])
})
