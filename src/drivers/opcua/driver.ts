import type { BrowsePage, DevicePlan, Driver, DriverAction, ProbeReport, Session, SessionContext } from '../driver.ts'
import type { Client } from './client.ts'
import { connectionSchema, parseConfig, parsePoint, tagSchema, type OpcUaConfig, type OpcUaPoint } from './config.ts'
import { describeFrame } from './core/frame.ts'
import { ADDRESS_HELP } from './core/node-id.ts'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>
type Actions = typeof import('./actions.ts')

/** @returns an OPC UA driver; the client library is loaded with the first connection, since it takes a second and 80 MB. */
export function createDriver(): Driver<OpcUaConfig, OpcUaPoint> {
  let loading: Promise<Client> | undefined
  const client = async (): Promise<Client> => await (loading ??= import('./client.ts').then((module) => new module.Client()))
  const action = (run: (actions: Actions) => Actions[keyof Actions]): DriverAction<OpcUaConfig, OpcUaPoint> => ({
    async run(plan: Plan, body: unknown, context: SessionContext): Promise<unknown> {
      return await run(await import('./actions.ts'))((await client()).linkOptions(plan, context), body)
    },
  })
  return {
    protocol: 'opcua',
    title: 'OPC UA',
    connectionSchema,
    tagSchema,
    addressHelp: ADDRESS_HELP,
    parseConfig,
    parsePoint,
    connect: async (plan, context): Promise<Session> => await (await client()).connect(plan, context),
    probe: async (plan, context, onStep): Promise<ProbeReport> => await (await client()).probe(plan, context, onStep),
    browse: async (plan, request, context): Promise<BrowsePage> => await (await client()).browse(plan, request, context),
    actions: {
      list_endpoints: action((actions) => actions.listEndpoints),
      own_certificate: action((actions) => actions.ownCertificate),
      list_certificates: action((actions) => actions.listCertificates),
      trust_certificate: action((actions) => actions.trustCertificate),
      untrust_certificate: action((actions) => actions.untrustCertificate),
    },
    describeFrame,
  }
}
