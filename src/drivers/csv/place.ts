import { mkdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { asError, ConfigError, DriverError } from '#base/errors.ts'
import { readBootstrapConfig } from '#host/config.ts'

/** Where files may be read: raw_data, and what the administrator allowed when starting. */
export interface Roots {
  readonly rawData: string
  readonly allowed: readonly string[]
}

/** As the environment of this process says. */
export function rootsOfProcess(): Roots {
  const { dataFolder, csvFolders } = readBootstrapConfig(process.env)
  return { rawData: join(dataFolder, 'raw_data'), allowed: csvFolders }
}

/**
 * The folder of a device, as written; nothing is touched.
 * @throws ConfigError naming `folder` when it lies outside the roots
 */
export function placeOf(folder: string, code: string, roots: Roots): string {
  if (folder === '') {
    if (code === '') {
      throw new ConfigError('folder', 'The folder is named by the code of the device, which is missing', {
        remedy: 'Enter the code of the device first, or a folder of its own.',
      })
    }
    if (/[/\\<>"|?*]|^\.+$/.test(code)) {
      throw new ConfigError('folder', `"${code}" cannot be the name of a folder`, { remedy: 'Give the folder of this device.' })
    }
    return join(roots.rawData, code)
  }
  const path = isAbsolute(folder) ? resolve(folder) : resolve(roots.rawData, folder)
  if (![roots.rawData, ...roots.allowed].some((root) => isWithin(path, root))) throw outside(folder, roots)
  return path
}

/**
 * The same folder as the disk knows it; made when it belongs below raw_data.
 * @throws ConfigError naming `folder` when a link leads out of the roots; DriverError with what to do when it cannot be reached
 */
export async function openPlace(path: string, roots: Roots): Promise<string> {
  try {
    // below raw_data everything is ours to make; a share that is not mounted must stay missing
    if (isWithin(path, roots.rawData)) {
      await mkdir(roots.rawData, { recursive: true })
      await makeWithin(path, roots)
    }
    const real = await realpath(path)
    const realRoots = await Promise.all([roots.rawData, ...roots.allowed].map(async (root) => await realpath(root).catch(() => null)))
    if (!realRoots.some((root) => root !== null && isWithin(real, root))) throw outside(path, roots)
    if (!(await stat(real)).isDirectory()) {
      throw new DriverError('connect', `${path} is a file, not a folder`, { remedy: 'Give the folder in which the files arrive.' })
    }
    return real
  } catch (thrown) {
    if (thrown instanceof ConfigError || thrown instanceof DriverError) throw thrown
    throw unreachable(path, asError(thrown))
  }
}

/** Makes the folder level by level, never through a link. */
async function makeWithin(path: string, roots: Roots): Promise<void> {
  const realRoot = await realpath(roots.rawData)
  let at = realRoot
  for (const part of relative(roots.rawData, path).split(/[/\\]/)) {
    at = join(at, part)
    await mkdir(at).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
    if (!isWithin(await realpath(at), realRoot)) throw outside(path, roots)
  }
}

/** The file system takes a call and lets it wait. @param why its own word for it */
export function unanswered(path: string, why = '', cause?: unknown): DriverError {
  return new DriverError('connect', `The network folder ${path} does not answer${why}`, {
    cause,
    remedy: 'Check the server that holds it, and mount it again.',
  })
}

/** What to do about an error of the file system. */
export function unreachable(path: string, error: Error): DriverError {
  const code = 'code' in error ? String(error.code) : ''
  const options = (remedy: string): { cause: unknown; remedy: string } => ({ cause: error, remedy })
  if (code === 'ENOENT') {
    return new DriverError(
      'connect',
      `There is no folder ${path}`,
      options('Check the spelling; if it is a network folder, whether it is mounted on this machine.'),
    )
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const account = process.getuid === undefined ? 'the account of the service' : `the account with number ${process.getuid()}`
    return new DriverError('refused', `${path} may not be read`, options(`Give ${account} the right to read and to list this folder.`))
  }
  if (['ENETUNREACH', 'EHOSTDOWN', 'EHOSTUNREACH', 'ESTALE', 'ETIMEDOUT', 'EIO', 'ENOTCONN', 'ENXIO', 'ENODEV'].includes(code))
    return unanswered(path, ` (${code})`, error)
  if (code === 'ENOTDIR')
    return new DriverError('connect', `${path} is a file, not a folder`, options('Give the folder in which the files arrive.'))
  return new DriverError('connect', `${path} cannot be read: ${error.message}`, options('Look at the folder on the machine of SyncTide.'))
}

function isWithin(path: string, root: string): boolean {
  const way = relative(resolve(root), path)
  return way === '' || (!way.startsWith('..') && !isAbsolute(way))
}

function outside(folder: string, roots: Roots): ConfigError {
  const places = [roots.rawData, ...roots.allowed].join(', ')
  return new ConfigError('folder', `${folder} lies outside the folders that files may be read from: ${places}`, {
    remedy: 'Choose a folder below one of them, or have the administrator add it to SYNCTIDE_CSV_FOLDERS.',
  })
}
