import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { BOOTSTRAP_KEYS, readBootstrapConfig } from '#host/config.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const dockerfile = read('deploy/container/Dockerfile')
const base = read('deploy/container/compose.yaml')
const production = read('deploy/container/compose.prod.yaml')

/** The lines of one service, without comments. */
function serviceIn(text: string, name: string): string {
  const body = new RegExp(`^  ${name}:\\n((?:(?: {4}.*)?\\n)+)`, 'm').exec(text)?.[1]
  assert.ok(body !== undefined, `service ${name}`)
  return body.replaceAll(/^\s*#.*\n/gm, '')
}

function environmentOf(service: string): Readonly<Record<string, string>> {
  const block = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(service)?.[1] ?? ''
  return Object.fromEntries([...block.matchAll(/^ {6}(\w+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value.replaceAll("'", '')]))
}

/** As Compose fills in what .env leaves out. */
function filled(value: string): string {
  return value.replaceAll(/\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}/g, (_, fallback: string | undefined) => fallback ?? 'given')
}

test('every setting that the containers give is one that the program knows, with a value that it takes', () => {
  for (const text of [base, production]) {
    const given = Object.entries(environmentOf(serviceIn(text, 'synctide'))).map(([key, value]) => [key, filled(value)])
    for (const [key = ''] of given) assert.ok(key in BOOTSTRAP_KEYS || key === 'TZ', key)
    assert.doesNotThrow(() => readBootstrapConfig(Object.fromEntries(given)))
  }
})

test('every variable of the compose files stands in the guide, and the guide names no other', () => {
  const used = new Set([...(base + production).matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
  used.delete('TZ')
  const guide = read('docs/admin/install-containers.md')
  const named = new Set([...guide.matchAll(/^\| `(\w+)` \||^ {4}(SYNCTIDE_\w+)=/gm)].map(([, row, line]) => row ?? line))
  // whose image it is matters to those without internet alone
  used.delete('CADDY_IMAGE')
  assert.deepEqual(named, used)
})

test('the image, the compose file and the installed program agree on ports, folders and the account', () => {
  const { SYNCTIDE_DATA: data = '' } = parseEnv(read('deploy/linux/defaults.env'))
  const port = /SYNCTIDE_HTTP_PORT=(\d+)/.exec(dockerfile)?.[1] ?? ''
  assert.match(dockerfile, new RegExp(`^EXPOSE ${port}$`, 'm'))
  assert.match(serviceIn(base, 'synctide'), new RegExp(`:${port}$`, 'm'))
  assert.match(read('deploy/container/Caddyfile'), new RegExp(`reverse_proxy 127\\.0\\.0\\.1:${port}$`, 'm'))
  assert.match(dockerfile, new RegExp(`^VOLUME ${data}$`, 'm'))
  assert.match(serviceIn(base, 'synctide'), new RegExp(`^ {6}- data:${data}$`, 'm'))
  assert.match(dockerfile, /^USER synctide$/m)
  assert.match(dockerfile, /groupadd --gid 10001 synctide[^]*useradd --uid 10001 --gid synctide .* synctide /)
  assert.ok(dockerfile.lastIndexOf('USER synctide') > dockerfile.lastIndexOf('COPY --from'), 'the program belongs to root')
  for (const [, path = ''] of dockerfile.matchAll(/^COPY (deploy\/\S+)/gm)) assert.ok(existsSync(join(root, path)), path)
  for (const name of ['mosquitto', 'tini', 'libatomic1']) assert.match(dockerfile, new RegExp(`apt-get install .*\\b${name}\\b`), name)
  assert.match(dockerfile, /"\/usr\/lib\/synctide\/bin\/start"\]/)
})

test('nothing runs with rights that it does not need, and nobody but the program reaches the database', () => {
  const synctide = serviceIn(base, 'synctide')
  for (const line of ['read_only: true', 'cap_drop: [ALL]', "security_opt: ['no-new-privileges:true']"])
    assert.ok(synctide.includes(line), line)
  assert.match(base, /^ {2}database:\n {4}internal: true$/m)
  const database = serviceIn(base, 'database')
  assert.ok(database.includes('networks: [database]') && !database.includes('ports:'))
  // the page goes over Caddy alone
  assert.match(production, /ports: !override\n {6}- 80:80\n {6}- 443:443\n/)
  assert.ok(!serviceIn(production, 'synctide').includes(':8080'))
})

test('no password has a value that somebody could keep', () => {
  for (const text of [base, production]) {
    for (const [, value = ''] of text.matchAll(/PASSWORD: (.*)$/gm)) assert.match(value, /^\$\{\w+:\?/)
  }
  for (const name of ['node_modules', '.git', 'data', '**/.env']) assert.ok(read('.dockerignore').split('\n').includes(name), name)
})
