import type { Refusals } from '../refusals.ts'
import { ptRefusals } from './refusals.ts'
import { ptCsv } from './said/csv.ts'
import { ptDevices } from './said/devices.ts'
import { ptFacts } from './said/facts.ts'
import { ptIec104 } from './said/iec104.ts'
import { ptModbus } from './said/modbus.ts'
import { ptMqtt } from './said/mqtt.ts'
import { ptOpcUa } from './said/opcua.ts'
import { ptPlant } from './said/plant.ts'

/** Tudo o que o servidor diz em frases. */
export const ptSaid: Refusals = {
  ...ptRefusals,
  ...ptDevices,
  ...ptModbus,
  ...ptIec104,
  ...ptMqtt,
  ...ptOpcUa,
  ...ptCsv,
  ...ptFacts,
  ...ptPlant,
}
