import { useSyncExternalStore } from 'react'

/** What this browser does when an alarm is raised; nothing unless somebody asked for it. */
export interface SignalChoice {
  readonly sound: boolean
  readonly notify: boolean
}

const KEY = 'synctide.alarm-signal'
const listeners = new Set<() => void>()
let choice = read()

function read(): SignalChoice {
  try {
    const kept = localStorage.getItem(KEY) ?? ''
    return { sound: kept.includes('sound'), notify: kept.includes('notify') }
  } catch {
    return { sound: false, notify: false }
  }
}

export function chooseSignal(change: Partial<SignalChoice>): void {
  choice = { ...choice, ...change }
  try {
    localStorage.setItem(KEY, [choice.sound ? 'sound' : '', choice.notify ? 'notify' : ''].join(' '))
  } catch {
    // Storage switched off: it holds until the page is left.
  }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useSignalChoice(): SignalChoice {
  return useSyncExternalStore(subscribe, () => choice)
}
