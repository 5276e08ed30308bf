import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FrameDirection } from '#drivers/driver.ts'

export interface Packet {
  /** `sent` by us, the client. */
  readonly direction: FrameDirection
  readonly bytes: Uint8Array
}

/**
 * Lets Debian's tshark dissect what went over a TCP connection, one segment a packet; no capture rights are needed, because the capture
 * file is written here.
 * @returns for each packet the values of each field, as tshark prints them
 */
export async function tshark(packets: readonly Packet[], port: number, fields: readonly string[]): Promise<string[][][]> {
  const folder = await mkdtemp(join(tmpdir(), 'synctide-tshark-'))
  try {
    const file = join(folder, 'capture.pcap')
    await writeFile(file, captureOf(packets, port))
    const args = ['-r', file, '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E', 'aggregator=|']
    const { stdout } = await promisify(execFile)('tshark', [...args, ...fields.flatMap((field) => ['-e', field])], { maxBuffer: 2 ** 26 })
    return stdout
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t').map((values) => (values === '' ? [] : values.split('|'))))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The classic format of libpcap, raw IPv4 (link type 101). */
function captureOf(packets: readonly Packet[], port: number): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65535, 16)
  header.writeUInt32LE(101, 20)
  const sequence = { sent: 1, received: 1 }
  const records = packets.map(({ direction, bytes }, nth) => {
    const other = direction === 'sent' ? 'received' : 'sent'
    const packet = Buffer.alloc(40 + bytes.length)
    packet.writeUInt16BE(0x4500, 0)
    packet.writeUInt16BE(packet.length, 2)
    packet.writeUInt16BE(0x4006, 8)
    packet.writeUInt32BE(0x7f000001, 12)
    packet.writeUInt32BE(0x7f000001, 16)
    packet.writeUInt16BE(direction === 'sent' ? 50_000 : port, 20)
    packet.writeUInt16BE(direction === 'sent' ? port : 50_000, 22)
    packet.writeUInt32BE(sequence[direction], 24)
    packet.writeUInt32BE(sequence[other], 28)
    packet.writeUInt16BE(0x5018, 32)
    packet.writeUInt16BE(0xffff, 34)
    packet.set(bytes, 40)
    sequence[direction] += bytes.length
    const record = Buffer.alloc(16)
    record.writeUInt32LE(nth, 0)
    record.writeUInt32LE(packet.length, 8)
    record.writeUInt32LE(packet.length, 12)
    return Buffer.concat([record, packet])
  })
  return Buffer.concat([header, ...records])
}
