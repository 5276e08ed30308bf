import type { BrowsePage, BrowseRequest, Driver, ProbeReport, ProbeStep, Session, SessionContext } from '../driver.ts'
import { browseStation } from './browse.ts'
import { connectionSchema, parseConfig, parsePoint, tagSchema, type Iec104Config } from './config.ts'
import { ADDRESS_HELP, type Address } from './core/address.ts'
import { describeFrame } from './core/describe-frame.ts'
import { LiveLinks } from './live-links.ts'
import { probeStation } from './probe.ts'
import type { Iec104Plan } from './session.ts'
import { describeMemory } from './station.ts'

/** @returns an IEC 60870-5-104 driver: a controlling station with one link to each controlled station. */
export function createDriver(): Driver<Iec104Config, Address> {
  const links = new LiveLinks()
  return {
    protocol: 'iec104',
    title: 'IEC 60870-5-104',
    connectionSchema,
    tagSchema,
    addressHelp: ADDRESS_HELP,
    parseConfig,
    parsePoint,
    describeFrame,
    describeMemory,

    async connect(plan: Iec104Plan, context: SessionContext): Promise<Session> {
      return await links.open(plan, context)
    },

    async probe(plan: Iec104Plan, context: SessionContext, onStep: (step: ProbeStep) => void): Promise<ProbeReport> {
      return await probeStation(plan, context, links.find(plan.config), onStep)
    },

    async browse(plan: Iec104Plan, request: BrowseRequest): Promise<BrowsePage> {
      return browseStation(plan.config, request, links.find(plan.config))
    },
  }
}
