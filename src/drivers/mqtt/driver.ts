import type { BrowsePage, BrowseRequest, Driver, ProbeReport, ProbeStep, Session, SessionContext } from '../driver.ts'
import { type BrokerConfig, brokerShared } from './broker-config.ts'
import { browseBroker } from './browse.ts'
import { ADDRESS_HELP, connectionSchema, type MqttConfig, type MqttPoint, parseConfig, parsePoint, tagSchema } from './config.ts'
import { Connections, type MqttPlan } from './connections.ts'
import { describePublish } from './core/publish-frame.ts'
import { Discoveries } from './discoveries.ts'
import { probeBroker } from './probe.ts'

/** @returns an MQTT driver whose sessions share one connection per broker and kind. */
export function createDriver(): Driver<MqttConfig, MqttPoint, BrokerConfig> {
  const connections = new Connections()
  const discoveries = new Discoveries()
  return {
    protocol: 'mqtt',
    title: 'MQTT and Sparkplug B',
    connectionSchema,
    tagSchema,
    addressHelp: ADDRESS_HELP,
    shared: brokerShared,
    parseConfig,
    parsePoint,

    async connect(plan: MqttPlan, context: SessionContext): Promise<Session> {
      const { session, link } = await connections.join(plan, context)
      try {
        await link.settled(context.signal)
        // an unreachable broker is waited for, for all its devices at once; what needs a person is told as an error
        if (link.problem?.retriable === false) throw link.problem
      } catch (error) {
        await session[Symbol.asyncDispose]()
        throw error
      }
      return session
    },

    async probe(plan: MqttPlan, context: SessionContext, onStep: (step: ProbeStep) => void): Promise<ProbeReport> {
      return await probeBroker(plan, context, onStep)
    },

    async browse(plan: MqttPlan, request: BrowseRequest, context: SessionContext): Promise<BrowsePage> {
      return await browseBroker(plan, request, context, connections, discoveries)
    },

    describeFrame: (_direction, bytes) => describePublish(bytes),
  }
}
