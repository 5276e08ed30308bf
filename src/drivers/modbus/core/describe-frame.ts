import { exceptionText, takeFrames } from './pdu.ts'

const TABLES: Readonly<Record<number, string>> = { 1: 'coils', 2: 'discrete inputs', 3: 'holding registers', 4: 'input registers' }
const EXCEPTION = 0x80

/** @returns a request or reply in words; what was cut off or is none is told as such */
export function describeFrame(direction: 'sent' | 'received', bytes: Uint8Array): string {
  const { frames, broken } = takeFrames(bytes)
  const [frame] = frames
  if (frame === undefined) return broken === null ? `${bytes.length} bytes, not a whole frame.` : `No Modbus: ${broken}.`
  const { transactionId, unitId, pdu } = frame
  const code = pdu[0] ?? 0
  const who = `unit ${unitId}, transaction ${transactionId}`
  if (direction === 'sent') {
    const word = (at: number): number => ((pdu[at] ?? 0) << 8) | (pdu[at + 1] ?? 0)
    return `To ${who}: read ${word(3)} ${TABLES[code] ?? `by function code ${code}`} from ${word(1)}.`
  }
  if ((code & EXCEPTION) !== 0) return `From ${who}: ${exceptionText(pdu[1] ?? 0)} for function code ${code & ~EXCEPTION}.`
  return `From ${who}: ${pdu[1] ?? 0} bytes of ${TABLES[code] ?? `function code ${code}`}.`
}
