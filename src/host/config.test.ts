import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readBootstrapConfig } from './config.ts'

test('nothing set means the embedded database, ./data, port 80 or 8080, and the demo', () => {
  const config = readBootstrapConfig({ PATH: '/bin', SYNCTIDE_DATA: ' ' })
  assert.equal(config.dataFolder.endsWith('/data'), true)
  assert.equal(config.backupFolder, `${config.dataFolder}/backups`)
  assert.deepEqual(
    { ...config, dataFolder: '', backupFolder: '' },
    {
      dataFolder: '',
      httpPort: undefined,
      databaseUrl: undefined,
      demo: true,
      csvFolders: [],
      backupFolder: '',
      backupHook: null,
      mosquitto: null,
    },
  )
})

test('what is set is read', () => {
  const config = readBootstrapConfig({
    SYNCTIDE_DATA: '/srv/tide',
    SYNCTIDE_HTTP_PORT: '0',
    SYNCTIDE_DATABASE_URL: 'postgres://a:b@db:5433/tide',
    SYNCTIDE_DEMO: '0',
    SYNCTIDE_CSV_FOLDERS: '/mnt/scada/; /srv/export;',
    SYNCTIDE_BACKUP_FOLDER: '/mnt/nas',
    SYNCTIDE_BACKUP_HOOK: '/usr/local/bin/upload',
    SYNCTIDE_MOSQUITTO: '/usr/sbin/mosquitto',
  })
  assert.deepEqual(config, {
    dataFolder: '/srv/tide',
    httpPort: 0,
    databaseUrl: 'postgres://a:b@db:5433/tide',
    demo: false,
    csvFolders: ['/mnt/scada', '/srv/export'],
    backupFolder: '/mnt/nas',
    backupHook: '/usr/local/bin/upload',
    mosquitto: '/usr/sbin/mosquitto',
  })
})

test('a wrong value or an unknown key is refused by name', () => {
  for (const [key, value] of [
    ['SYNCTIDE_HTTP_PORT', '65536'],
    ['SYNCTIDE_HTTP_PORT', 'http'],
    ['SYNCTIDE_DATABASE_URL', 'mysql://x'],
    ['SYNCTIDE_DEMO', 'maybe'],
    ['SYNCTIDE_CSV_FOLDERS', 'export'],
    ['SYNCTIDE_CSV_FOLDERS', '/srv;/'],
    ['SYNCTIDE_PORT', '80'],
  ] as const) {
    assert.throws(() => readBootstrapConfig({ [key]: value }), { name: 'ConfigError', field: key })
  }
})
