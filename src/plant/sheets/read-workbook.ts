import { parentPort, workerData } from 'node:worker_threads'
import readXlsxFile from 'read-excel-file/universal'

// The thread of workbook.ts: bytes in, sheets out.
if (parentPort !== null && workerData instanceof Uint8Array) {
  parentPort.postMessage(await readXlsxFile(new Blob([Uint8Array.from(workerData)]), { trim: false }))
}
