// npm run package -- deb|tree [--out FOLDER] [--version VERSION]
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { asError } from '#base/errors.ts'
import { programVersion } from '#host/program-version.ts'
import { buildDebianPackage } from './package/debian-package.ts'
import { layProgramTree } from './package/program-tree.ts'

const ROOT = join(import.meta.dirname, '..')

try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' }, version: { type: 'string' } } })
  const folder = resolve(values.out ?? join(ROOT, 'dist'))
  const version = values.version ?? programVersion()
  if (!/^\d+(\.\d+)*([~+][a-z0-9.]+)?$/.test(version)) throw new Error(`${version} is no version: write it as 1.2.3.`)
  mkdirSync(folder, { recursive: true })
  const [wanted] = positionals
  if (wanted === 'deb') say(buildDebianPackage({ root: ROOT, folder, version, epochSeconds: epochSeconds() }))
  else if (wanted === 'tree') {
    layProgramTree(ROOT, join(folder, 'tree'), version)
    say(join(folder, 'tree'))
  } else throw new Error('Say what to build: deb, the Debian package, or tree, the files as they lie on an installed machine.')
} catch (error) {
  process.stderr.write(`${asError(error).message}\n`)
  process.exitCode = 1
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** The time of the commit. @throws Error when what is built is no commit and nobody says what time it is to carry */
function epochSeconds(): number {
  const given = process.env['SOURCE_DATE_EPOCH']
  if (given !== undefined && /^\d+$/.test(given)) return Number(given)
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
  if (git('status', '--porcelain') !== '')
    throw new Error('There are changes that are not committed: commit them, or set SOURCE_DATE_EPOCH.')
  return Number(git('log', '-1', '--format=%ct'))
}
