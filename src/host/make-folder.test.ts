import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from './make-folder.ts'

test('a folder is made with those above it, also again', () => {
  const root = mkdtempSync(join(tmpdir(), 'synctide-folder-'))
  try {
    const path = join(root, 'a/b/c')
    makeFolder(path)
    makeFolder(path)
    assert.ok(existsSync(path))
    writeFileSync(join(root, 'file'), '')
    assert.throws(() => makeFolder(join(root, 'file/d')), /ENOTDIR/)
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('where no folder can be made the file system is believed', { skip: process.platform !== 'linux' }, () => {
  assert.throws(() => makeFolder('/proc/none'), /ENOENT/)
  assert.throws(() => makeFolder('/proc/none/deeper'), /ENOENT/)
})
