import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Attempts } from '#api/core/attempts.ts'
import { LiveFeed } from '#api/live-feed.ts'
import { type Listening, listenForPeople } from '#api/listen.ts'
import { handlers } from '#api/routes/all.ts'
import { createServer } from '#api/server.ts'
import { Stream } from '#api/stream.ts'
import { readBootstrapConfig } from '#host/config.ts'
import { aborted, runProcess } from '#host/process.ts'
import { programVersion } from '#host/program-version.ts'
import { readRunFile, writeRunFile } from '#host/run-file.ts'
import { openKey } from '#host/secrets.ts'
import { openDatabase } from '#store/database.ts'
import { startBeating } from '#store/processes.ts'

/** What people ask for takes a second; a question that takes this long would only hold up the others. */
const STATEMENT_MILLIS = 120_000

await runProcess('api', async ({ name, dataFolder, databaseUrl, log, clock, signal }) => {
  const db = openDatabase(databaseUrl, { name, max: 8, statementMillis: STATEMENT_MILLIS })
  const pages = join(import.meta.dirname, '../../web/dist')
  try {
    await using feed = new LiveFeed(db, log, clock)
    const server = await createServer({
      services: { db, dataFolder, clock, log, feed, key: openKey(dataFolder), version: programVersion(), attempts: new Attempts() },
      handlers,
      ...(existsSync(pages) ? { pages } : {}),
      docs: process.env['NODE_ENV'] !== 'production',
    })
    await using stream = new Stream(server.server, { db, feed, log, clock })
    await using beating = startBeating(db, name, clock.now(), () => ({ tabs: stream.clients }))
    await feed.start()
    const { port, instead } = await listenForPeople(server, readBootstrapConfig(process.env).httpPort, addressBefore(dataFolder))
    writeRunFile(dataFolder, 'api', { port, instead, pid: process.pid })
    log.info('api.listening', { port, instead })
    await aborted(signal)
    await beating[Symbol.asyncDispose]()
    await stream[Symbol.asyncDispose]()
    await server.close()
  } finally {
    await db.close()
  }
})

/** Left by the process that this one takes the place of; the supervisor removes it when everything starts anew. */
function addressBefore(dataFolder: string): Listening | undefined {
  try {
    const { port, instead } = readRunFile(dataFolder, 'api')
    return typeof port === 'number' ? { port, instead: typeof instead === 'string' ? instead : null } : undefined
  } catch {
    return undefined
  }
}
