import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const WEB = join(import.meta.dirname, '../../web')
let running: Promise<string> | undefined

/** Builds web/dist when a source is newer than it. @returns the folder */
export function pagesBuilt(): Promise<string> {
  running ??= (async () => {
    const dist = join(WEB, 'dist')
    const built = await stat(join(dist, 'index.html')).then(
      (file) => file.mtimeMs,
      () => 0,
    )
    if ((await newest(join(WEB, 'src'))) <= built) return dist
    // a heavy import, and hardly ever needed
    const { build } = await import('vite')
    await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'error' })
    return dist
  })()
  return running
}

async function newest(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true })
  const times = await Promise.all(entries.map(async (name) => (await stat(join(folder, name))).mtimeMs))
  return times.reduce((a, b) => Math.max(a, b), 0)
}
