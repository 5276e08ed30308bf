import { words } from '../../core/words.ts'
import type { Outgoing } from '../channel.ts'

/** The plain part: the lines, and the link to acknowledge by. */
export function mailText(message: Outgoing): string {
  const say = words(message.language)
  const url = message.acknowledge?.url ?? null
  const how = url === null ? say.howScreen : `${say.acknowledge}: ${url}\n${say.linkLasts}`
  // an ok that is mailed back must not be taken for an acknowledgement by whoever sent it
  return `${message.lines.join('\n')}\n${message.acknowledge === null ? '' : `\n${how}\n${say.mailUnread}\n`}`
}

/** The same for readers of HTML: no pictures, no style sheet, nothing fetched. */
export function mailHtml(message: Outgoing): string {
  const say = words(message.language)
  const url = message.acknowledge?.url ?? null
  const [title = '', ...rest] = message.lines.map(escapeHtml)
  const button =
    url === null
      ? message.acknowledge === null
        ? ''
        : `<p>${escapeHtml(say.howScreen)}</p>`
      : `<p style="margin:20px 0"><a href="${escapeHtml(url)}" style="background:#1864ab;color:#ffffff;padding:12px 22px;border-radius:6px;text-decoration:none;font-weight:bold">${escapeHtml(say.acknowledge)}</a></p>` +
        `<p style="font-size:12px;color:#555555">${escapeHtml(say.linkLasts)}</p>`
  const unread = message.acknowledge === null ? '' : `<p style="font-size:12px;color:#555555">${escapeHtml(say.mailUnread)}</p>`
  return (
    `<!doctype html><html lang="${message.language}"><body style="font-family:Arial,Helvetica,sans-serif;color:#111111">` +
    `<h2 style="font-size:18px;margin:0 0 12px">${title}</h2>${rest.map((line) => `<p style="margin:4px 0">${line}</p>`).join('')}${button}${unread}</body></html>`
  )
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}
