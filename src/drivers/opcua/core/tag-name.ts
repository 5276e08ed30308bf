import type { TagKind } from '#domain/device.ts'
import { BuiltInType } from './value.ts'

/** Levels that every controller of a kind has and that say nothing of the plant. */
const BOILERPLATE = new Set([
  'objects',
  'deviceset',
  'resources',
  'application',
  'programs',
  'globalvars',
  'globalvariables',
  'datablocksglobal',
  'datablocksinstance',
])
const MOST = 200

/**
 * A name for the tag that a node becomes: its path without what says nothing, joined by points; long ones lose their beginning. The
 * same node always gets the same name.
 */
export function proposeTagName(path: readonly string[]): string {
  const telling = path.filter((one, index) => index === path.length - 1 || !BOILERPLATE.has(one.toLowerCase()))
  // S7 puts the controller itself above everything: PLC_1
  const parts = telling.length > 2 && /^PLC_\d+$/i.test(telling[0] ?? '') ? telling.slice(1) : telling
  const name = parts
    .map(cleaned)
    .filter((part) => part !== '')
    .join('.')
    .replaceAll('.[', '[')
  return name.length <= MOST ? name : name.slice(-MOST).replace(/^[^.]*\./, '')
}

/** Tells twins apart: the second Flow becomes Flow_2. */
export function makeUnique(name: string, taken: Set<string>): string {
  let unique = name
  for (let copy = 2; taken.has(unique.toLowerCase()); copy++) unique = `${name.slice(0, MOST - 6)}_${copy}`
  taken.add(unique.toLowerCase())
  return unique
}

/** What names of tags may not hold, and quotes that S7 wraps each part in. */
function cleaned(part: string): string {
  return part.replaceAll(/[{}$"]/g, '').trim()
}

export function kindOf(dataType: number): TagKind | null {
  switch (dataType) {
    case BuiltInType.Boolean:
      return 'digital'
    case BuiltInType.SByte:
    case BuiltInType.Byte:
    case BuiltInType.Int16:
    case BuiltInType.UInt16:
    case BuiltInType.Int32:
    case BuiltInType.UInt32:
    case BuiltInType.Int64:
    case BuiltInType.UInt64:
    case BuiltInType.Float:
    case BuiltInType.Double:
    case BuiltInType.StatusCode:
      return 'analog'
    case BuiltInType.String:
    case BuiltInType.DateTime:
    case BuiltInType.Guid:
    case BuiltInType.ByteString:
    case BuiltInType.XmlElement:
    case BuiltInType.NodeId:
    case BuiltInType.ExpandedNodeId:
    case BuiltInType.QualifiedName:
    case BuiltInType.LocalizedText:
      return 'text'
    default:
      return null
  }
}
