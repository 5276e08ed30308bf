import { setTimeout as delay } from 'node:timers/promises'
import type { Millis } from '#base/time.ts'
import { openDatabase } from '#store/database.ts'
import { createRequest, readRequest } from '#store/requests.ts'
import { EXIT } from './command.ts'

/**
 * Asks a process and waits for its answer.
 * @returns exit code, and what went wrong when it is not 0
 */
export async function ask(
  databaseUrl: string,
  request: { kind: string; target: string; body: Readonly<Record<string, unknown>> },
  patience: Millis,
): Promise<{ readonly code: number; readonly problem: string | null }> {
  const db = openDatabase(databaseUrl, { name: 'cli', max: 1 })
  try {
    const id = await createRequest(db, request, patience / 1000)
    const deadline = performance.now() + patience
    for (;;) {
      const answer = await readRequest(db, id)
      if (answer?.state === 'done') return { code: EXIT.ok, problem: null }
      if (answer === undefined || answer.state === 'failed' || performance.now() > deadline) {
        const problem = (answer?.result as { problem?: string } | null)?.problem
        return {
          code: answer?.state === 'failed' ? EXIT.failed : EXIT.notRunning,
          problem: problem ?? `${request.target} does not answer.`,
        }
      }
      await delay(100)
    }
  } finally {
    await db.close()
  }
}
