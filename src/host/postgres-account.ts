import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ConfigError } from '#base/errors.ts'

/** An unprivileged account; PostgreSQL insists on an entry in the password database. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Whom PostgreSQL runs as when we are root: the owner of an existing cluster, else an account of ours, of a packaged PostgreSQL, a new one,
 * or nobody.
 * @throws ConfigError when the machine has none and none can be made
 */
export function unprivilegedAccount(owner?: number): Account {
  const known = accounts()
  const before = known.find((one) => one.uid === owner && one.uid !== 0)
  if (before !== undefined) return before
  for (const name of ['synctide', 'postgres']) {
    const found = known.find((one) => one.name === name && one.uid !== 0)
    if (found !== undefined) return found
  }
  spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    'synctide',
  ])
  const made = accounts().find((one) => one.name === 'synctide') ?? known.find((one) => one.name === 'nobody' && one.uid !== 0)
  if (made !== undefined) return made
  throw new ConfigError('SYNCTIDE_DATABASE_URL', 'PostgreSQL refuses to run as root and this machine has no other account for it', {
    remedy: 'Start as an ordinary user, or create one: useradd --system synctide',
  })
}

function accounts(): Account[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
}

/** @returns whether the account may enter the folder, by asking the kernel as that account (groups and ACLs included) */
export function canReach(account: Account, folder: string): boolean {
  const asked = spawnSync('test', ['-x', folder], { uid: account.uid, gid: account.gid, cwd: '/' })
  return asked.status === 0
}
