const KEY = 'synctide.taken'
const PAUSE_MILLIS = 60_000

/**
 * After an upgrade the old page asks for files that are gone: the new page is taken. Not while the server is away, which would put the
 * browser's own page in the place of ours, and once a minute at most: what stays away is said where it was wanted.
 */
export async function takeNewPage(): Promise<void> {
  try {
    if (Date.now() - Number(sessionStorage.getItem(KEY) ?? 0) < PAUSE_MILLIS) return
    if (!(await fetch('/', { method: 'HEAD', cache: 'no-store' })).ok) return
    sessionStorage.setItem(KEY, String(Date.now()))
  } catch {
    // no server, or nothing can be remembered: better an old page than one that is taken for ever
    return
  }
  window.location.reload()
}
