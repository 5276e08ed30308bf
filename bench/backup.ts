// What a backup costs: node bench/backup.ts [MILLION SAMPLES]. Blocks of mixed signals at a second on an embedded server that syncs to disk; another
// process commits 1,000 samples ten times a second meanwhile and tells its slowest commits, before and during the backup.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '#host/clock.ts'
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { takeBackup } from '#keeper/backup.ts'
import { restoreBackup } from '#keeper/restore.ts'
import { writeBulk } from '#store/bulk.ts'
import { SampleGatherer } from '#store/core/sample-gatherer.ts'
import { openDatabase } from '#store/database.ts'
import { dropSamplesBefore } from '#store/drop-samples.ts'
import { SourceJournal } from '#store/journal.ts'
import { migrate } from '#store/migrate.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { machine, quantile } from './machine.ts'
import { signals } from './signals.ts'

const DAY = 86_400
/** With its index: docs/adr/0005-sealed-blocks.md */
const ROW_BYTES = 102
if (process.argv[2] === 'writer') await commit(process.argv[3] ?? '', (process.argv[4] ?? '').split(',').map(Number))
else await measure(Number(process.argv[2] ?? 4))

async function commit(url: string, tagIds: readonly number[]): Promise<void> {
  const db = openDatabase(url, { name: 'writer', max: 2 })
  const { journal, position } = await SourceJournal.open(db, 'bench')
  process.once('disconnect', () => process.exit())
  for (let seq = position.seq + 1; process.connected; seq++) {
    const now = systemClock.now()
    const store = Array.from({ length: 1000 }, (_, index) => ({
      tagId: tagIds[index % tagIds.length] ?? 0,
      sourceTimestamp: now - index,
      value: Math.sin(index),
      quality: 0,
      statusCode: null,
    }))
    const began = performance.now()
    await journal.append({ delivery: { seq, receivedAt: now, readings: [], devices: [] }, store, spoolRecord: seq })
    process.send?.(performance.now() - began)
    await delay(100)
  }
}

async function measure(million: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-'))
  chmodSync(folder, 0o755)
  const server = await startEmbeddedPostgres({ folder: join(folder, 'data') })
  const db = openDatabase(server.url, { name: 'bench', max: 4 })
  await migrate(db)
  const tags = await insertPlainTags(
    db,
    Array.from({ length: 10 }, (_, index) => `T${index}`),
  )
  const kinds = signals.flatMap(([, share, make]) => Array.from({ length: share }, () => make()))
  const valueOf = new Map(tags.map((tagId, index) => [tagId, kinds[index * 2]]))
  const days = Math.max(1, Math.round((million * 1e6) / DAY / tags.length))
  const midnight = Math.floor(systemClock.now() / (DAY * 1e6)) * DAY
  for (let day = 3; day < days + 3; day++) {
    const gatherer = new SampleGatherer()
    for (const tagId of tags)
      for (let second = 0; second < DAY; second++)
        gatherer.add(tagId, (midnight - day * DAY + second) * 1e6, valueOf.get(tagId)?.(second) ?? 0, 0)
    const now = systemClock.now()
    await writeBulk(db, gatherer.take(now), now)
  }
  const samples = (days * tags.length * DAY) / 1e6
  const commits: { readonly at: number; readonly millis: number }[] = []
  const writer = spawn(process.execPath, [import.meta.filename, 'writer', server.url, tags.join(',')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  writer.on('message', (millis: number) => commits.push({ at: performance.now(), millis }))
  await delay(8000)
  const told = (until = Infinity): string => {
    const end = commits.findIndex(({ at }) => at > until)
    const some = commits.splice(0, end < 0 ? commits.length : end).map(({ millis }) => millis)
    return `${some.length} commits, median ${quantile(some, 0.5).toFixed(0)} ms, 95 % ${quantile(some, 0.95).toFixed(0)} ms, slowest ${Math.max(...some).toFixed(0)} ms`
  }
  console.log(`before: ${told()}`)
  const log = { info: () => undefined, warn: () => undefined }
  const work = {
    db,
    clock: systemClock,
    program: 'bench',
    log,
    dataFolder: join(folder, 'data'),
    folder: join(folder, 'data', 'backups'),
    hook: null,
  }
  const report = await takeBackup(work, 'asked')
  console.log(`while it was written: ${told(performance.now() - report.proofSeconds * 1000)}`)
  console.log(`while it was restored and compared: ${told()}`)
  const written = report.seconds - report.proofSeconds
  console.log(
    `backup of ${samples.toFixed(1)} million samples, ${((samples * ROW_BYTES) / 1000).toFixed(1)} GB if they were rows: ${(report.bytes / 1e6).toFixed(1)} MB, written in ${written.toFixed(1)} s, restored and compared in ${report.proofSeconds} s`,
  )
  console.log(`${(report.seconds / samples).toFixed(2)} s a million samples, all together`)
  writer.disconnect()
  const began = performance.now()
  await restoreBackup({ file: report.file, passphrase: null, dataFolder: join(folder, 'second'), databaseUrl: undefined })
  const restoring = (performance.now() - began) / 1000
  console.log(`restore into an empty folder, compared: ${restoring.toFixed(1)} s, ${(restoring / samples).toFixed(2)} s a million`)
  const oldest = (midnight - (days + 1) * DAY) * 1e6
  const dropping = performance.now()
  const dropped = await dropSamplesBefore(db, oldest)
  console.log(`drop of a day (${dropped.samples} samples): ${(performance.now() - dropping).toFixed(0)} ms`)
  console.log(machine())
  await db.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
