import { pipeline, Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

/** A file of an archive, piece by piece; less than 4 GB, as all of it together. */
export interface ZipPart {
  readonly path: string
  readonly pieces: AsyncIterable<string> | Iterable<string>
}

interface Written {
  readonly path: Buffer
  readonly offset: number
  readonly crc: number
  readonly packed: number
  readonly size: number
}

// APPNOTE 4.4.4: sizes follow the data (bit 3), names are UTF-8 (bit 11); 4.4.5: deflated; 4.4.6: the first day there is
const [VERSION, FLAGS, DEFLATED, TIME, DATE] = [20, 0x0808, 8, 0, 0x21] as const
const LIMIT = 0xffff_ffff

/**
 * A ZIP archive (PKWARE APPNOTE 6.3) while its parts are being made: only some pieces are in memory, and no more is made than is taken.
 * @throws RangeError for what does not fit into an archive without the extensions for 64 bits
 */
export async function* zipStream(parts: AsyncIterable<ZipPart>): AsyncGenerator<Uint8Array> {
  const written: Written[] = []
  let offset = 0
  for await (const { path, pieces } of parts) {
    const name = Buffer.from(path)
    const start = offset
    const head = localHeader(name)
    yield head
    offset += head.length
    let [crc, size, packed] = [0, 0, 0]
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of pieces) {
        const bytes = Buffer.from(piece)
        crc = crc32(bytes, crc)
        size += bytes.length
        yield bytes
      }
    }
    const deflate = createDeflateRaw()
    // an error of the pieces comes out of the deflated ones
    pipeline(Readable.from(counted()), deflate, () => undefined)
    for await (const bytes of deflate) {
      packed += (bytes as Buffer).length
      yield bytes as Buffer
    }
    const tail = descriptor(crc, packed, size)
    yield tail
    offset += packed + tail.length
    if (size > LIMIT || offset > LIMIT) throw new RangeError(`${path} does not fit into a ZIP archive of 4 GB.`)
    written.push({ path: name, offset: start, crc, packed, size })
  }
  const directory = Buffer.concat(written.map(directoryEntry))
  yield Buffer.concat([directory, endRecord(written.length, directory.length, offset)])
}

/** APPNOTE 4.3.7. */
function localHeader(name: Buffer): Buffer {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  for (const [at, value] of [VERSION, FLAGS, DEFLATED, TIME, DATE].entries()) head.writeUInt16LE(value, 4 + 2 * at)
  head.writeUInt16LE(name.length, 26)
  return Buffer.concat([head, name])
}

/** APPNOTE 4.3.9. */
function descriptor(crc: number, packed: number, size: number): Buffer {
  const bytes = Buffer.alloc(16)
  for (const [at, value] of [0x08074b50, crc, packed, size].entries()) bytes.writeUInt32LE(value, 4 * at)
  return bytes
}

/** APPNOTE 4.3.12. */
function directoryEntry({ path, offset, crc, packed, size }: Written): Buffer {
  const head = Buffer.alloc(46)
  head.writeUInt32LE(0x02014b50, 0)
  for (const [at, value] of [VERSION, VERSION, FLAGS, DEFLATED, TIME, DATE].entries()) head.writeUInt16LE(value, 4 + 2 * at)
  for (const [at, value] of [crc, packed, size].entries()) head.writeUInt32LE(value, 16 + 4 * at)
  head.writeUInt16LE(path.length, 28)
  head.writeUInt32LE(offset, 42)
  return Buffer.concat([head, path])
}

/** APPNOTE 4.3.16. */
function endRecord(count: number, length: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(length, 12)
  end.writeUInt32LE(offset, 16)
  return end
}
