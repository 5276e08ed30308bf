/** One package as package-lock.json tells it. */
export interface LockedPackage {
  /** `node_modules/a/node_modules/b` */
  readonly path: string
  readonly name: string
  readonly version: string
  /** SPDX; of some old packages it is only known by reading them. */
  readonly licence: string
}

/** A machine as npm names it: `linux` and `x64`. */
export interface Platform {
  readonly os: string
  readonly cpu: string
}

interface Entry {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
}

export type Lock = { readonly packages: Readonly<Record<string, Entry>> }

/** What a program may carry without owing its own source: no GPL of any kind, no licence that nobody has read. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Unlicense',
])

/** @param licence an SPDX expression: one of its choices is enough, and all that it joins are needed */
export function isAllowedLicence(licence: string): boolean {
  const choices = licence.replaceAll(/[()]/g, '').split(' OR ')
  return choices.some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one)))
}

/** Read in the package itself, since its package.json says nothing. */
const READ_BY_US: Readonly<Record<string, string>> = { precond: 'MIT' }

/** The packages without which the server does not run on this platform, in the order of the lock file. */
export function productionPackages(lock: Lock, { os, cpu }: Platform): readonly LockedPackage[] {
  const fits = (entry: Entry): boolean => (entry.os?.includes(os) ?? true) && (entry.cpu?.includes(cpu) ?? true)
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    path === '' || entry.dev === true || !fits(entry) ? [] : [lockedPackage(path, entry)],
  )
}

/** The packages named and all that they depend on: what may have gone into the built pages. */
export function withDependencies(lock: Lock, names: readonly string[]): readonly LockedPackage[] {
  const found = new Map<string, LockedPackage>()
  const visit = (name: string, from: string): void => {
    const path = resolve(lock, name, from)
    const entry = path === undefined ? undefined : lock.packages[path]
    if (path === undefined || entry === undefined || found.has(path)) return
    found.set(path, lockedPackage(path, entry))
    for (const next of Object.keys(entry.dependencies ?? {})) visit(next, path)
  }
  for (const name of names) visit(name, '')
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** As Node looks it up: beside the one that asks, then ever further out. */
function resolve(lock: Lock, name: string, from: string): string | undefined {
  for (let folder = from; ;) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (path in lock.packages) return path
    if (folder === '') return undefined
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))
  }
}

function lockedPackage(path: string, entry: Entry): LockedPackage {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return { path, name, version: entry.version ?? '', licence: entry.license ?? READ_BY_US[name] ?? 'unknown' }
}
