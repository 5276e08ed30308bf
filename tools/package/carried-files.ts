const PACKAGE_LEFT_OUT = [/\.map$/, /\.d\.[cm]?ts$/, /(^|\/)\./, /(^|\/)(tests?|__tests__|examples?)\//]
const OWN_FOLDERS = ['src/', 'simulator/', 'web/dist/']
const OWN_FILES = new Set(['deploy/services.json', 'deploy/linux/defaults.env'])

/**
 * Whether a file of the project is part of the program.
 * @param path from the root of the project, with `/`
 */
export function isCarried(path: string): boolean {
  if (OWN_FILES.has(path)) return true
  if (!OWN_FOLDERS.some((folder) => path.startsWith(folder))) return false
  return !/\.test\.tsx?$|\.md$|(^|\/)\.[^/]+$|\.map$/.test(path)
}

/**
 * Whether a file of an npm package is needed to run it, or to tell its licence.
 * @param path within the package, with `/`
 */
export function isCarriedOfPackage(path: string): boolean {
  return !PACKAGE_LEFT_OUT.some((pattern) => pattern.test(path))
}
