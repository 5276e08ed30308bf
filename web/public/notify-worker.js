// Shows what alarm-signal.tsx asks for: phones show notifications by a worker only. It keeps nothing and answers no request.
addEventListener('install', () => skipWaiting())

addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data))
})

/** To the alarm, in a window that is open already, else in a new one. */
async function open({ alarm }) {
  const [window] = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (window === undefined) return await clients.openWindow(alarm === null ? '/alarms' : `/alarms/${alarm}`)
  // not every browser lets a worker bring a window to the front
  await window.focus().catch(() => undefined)
  window.postMessage({ alarm })
}
