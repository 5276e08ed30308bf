// Runs before the first paint, so that a dark screen never flashes white. The choice is written by src/theme.ts.
let chosen = null
try {
  chosen = localStorage.getItem('synctide.theme')
} catch {
  // Storage may be switched off: follow the system.
}
const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
