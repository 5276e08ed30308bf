import { parentPort, workerData } from 'node:worker_threads'
import readXlsxFile from 'read-excel-file/universal'

// The thread of workbook.ts: bytes in, sheets out.
if (parentPort !== null && workerData instanceof Uint8Array) {
  const sheets = await readXlsxFile(new Blob([Uint8Array.from(workerData)]), { trim: false })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- between threads there are no origins
  parentPort.postMessage(sheets)
}
