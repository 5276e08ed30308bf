import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { asError } from '#base/errors.ts'

/** What a query object of the pg driver is told; only these concern COPY. */
interface CopyConnection {
  query(text: string): void
  sendCopyFromChunk(bytes: Buffer): void
  endCopyFrom(): void
  sendCopyFail(reason: string): void
  readonly stream: Duplex
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
 * Sends one whole `copy … from stdin` as its data comes, no faster than the server takes it.
 * @throws a pg DatabaseError when the server refuses the rows, or whatever the data threw
 */
export async function copyInFrom(client: pg.ClientBase, text: string, data: AsyncIterable<Uint8Array>): Promise<void> {
  const done = Promise.withResolvers<void>()
  let failure: Error | undefined
  const ignore = (): void => undefined
  const send = async (connection: CopyConnection): Promise<void> => {
    try {
      for await (const bytes of data) {
        if (failure !== undefined) return
        connection.sendCopyFromChunk(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
        if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain')
      }
      connection.endCopyFrom()
    } catch (error) {
      // what the server says to that is not the cause
      failure ??= asError(error)
      connection.sendCopyFail('the sender gave up')
    }
  }
  client.query({
    submit(connection: CopyConnection) {
      connection.query(text)
    },
    handleCopyInResponse(connection: CopyConnection) {
      void send(connection)
    },
    handleError(error: unknown) {
      failure ??= asError(error)
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
 * @param onBytes while a promise that it gave is not fulfilled, the server is left waiting
 * @throws a pg DatabaseError when the server refuses, or whatever `onBytes` threw first
 */
export async function copyOut(client: pg.ClientBase, text: string, onBytes: (bytes: Uint8Array) => Promise<void> | void): Promise<void> {
  const done = Promise.withResolvers<void>()
  let failure: Error | undefined
  let waiting: Promise<void> | undefined
  const ignore = (): void => undefined
  const fail = (error: unknown): void => void (failure ??= asError(error))
  client.query({
    submit(connection: CopyConnection) {
      connection.query(text)
    },
    handleCopyData({ chunk }: CopyData, { stream }: CopyConnection) {
      if (failure !== undefined) return
      try {
        const taken = onBytes(chunk)
        if (taken === undefined) return
        stream.pause()
        // what had arrived already still comes: it waits for all of it
        const before = waiting
        const all = Promise.all([before, taken]).then(ignore, fail)
        waiting = all
        void all.then(() => (waiting === all ? stream.resume() : undefined))
      } catch (error) {
        fail(error)
      }
    },
    handleError(error: unknown) {
      fail(error)
      done.reject(failure)
    },
    handleReadyForQuery() {
      void Promise.resolve(waiting).then(() => (failure === undefined ? done.resolve() : done.reject(failure)))
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
