import type pg from 'pg'
import { asError } from '#base/errors.ts'

/** What a query object of the pg driver is told; only these concern COPY. */
interface CopyConnection {
  query(text: string): void
  sendCopyFromChunk(bytes: Buffer): void
  endCopyFrom(): void
}

/** Of a message with a piece of what the server copies out. */
interface CopyData {
  readonly chunk: Uint8Array
}

/**
 * Sends one whole `copy … from stdin` in a single message.
 * @param text the statement
 * @param bytes all of its data, in the format that the statement names
 * @throws a pg DatabaseError when the server refuses the rows
 */
export async function copyIn(client: pg.ClientBase, text: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const done = Promise.withResolvers<void>()
  let failure: Error | undefined
  const ignore = (): void => undefined
  client.query({
    submit(connection: CopyConnection) {
      connection.query(text)
    },
    handleCopyInResponse(connection: CopyConnection) {
      connection.sendCopyFromChunk(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      connection.endCopyFrom()
    },
    handleError(error: unknown) {
      failure = asError(error)
      // a broken connection never becomes ready for a query again
      done.reject(failure)
    },
    handleReadyForQuery() {
      if (failure === undefined) done.resolve()
    },
    handleRowDescription: ignore,
    handleDataRow: ignore,
    handlePortalSuspended: ignore,
    handleCommandComplete: ignore,
    handleEmptyQuery: ignore,
    handleCopyData: ignore,
  } as unknown as pg.Submittable)
  await done.promise
}

/**
 * Runs one `copy … to stdout` and hands on the pieces as they come, cut anywhere.
 * @throws a pg DatabaseError when the server refuses, or whatever `onBytes` threw first
 */
export async function copyOut(client: pg.ClientBase, text: string, onBytes: (bytes: Uint8Array) => void): Promise<void> {
  const done = Promise.withResolvers<void>()
  let failure: Error | undefined
  const ignore = (): void => undefined
  client.query({
    submit(connection: CopyConnection) {
      connection.query(text)
    },
    handleCopyData({ chunk }: CopyData) {
      if (failure !== undefined) return
      try {
        onBytes(chunk)
      } catch (error) {
        failure = asError(error)
      }
    },
    handleError(error: unknown) {
      failure = asError(error)
      done.reject(failure)
    },
    handleReadyForQuery() {
      if (failure === undefined) done.resolve()
      else done.reject(failure)
    },
    handleCopyOutResponse: ignore,
    handleRowDescription: ignore,
    handleDataRow: ignore,
    handlePortalSuspended: ignore,
    handleCommandComplete: ignore,
    handleEmptyQuery: ignore,
  } as unknown as pg.Submittable)
  await done.promise
}
