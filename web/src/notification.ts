/** What a notification is about, for the click on it; null: none in particular. */
interface About {
  readonly alarm: number | null
}

export interface Notice {
  readonly title: string
  readonly body: string
  readonly alarm: number | null
  /** Stays until somebody has dealt with it. */
  readonly lasting: boolean
}

/** @returns whether this browser could show any: only over HTTPS or on the machine itself */
export function canNotify(): boolean {
  return 'Notification' in window && window.isSecureContext
}

/**
 * By the worker, the only way on Android; by the page where the worker may not be: browsers refuse it behind a certificate that somebody
 * clicked away.
 * @returns whether it is shown
 */
export async function notify({ title, body, alarm, lasting }: Notice, onOpen: (about: About) => void): Promise<boolean> {
  const data: About = { alarm }
  const options = { body, tag: tagOf(alarm), requireInteraction: lasting, data }
  try {
    const worker = await notifier()
    await worker.showNotification(title, options)
    return true
  } catch {
    try {
      const shown = new Notification(title, options)
      shown.addEventListener('click', () => {
        window.focus()
        onOpen(data)
      })
      return true
    } catch {
      return false
    }
  }
}

/** Takes back what is about alarms that wait for nobody any more. */
export async function withdraw(waiting: ReadonlySet<number>): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration()
  for (const shown of (await worker?.getNotifications()) ?? []) {
    const { alarm } = (shown.data ?? { alarm: null }) as About
    if (alarm !== null && !waiting.has(alarm)) shown.close()
  }
}

/** Somebody clicked on a notification that the worker showed. @returns the function that ends listening */
export function onNotificationOpened(listener: (about: About) => void): () => void {
  const taken = ({ data }: MessageEvent): void => listener(data as About)
  navigator.serviceWorker?.addEventListener('message', taken)
  return () => navigator.serviceWorker?.removeEventListener('message', taken)
}

async function notifier(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register('/notify-worker.js')
  return await navigator.serviceWorker.ready
}

function tagOf(alarm: number | null): string {
  return alarm === null ? 'synctide' : `alarm-${alarm}`
}
