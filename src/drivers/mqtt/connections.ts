import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ConfigError } from '#base/errors.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import type { BrokerConfig } from './broker-config.ts'
import type { MqttConfig, MqttPoint } from './config.ts'
import { installationId } from './installation-id.ts'
import { Link } from './link.ts'
import { type LinkLease, LinkPool } from './link-pool.ts'
import { ParkedMessages } from './parked-messages.ts'
import { SparkplugHost } from './sparkplug-host.ts'
import { SparkplugSession } from './sparkplug-session.ts'
import { TopicHub } from './topic-hub.ts'
import { TopicSession } from './topic-session.ts'

export type MqttPlan = DevicePlan<MqttConfig, MqttPoint, BrokerConfig>

/**
 * The live links of this process: to each broker one for plain topics and, where there are any, one for Sparkplug, because a host
 * application needs a will and a clean session of its own (Sparkplug 3.0, 5.3).
 */
export class Connections {
  readonly #pool = new LinkPool()
  readonly #visiting: boolean

  /** @param options `visiting`: comes under a name of its own, leaves nothing behind at the broker and is no Sparkplug host */
  constructor(options: { readonly visiting?: boolean } = {}) {
    this.#visiting = options.visiting ?? false
  }

  /** Gives a device its session; the link may still be on its way. @throws ConfigError */
  async join(plan: MqttPlan, context: SessionContext): Promise<{ readonly session: Session; readonly link: Link }> {
    const { config } = plan
    if (config.kind === 'topics') {
      const lease = await this.topics(plan, context)
      return { session: new TopicSession({ ...plan, config }, context, lease), link: lease.link }
    }
    if (config.groupId === '') {
      throw new ConfigError('groupId', 'No edge node has been chosen', { remedy: 'Browse the broker, or enter group and edge node.' })
    }
    const lease = await this.sparkplug(plan, context)
    return { session: new SparkplugSession({ ...plan, config }, context, lease), link: lease.link }
  }

  /** @throws ConfigError when the broker is not there */
  async topics(plan: MqttPlan, context: SessionContext): Promise<LinkLease<TopicHub>> {
    const { code, config } = this.#brokerOf(plan)
    return await this.#pool.acquire(`${code} topics`, settingsOf(config), () => {
      const file = this.#visiting ? null : join(context.folder, `parked-${encodeURIComponent(code)}.jsonl`)
      const user = new TopicHub(context.clock, new ParkedMessages(file))
      const clientId = this.#clientIdOf(code, config, context)
      const link = new Link({ config, clientId, clean: config.session === 'clean', clock: context.clock }, user)
      return { link, user, farewell: async () => await link.close() }
    })
  }

  /** @throws ConfigError when the broker is not there */
  async sparkplug(plan: MqttPlan, context: SessionContext): Promise<LinkLease<SparkplugHost>> {
    const { code, config } = this.#brokerOf(plan)
    return await this.#pool.acquire(`${code} sparkplug`, settingsOf(config), () => {
      const user = new SparkplugHost(config, context.clock, context.log)
      const { will } = user
      const clientId = `${this.#clientIdOf(code, config, context)}-host`
      const link = new Link({ config, clientId, clean: true, clock: context.clock, ...(will === undefined ? {} : { will }) }, user)
      user.start(link)
      return { link, user, farewell: async () => await user.stop() }
    })
  }

  #brokerOf(plan: MqttPlan): { readonly code: string; readonly config: BrokerConfig } {
    const { code, config } = brokerOf(plan)
    return { code, config: this.#visiting ? { ...config, session: 'clean', sparkplugHostId: '' } : config }
  }

  #clientIdOf(code: string, config: BrokerConfig, context: SessionContext): string {
    if (this.#visiting) return `synctide-test-${randomBytes(4).toString('hex')}`
    return config.clientId === '' ? `synctide-${installationId(context.folder)}-${code}` : config.clientId
  }
}

/** @throws ConfigError when the device names a broker that is not there */
export function brokerOf(plan: MqttPlan): { readonly code: string; readonly config: BrokerConfig } {
  if (plan.shared !== undefined) return plan.shared
  throw new ConfigError('broker', `There is no MQTT broker "${plan.config.broker}"`, {
    remedy: 'Add it under MQTT brokers in the system configuration, or choose another one.',
  })
}

/** Differs when anything about the broker does; kept in memory only, for it holds the secrets. */
function settingsOf(config: BrokerConfig): string {
  return JSON.stringify([config, config.password.reveal(), config.clientKey.reveal()])
}
