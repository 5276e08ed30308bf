import type { Refusals } from '../refusals.ts'
import { esRefusals } from './refusals.ts'
import { esCsv } from './said/csv.ts'
import { esDevices } from './said/devices.ts'
import { esFacts } from './said/facts.ts'
import { esIec104 } from './said/iec104.ts'
import { esModbus } from './said/modbus.ts'
import { esMqtt } from './said/mqtt.ts'
import { esOpcUa } from './said/opcua.ts'
import { esPlant } from './said/plant.ts'

/** Todo lo que el servidor dice en frases. */
export const esSaid: Refusals = {
  ...esRefusals,
  ...esDevices,
  ...esModbus,
  ...esIec104,
  ...esMqtt,
  ...esOpcUa,
  ...esCsv,
  ...esFacts,
  ...esPlant,
}
