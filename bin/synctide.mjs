#!/usr/bin/env node
// npm run synctide -- COMMAND: what operators do from the command line.
import { join } from 'node:path'
import { ROOT, become, guarded, prepare } from './bootstrap.mjs'

await guarded(async () => {
  const node = await prepare()
  // paths on the command line are meant from where the person stands
  const from = process.env.INIT_CWD ?? process.cwd()
  await become(
    node,
    [join(ROOT, 'src/main/cli.ts'), ...process.argv.slice(2)],
    { ...process.env, SYNCTIDE_DATA: process.env.SYNCTIDE_DATA ?? join(ROOT, 'data') },
    from,
  )
})
