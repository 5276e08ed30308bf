import { parentPort } from 'node:worker_threads'
import { asError } from '#base/errors.ts'
import type { SampleColumns } from './core/sample-columns.ts'
import { type PackedBlock, packBlock } from './pack-block.ts'
import type { Answer } from './packers.ts'

// The thread of packers.ts: columns in, packed blocks out, in the same order.
parentPort?.on('message', (columns: readonly SampleColumns[]) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- between threads there are no origins
  parentPort?.postMessage(answerTo(columns))
})

function answerTo(columns: readonly SampleColumns[]): Answer {
  try {
    return { packed: columns.map((one) => compact(packBlock(one))) }
  } catch (error) {
    return { problem: asError(error).message }
  }
}

/** Out of the large buffers of the compressor, which would be sent along. */
function compact(block: PackedBlock): PackedBlock {
  return { ...block, data: Uint8Array.from(block.data), outline: block.outline === null ? null : Uint8Array.from(block.outline) }
}
