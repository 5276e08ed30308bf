import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LogFile } from './log-file.ts'

test('a full file moves on, five old ones stay, no line is torn', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-log-'))
  try {
    const path = join(folder, 'alarm.log')
    const first = new LogFile(path, 100)
    for (let i = 0; i < 50; i++) first.write(`line ${String(i).padStart(30, '0')}`)
    new LogFile(path, 100).write('after a restart')
    assert.deepEqual(readdirSync(folder).sort(), ['alarm.log', 'alarm.log.1', 'alarm.log.2', 'alarm.log.3', 'alarm.log.4', 'alarm.log.5'])
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8')
      assert.ok(text.length <= 100 && text.endsWith('\n'))
    }
    assert.ok(readFileSync(path, 'utf8').endsWith('after a restart\n'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
