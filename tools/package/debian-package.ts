import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, lutimesSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { layProgramTree } from './program-tree.ts'

/** As Debian names what Node names otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }
const MAINTAINER_SCRIPTS = ['config', 'postinst', 'prerm', 'postrm']
const MAINTAINER = 'SyncTide engineering <engineering@synctide.example>'

export interface PackageOptions {
  /** Of the project. */
  readonly root: string
  /** Where the package goes, and what it is laid out in meanwhile. */
  readonly folder: string
  readonly version: string
  /** Every time in the package, seconds since 1970: the same commit gives the same bytes. */
  readonly epochSeconds: number
}

/**
 * Builds the Debian package for the machine that builds. Needs dpkg-deb, installed packages and built pages.
 * @returns its path
 */
export function buildDebianPackage({ root, folder, version, epochSeconds }: PackageOptions): string {
  const architecture = ARCHITECTURES[process.arch]
  if (architecture === undefined || process.platform !== 'linux') {
    throw new Error(
      `There is no package for ${process.platform} ${process.arch}: build on Linux, ${Object.keys(ARCHITECTURES).join(' or ')}.`,
    )
  }
  const tree = join(folder, 'debian-tree')
  layProgramTree(root, tree, version)
  const documents = join(tree, 'usr/share/doc/synctide')
  const compressed = (name: string, text: string): void =>
    writeFileSync(join(documents, name), gzipSync(text, { level: 9 }), { mode: 0o644 })
  compressed('changelog.gz', changelogOf(version, epochSeconds))
  compressed('NEWS.md.gz', readFileSync(join(root, 'CHANGELOG.md'), 'utf8'))
  const copyright = readFileSync(join(root, 'deploy/linux/debian/copyright'), 'utf8')
  writeFileSync(join(documents, 'copyright'), copyright, { mode: 0o644 })

  const files = filesBelow(tree)
  const control = join(tree, 'DEBIAN')
  mkdirSync(control, { mode: 0o755 })
  chmodSync(control, 0o755)
  const text = (name: string): string => readFileSync(join(root, 'deploy/linux/debian', name), 'utf8')
  const kilobytes = Math.ceil(files.reduce((sum, path) => sum + statSync(path).size, 0) / 1024)
  const facts = { VERSION: version, ARCHITECTURE: architecture, MAINTAINER, KILOBYTES: String(kilobytes) }
  writeFileSync(join(control, 'control'), filled(text('control'), facts), { mode: 0o644 })
  for (const name of ['conffiles', 'templates']) writeFileSync(join(control, name), text(name), { mode: 0o644 })
  for (const name of MAINTAINER_SCRIPTS) {
    writeFileSync(join(control, name), text(name))
    chmodSync(join(control, name), 0o755)
  }
  const sums = files.filter((path) => !relative(tree, path).startsWith('etc/')).map((path) => `${md5(path)}  ${relative(tree, path)}\n`)
  writeFileSync(join(control, 'md5sums'), sums.join(''), { mode: 0o644 })
  setTimes(tree, epochSeconds)

  const target = join(folder, `synctide_${version}_${architecture}.deb`)
  rmSync(target, { force: true })
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z9', '--build', tree, target], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  rmSync(tree, { recursive: true })
  return target
}

function filled(text: string, facts: Readonly<Record<string, string>>): string {
  return text.replaceAll(/@([A-Z]+)@/g, (whole, name: string) => facts[name] ?? whole)
}

function changelogOf(version: string, epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000')
  return `synctide (${version}) stable; urgency=medium\n\n  * See NEWS.md.gz.\n\n -- ${MAINTAINER}  ${date}\n`
}

/** Debian's own list of sums, by which `dpkg --verify` finds a changed file: no matter of trust. */
function md5(path: string): string {
  return createHash('md5').update(readFileSync(path)).digest('hex')
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function setTimes(folder: string, seconds: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) setTimes(path, seconds)
    else lutimesSync(path, seconds, seconds)
  }
  lutimesSync(folder, seconds, seconds)
}
