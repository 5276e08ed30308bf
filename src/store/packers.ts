import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { BugError } from '#base/errors.ts'
import type { SampleColumns } from './core/sample-columns.ts'
import { type PackedBlock, packBlock } from './pack-block.ts'

/** Fewer samples than this are packed before a thread has taken them. */
const WORTH_A_THREAD = 10_000
/** What a thread is given at a time: it is never idle for long, and none of them waits for the last one. */
const PORTION = 100_000
const IDLE_MILLIS = 5000

/** One processor is left for the event loop, the others pack. */
const THREADS = Math.max(1, Math.min(4, availableParallelism() - 1))

/** Of the thread. */
export type Answer = { readonly packed: readonly PackedBlock[] } | { readonly problem: string }

interface Task {
  readonly columns: readonly SampleColumns[]
  readonly resolve: (packed: readonly PackedBlock[]) => void
  readonly reject: (error: Error) => void
}

const waiting: Task[] = []
const threads = new Set<Packer>()

/**
 * Packs blocks beside the event loop, each read back and compared; in the order given.
 * @throws BugError when one does not read as it was written
 */
export async function packBlocks(blocks: readonly SampleColumns[]): Promise<readonly PackedBlock[]> {
  if (blocks.reduce((sum, one) => sum + one.times.length, 0) < WORTH_A_THREAD) return blocks.map((one) => packBlock(one))
  const portions = await Promise.all(portionsOf(blocks).map(inThread))
  return portions.flat()
}

function portionsOf(blocks: readonly SampleColumns[]): SampleColumns[][] {
  const portions: SampleColumns[][] = []
  let held = Infinity
  for (const one of blocks) {
    if (held >= PORTION) {
      portions.push([])
      held = 0
    }
    portions.at(-1)?.push(one)
    held += one.times.length
  }
  return portions
}

async function inThread(columns: readonly SampleColumns[]): Promise<readonly PackedBlock[]> {
  return await new Promise((resolve, reject) => {
    waiting.push({ columns, resolve, reject })
    const idle = [...threads].find((one) => !one.busy)
    if (idle !== undefined) idle.next()
    else if (threads.size < THREADS) new Packer().next()
  })
}

/** A thread that packs, as long as there is something to pack. */
class Packer {
  readonly #worker = new Worker(new URL('./pack-thread.ts', import.meta.url))
  #task: Task | undefined
  #idle: NodeJS.Timeout | undefined

  constructor() {
    threads.add(this)
    this.#worker.on('message', (answer: Answer) => this.#done(answer))
    this.#worker.on('error', (error) => this.#gone(error instanceof Error ? error : new BugError(String(error))))
    this.#worker.on('exit', () => this.#gone(new BugError('The thread that packs blocks ended')))
  }

  get busy(): boolean {
    return this.#task !== undefined
  }

  next(): void {
    clearTimeout(this.#idle)
    this.#task = waiting.shift()
    if (this.#task === undefined) {
      this.#worker.unref()
      this.#idle = setTimeout(() => this.#end(), IDLE_MILLIS).unref()
      return
    }
    this.#worker.ref()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- between threads there are no origins
    this.#worker.postMessage(this.#task.columns)
  }

  #done(answer: Answer): void {
    const task = this.#task
    this.next()
    if ('packed' in answer) task?.resolve(answer.packed)
    else task?.reject(new BugError(answer.problem))
  }

  #gone(error: Error): void {
    if (!threads.delete(this)) return
    clearTimeout(this.#idle)
    this.#task?.reject(error)
    this.#task = undefined
    // nobody else may be left to take them
    if (waiting.length > 0 && threads.size === 0) new Packer().next()
  }

  #end(): void {
    threads.delete(this)
    void this.#worker.terminate()
  }
}
