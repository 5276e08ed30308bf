// npm run package -- deb|tree: what is installed on a Linux machine or copied into an image; see docs/admin/install-linux.md.
import { join } from 'node:path'
import { ROOT, become, buildPages, guarded, prepare } from './bootstrap.mjs'

await guarded(async () => {
  const node = await prepare()
  await buildPages(node)
  await become(node, [join(ROOT, 'tools/package.ts'), ...process.argv.slice(2)], process.env, process.env.INIT_CWD ?? process.cwd())
})
