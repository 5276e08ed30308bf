import type { DevicePlan, Driver, ProbeReport, ProbeStep, Session, SessionContext } from '../driver.ts'
import { browseColumns } from './browse.ts'
import { ADDRESS_HELP, connectionSchema, parseConfig, parsePoint, tagSchema, type CsvConfig, type CsvPoint } from './config.ts'
import { describeMemory } from './describe-memory.ts'
import { placeOf, rootsOfProcess, type Roots } from './place.ts'
import { probeFolder } from './probe.ts'
import { CsvSession } from './session.ts'
import { previewAction } from './show-file.ts'
import { sweepAction } from './sweep-action.ts'

type Plan = DevicePlan<CsvConfig, CsvPoint>

/**
 * @param roots where files may be read; asked only when a folder is touched
 * @returns a driver that reads files dropped into folders
 */
export function createDriver(roots: () => Roots = rootsOfProcess): Driver<CsvConfig, CsvPoint> {
  return {
    protocol: 'csv',
    title: 'CSV files',
    waitsForUs: true,
    connectionSchema,
    tagSchema,
    addressHelp: ADDRESS_HELP,
    parseConfig,
    parsePoint,
    describeMemory,

    async connect(plan: Plan, context: SessionContext): Promise<Session> {
      const places = roots()
      return new CsvSession(plan, context, placeOf(plan.config.folder, plan.device.code, places), places)
    },

    async probe(plan: Plan, context: SessionContext, onStep: (step: ProbeStep) => void): Promise<ProbeReport> {
      return await probeFolder(plan, context, roots(), onStep)
    },

    async browse(plan, request, context) {
      return await browseColumns(plan, request, context, roots())
    },

    actions: {
      preview: { run: async (plan: Plan, body: unknown, context: SessionContext) => await previewAction(plan, body, context, roots()) },
      sweep: { run: async (plan: Plan, body: unknown, context: SessionContext) => await sweepAction(plan, body, context, roots()) },
    },
  }
}
