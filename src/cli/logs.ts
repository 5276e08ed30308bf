import { existsSync, openSync, readSync, closeSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '#base/errors.ts'
import { aborted } from '#host/process.ts'
import { type Command, EXIT } from './command.ts'
import { checkProcessName } from './restart.ts'

const TAIL_BYTES = 4_000_000

export const logs: Command = {
  name: 'logs',
  takes: 'PROCESS',
  summary: 'Prints the last lines of the log of one process. Names: see status; also supervisor.',
  help: '  -n, --lines N     how many lines, 50 by default\n  -f, --follow      go on printing as lines come; end with Ctrl-C',
  options: { lines: { type: 'string', short: 'n' }, follow: { type: 'boolean', short: 'f' } },
  async run({ positionals, values, dataFolder, print, json }) {
    const [name = ''] = positionals
    if (name !== 'supervisor') checkProcessName(dataFolder, name)
    const count = Number(values['lines'] ?? 50)
    if (!Number.isInteger(count) || count < 1)
      throw new ConfigError('--lines', `--lines is ${String(values['lines'])}.`, { remedy: 'Give a number, 1 or more.' })
    const path = join(dataFolder, 'logs', `${name}.log`)
    const end = existsSync(path) ? statSync(path).size : 0
    const lines = readFrom(path, Math.max(0, end - TAIL_BYTES), end)
      .split('\n')
      .filter(Boolean)
      .slice(-count)
    if (values['json'] === true) json({ process: name, lines: lines.map(parseLine) })
    else for (const line of lines) print(line)
    if (values['follow'] !== true) return EXIT.ok
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort())
    follow(path, end, print, stop.signal)
    await aborted(stop.signal)
    return EXIT.ok
  },
}

function follow(path: string, start: number, print: (line: string) => void, signal: AbortSignal): void {
  let at = start
  let rest = ''
  const look = (): void => {
    if (!existsSync(path)) return
    const size = statSync(path).size
    // a smaller file is a new one: the log was rotated
    if (size < at) at = 0
    const lines = (rest + readFrom(path, at, size)).split('\n')
    at = size
    rest = lines.pop() ?? ''
    for (const line of lines) print(line)
  }
  const watcher = watch(join(path, '..'), { signal }, look)
  watcher.on('error', () => undefined)
  look()
}

function readFrom(path: string, from: number, to: number): string {
  if (to <= from) return ''
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(to - from)
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, from))
  } finally {
    closeSync(file)
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return { text: line }
  }
}
