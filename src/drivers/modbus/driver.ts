import type { DevicePlan, Driver, ProbeReport, ProbeStep, Session, SessionContext } from '../driver.ts'
import { connectionSchema, parseConfig, parsePoint, tagSchema, type ModbusConfig, type ModbusPoint } from './config.ts'
import { ADDRESS_HELP } from './core/address.ts'
import { describeFrame } from './core/describe-frame.ts'
import { describeMemory } from './describe-memory.ts'
import { LinkPool } from './link-pool.ts'
import { probeDevice } from './probe.ts'
import { readRegisters } from './read-registers.ts'
import { ModbusSession } from './session.ts'

/** @returns a Modbus TCP driver whose sessions share one socket per gateway. */
export function createDriver(): Driver<ModbusConfig, ModbusPoint> {
  const pool = new LinkPool()
  return {
    protocol: 'modbus',
    title: 'Modbus TCP',
    connectionSchema,
    tagSchema,
    addressHelp: ADDRESS_HELP,
    parseConfig,
    parsePoint,
    describeMemory,
    describeFrame,

    async connect(plan: DevicePlan<ModbusConfig, ModbusPoint>, context: SessionContext): Promise<Session> {
      const { host, port, connectTimeoutMillis } = plan.config
      const link = pool.acquire({ host, port }, context.clock)
      try {
        await link.open(connectTimeoutMillis, context.signal)
      } catch (error) {
        await pool.release(link)
        throw error
      }
      return new ModbusSession(plan, context, pool, link)
    },

    async probe(
      plan: DevicePlan<ModbusConfig, ModbusPoint>,
      context: SessionContext,
      onStep: (step: ProbeStep) => void,
    ): Promise<ProbeReport> {
      return await probeDevice(plan, context, pool, onStep)
    },

    actions: { read_registers: readRegisters(pool) },
  }
}
