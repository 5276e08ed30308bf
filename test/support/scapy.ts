import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

const script = new URL('scapy_iec104.py', import.meta.url).pathname

/** One run of Debian's python3-scapy (scapy.contrib.scada.iec104). @returns the lines that it prints, as JSON */
export async function scapyIec104(args: readonly string[], input = ''): Promise<unknown[]> {
  // Debian's own interpreter: the package is installed for no other
  const child = spawn('/usr/bin/python3', [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (output === '') throw new Error(`scapy said nothing: ${problems}`)
  return output
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}
