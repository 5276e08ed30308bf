import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import type { DeviceCode, DeviceLoginState } from '../channel.ts'
import { askTokenServer, refusedBy } from './token-server.ts'

export interface DeviceLoginSettings {
  readonly deviceUrl: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
}

/** RFC 8628, 3.2; some servers name the address as their drafts did. */
const begun = z.looseObject({
  device_code: z.string().min(1),
  user_code: z.string().min(1),
  verification_uri: z.url({ protocol: /^https?$/ }).optional(),
  verification_url: z.url({ protocol: /^https?$/ }).optional(),
  verification_uri_complete: z.url({ protocol: /^https?$/ }).optional(),
  expires_in: z.coerce.number().positive(),
  interval: z.coerce.number().positive().default(5),
})
const granted = z.looseObject({ access_token: z.string().min(1), refresh_token: z.string().optional() })

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const CLIENT = 'Check client ID and tenant; the application must allow public client flows.'

/** Asks for a code that somebody enters on any device (RFC 8628, 3.1). @throws ChannelError */
export async function beginDeviceLogin(settings: DeviceLoginSettings): Promise<DeviceCode> {
  const { deviceUrl, clientId, clientSecret, scope } = settings
  const answer = await askTokenServer(deviceUrl, {
    client_id: clientId,
    ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
    ...(scope === '' ? {} : { scope }),
  })
  if ('refusal' in answer) throw refusedBy(deviceUrl, answer.refusal, 'code', CLIENT)
  const parsed = begun.safeParse(answer.body)
  const page = parsed.data?.verification_uri ?? parsed.data?.verification_url
  if (parsed.data === undefined || page === undefined) {
    throw new ChannelError('auth', `${new URL(deviceUrl).host} answered in a form that is not known.`, { remedy: CLIENT })
  }
  const { device_code: deviceCode, user_code: userCode, verification_uri_complete: direct, expires_in: lasts, interval } = parsed.data
  return { deviceCode, userCode, page, direct: direct ?? null, lastsSeconds: lasts, everySeconds: interval }
}

/** Asks whether somebody has entered the code and agreed (RFC 8628, 3.4 and 3.5). @throws ChannelError(auth) when it never will be */
export async function askDeviceLogin(settings: DeviceLoginSettings, deviceCode: string): Promise<DeviceLoginState> {
  const { tokenUrl, clientId, clientSecret } = settings
  const answer = await askTokenServer(tokenUrl, {
    grant_type: DEVICE_GRANT,
    device_code: deviceCode,
    client_id: clientId,
    ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
  })
  if ('refusal' in answer) {
    switch (answer.refusal.error) {
      case 'authorization_pending':
        return { state: 'pending' }
      case 'slow_down':
        return { state: 'slow_down' }
      case 'access_denied':
      case 'authorization_declined':
        throw new ChannelError('auth', 'The sign-in was refused.', { remedy: 'Begin again, and agree with the account of the mailbox.' })
      case 'expired_token':
        throw new ChannelError('auth', 'The code is too old.', { remedy: 'Begin again, and enter the new code at once.' })
    }
    throw refusedBy(tokenUrl, answer.refusal, 'access token', CLIENT)
  }
  const refreshToken = granted.safeParse(answer.body).data?.refresh_token
  if (refreshToken === undefined || refreshToken === '') {
    throw new ChannelError('auth', `${new URL(tokenUrl).host} gives no refresh token: the sign-in would end within the hour.`, {
      remedy: 'The scope must ask for one: offline_access.',
    })
  }
  return { state: 'granted', secrets: { refreshToken } }
}
