import type { Client } from './client.ts'
import type { DevicePlan, Driver, ProbeReport, ProbeStep, Session, SessionContext } from '../driver.ts'
import { connectionSchema, parseConfig, parsePoint, tagSchema, type OpcUaConfig, type OpcUaPoint } from './config.ts'
import { ADDRESS_HELP } from './core/node-id.ts'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>

/** @returns an OPC UA driver; the client library is loaded with the first connection, since it takes a second and 80 MB. */
export function createDriver(): Driver<OpcUaConfig, OpcUaPoint> {
  let loading: Promise<Client> | undefined
  const client = async (): Promise<Client> => await (loading ??= import('./client.ts').then((one) => one.createClient()))
  return {
    protocol: 'opcua',
    title: 'OPC UA',
    connectionSchema,
    tagSchema,
    addressHelp: ADDRESS_HELP,
    parseConfig,
    parsePoint,

    async connect(plan: Plan, context: SessionContext): Promise<Session> {
      return await (await client()).connect(plan, context)
    },

    async probe(plan: Plan, context: SessionContext, onStep: (step: ProbeStep) => void): Promise<ProbeReport> {
      return await (await client()).probe(plan, context, onStep)
    },
  }
}
