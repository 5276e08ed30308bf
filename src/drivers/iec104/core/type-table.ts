import { BCR, BSI, DIQ, NVA, NVA_BARE, PACKED_PROTECTION, R32, SCD, SEP, SIQ, SVA, VTI, type ElementShape } from './elements.ts'

/** Types of one kind of information, with and without time tags, as one name. */
export const TYPE_GROUPS = {
  SP: 'Single point',
  DP: 'Double point',
  ST: 'Step position',
  BO: 'Bit string of 32 bits',
  NVA: 'Measured value, normalized',
  SVA: 'Measured value, scaled',
  R32: 'Measured value, floating point',
  IT: 'Integrated total',
  EP: 'Protection event',
  EPS: 'Protection start events',
  EPO: 'Protection output circuits',
  PS: '16 single points with change detection',
} as const
export type TypeGroup = keyof typeof TYPE_GROUPS

/** A type identification of the monitor direction (IEC 60870-5-101, 7.2.1.1, and -104, 6). */
export interface MonitorType {
  readonly typeId: number
  /** M_ME_TF_1 */
  readonly name: string
  readonly group: TypeGroup
  readonly shape: ElementShape
  /** Octets of the time tag: none, CP24Time2a or CP56Time2a. */
  readonly timeOctets: 0 | 3 | 7
}

const rows: readonly (readonly [typeId: number, name: string, TypeGroup, ElementShape, MonitorType['timeOctets']])[] = [
  [1, 'M_SP_NA_1', 'SP', SIQ, 0],
  [2, 'M_SP_TA_1', 'SP', SIQ, 3],
  [3, 'M_DP_NA_1', 'DP', DIQ, 0],
  [4, 'M_DP_TA_1', 'DP', DIQ, 3],
  [5, 'M_ST_NA_1', 'ST', VTI, 0],
  [6, 'M_ST_TA_1', 'ST', VTI, 3],
  [7, 'M_BO_NA_1', 'BO', BSI, 0],
  [8, 'M_BO_TA_1', 'BO', BSI, 3],
  [9, 'M_ME_NA_1', 'NVA', NVA, 0],
  [10, 'M_ME_TA_1', 'NVA', NVA, 3],
  [11, 'M_ME_NB_1', 'SVA', SVA, 0],
  [12, 'M_ME_TB_1', 'SVA', SVA, 3],
  [13, 'M_ME_NC_1', 'R32', R32, 0],
  [14, 'M_ME_TC_1', 'R32', R32, 3],
  [15, 'M_IT_NA_1', 'IT', BCR, 0],
  [16, 'M_IT_TA_1', 'IT', BCR, 3],
  [17, 'M_EP_TA_1', 'EP', SEP, 3],
  [18, 'M_EP_TB_1', 'EPS', PACKED_PROTECTION, 3],
  [19, 'M_EP_TC_1', 'EPO', PACKED_PROTECTION, 3],
  [20, 'M_PS_NA_1', 'PS', SCD, 0],
  [21, 'M_ME_ND_1', 'NVA', NVA_BARE, 0],
  [30, 'M_SP_TB_1', 'SP', SIQ, 7],
  [31, 'M_DP_TB_1', 'DP', DIQ, 7],
  [32, 'M_ST_TB_1', 'ST', VTI, 7],
  [33, 'M_BO_TB_1', 'BO', BSI, 7],
  [34, 'M_ME_TD_1', 'NVA', NVA, 7],
  [35, 'M_ME_TE_1', 'SVA', SVA, 7],
  [36, 'M_ME_TF_1', 'R32', R32, 7],
  [37, 'M_IT_TB_1', 'IT', BCR, 7],
  [38, 'M_EP_TD_1', 'EP', SEP, 7],
  [39, 'M_EP_TE_1', 'EPS', PACKED_PROTECTION, 7],
  [40, 'M_EP_TF_1', 'EPO', PACKED_PROTECTION, 7],
]

export const MONITOR_TYPES: readonly MonitorType[] = rows.map(([typeId, name, group, shape, timeOctets]) => {
  return { typeId, name, group, shape, timeOctets }
})

const byId: readonly (MonitorType | undefined)[] = Array.from({ length: 256 }, (_, typeId) => {
  return MONITOR_TYPES.find((type) => type.typeId === typeId)
})

/** @returns what the type identification carries, undefined when it is none of the monitor direction's process information */
export function monitorType(typeId: number): MonitorType | undefined {
  return byId[typeId]
}

/** Type identifications that are no process information but concern us. */
export const SystemType = { EndOfInitialization: 70, Interrogation: 100, CounterInterrogation: 101, ClockSynchronization: 103 } as const

const systemNames: Readonly<Record<number, string>> = { 70: 'M_EI_NA_1', 100: 'C_IC_NA_1', 101: 'C_CI_NA_1', 103: 'C_CS_NA_1' }

/** @returns M_SP_NA_1 and the like; `type 45` for what we do not know */
export function typeName(typeId: number): string {
  return monitorType(typeId)?.name ?? systemNames[typeId] ?? `type ${typeId}`
}

/** Reads a group from its name, a type's name or a type identification: R32, M_ME_TF_1, 36. */
export function readGroup(text: string): TypeGroup | undefined {
  const word = text.toUpperCase()
  const type = MONITOR_TYPES.find((one) => one.name === word || one.name === `${word}_1` || String(one.typeId) === word)
  return type?.group ?? (Object.hasOwn(TYPE_GROUPS, word) ? (word as TypeGroup) : undefined)
}
