import {
  IconBinary,
  IconBroadcast,
  IconBuildingBroadcastTower,
  IconFileTypeCsv,
  IconTopologyStar3,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { protocolTitle } from '../format/protocol-title.ts'

const ICONS: Readonly<Record<string, TablerIcon>> = {
  modbus: IconBinary,
  opcua: IconTopologyStar3,
  iec104: IconBuildingBroadcastTower,
  mqtt: IconBroadcast,
  csv: IconFileTypeCsv,
}

/** What a device speaks: sign and name. */
export function ProtocolName({ protocol }: { protocol: string }): ReactNode {
  const Sign = ICONS[protocol]
  return (
    <span className="protocol-name">
      {Sign !== undefined && <Sign size={16} stroke={1.6} aria-hidden />}
      {protocolTitle(protocol)}
    </span>
  )
}
