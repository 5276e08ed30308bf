/** A file that is sent while it is made. */
export class Download {
  readonly name: string
  readonly type: string
  readonly pieces: AsyncIterable<string | Uint8Array>

  constructor(name: string, type: string, pieces: AsyncIterable<string | Uint8Array>) {
    this.name = name
    this.type = type
    this.pieces = pieces
  }
}
