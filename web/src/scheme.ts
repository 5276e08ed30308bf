import { useSyncExternalStore } from 'react'

/** What the user chose; `auto` follows the system. Kept in the browser, read before the first paint by public/theme.js. */
export type SchemeChoice = 'light' | 'dark' | 'auto'
const KEY = 'synctide.theme'
const system = window.matchMedia('(prefers-color-scheme: dark)')
/** As last told: Chromium tells no change that was asked for before it was told. */
let systemIsDark = system.matches
const listeners = new Set<() => void>()
let choice = stored()

function stored(): SchemeChoice {
  try {
    const text = localStorage.getItem(KEY)
    return text === 'light' || text === 'dark' ? text : 'auto'
  } catch {
    // Storage switched off: follow the system.
    return 'auto'
  }
}

function scheme(): 'light' | 'dark' {
  return choice === 'auto' ? (systemIsDark ? 'dark' : 'light') : choice
}

function show(): void {
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme())
  for (const listener of listeners) listener()
}

system.addEventListener('change', ({ matches }) => {
  systemIsDark = matches
  show()
})

export function chooseScheme(wanted: SchemeChoice): void {
  choice = wanted
  try {
    localStorage.setItem(KEY, wanted)
  } catch {
    // Storage switched off: the choice lasts as long as the page.
  }
  show()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useSchemeChoice(): SchemeChoice {
  return useSyncExternalStore(subscribe, () => choice)
}

export function useScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, scheme)
}
