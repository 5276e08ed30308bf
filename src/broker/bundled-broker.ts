/** A broker that runs on this machine for us. Disposed, it keeps what must survive and ends. */
export interface BundledBroker extends AsyncDisposable {
  readonly port: number
  /** Resolves with the reason when it ended by itself. */
  readonly ended: Promise<string>
  /** Keeps now what must survive a power cut: retained messages, and what waits for clients that come back. */
  save(): Promise<void>
}
