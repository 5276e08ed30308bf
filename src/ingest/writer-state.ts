/** How the writer is doing, for the status of the process and for benchmarks. */
export interface WriterState {
  readonly committedSamples: number
  readonly committedSeq: number
  /** Records not yet in the database. */
  readonly backlog: number
  readonly databaseAway: boolean
  /** Sources that wait for our acknowledgement are being held back. */
  readonly backPressure: boolean
}
