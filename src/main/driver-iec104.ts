import { runDriverProcess } from '#ingest/run-driver-process.ts'

await runDriverProcess('iec104')
