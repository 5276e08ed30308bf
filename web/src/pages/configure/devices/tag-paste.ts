/** One pasted line as a tag, or why it is none. */
export interface PastedTag {
  readonly line: number
  readonly name: string
  readonly address: string
  readonly unit: string
  readonly scale: number
  readonly offset: number
  readonly decimals: number
  readonly deadband: number
  /** In the protocol's own words; empty takes its default. */
  readonly dataType: string
}

export interface Pasted {
  readonly tags: readonly PastedTag[]
  readonly problems: readonly { readonly line: number; readonly kind: 'address' | 'number' | 'twice'; readonly text: string }[]
}

const COLUMNS = ['name', 'address', 'dataType', 'unit', 'scale', 'offset', 'decimals', 'deadband'] as const
type Column = (typeof COLUMNS)[number]

/** Types without digits after the point, in the words that protocols use. */
const WHOLE = /^(bool|u?int|s?byte|bcd|u?short|u?long)/i

/** What people call the columns, in the languages we speak. */
const HEADINGS: Readonly<Record<string, Column>> = {
  name: 'name',
  tag: 'name',
  nome: 'name',
  nombre: 'name',
  etiqueta: 'name',
  address: 'address',
  register: 'address',
  endereço: 'address',
  endereco: 'address',
  registo: 'address',
  dirección: 'address',
  direccion: 'address',
  registro: 'address',
  type: 'dataType',
  datatype: 'dataType',
  'data type': 'dataType',
  tipo: 'dataType',
  unit: 'unit',
  unidade: 'unit',
  unidad: 'unit',
  scale: 'scale',
  factor: 'scale',
  escala: 'scale',
  fator: 'scale',
  offset: 'offset',
  desvio: 'offset',
  decimals: 'decimals',
  decimais: 'decimals',
  decimales: 'decimals',
  deadband: 'deadband',
  'banda morta': 'deadband',
  'banda muerta': 'deadband',
}

/**
 * Reads cells copied from a spreadsheet (tabs), or comma or semicolon separated lines. A first line of headings decides the order of
 * columns; without one it is name, address, type, unit, scale, offset, decimals, deadband. Decimal commas are understood between tabs
 * and semicolons.
 */
export function parsePaste(text: string): Pasted {
  const lines = text.split(/\r?\n/)
  const filled = lines.map((line, index) => ({ line: index + 1, text: line })).filter((one) => one.text.trim() !== '')
  const first = filled[0]?.text ?? ''
  const separator = first.includes('\t') ? '\t' : first.includes(';') ? ';' : ','
  const headings = cellsOf(first, separator).map((cell) => HEADINGS[cell.toLowerCase()])
  const headed = headings.includes('address') && headings.includes('name')
  const order: readonly (Column | undefined)[] = headed ? headings : COLUMNS
  const tags: PastedTag[] = []
  const problems: { line: number; kind: 'address' | 'number' | 'twice'; text: string }[] = []
  const seen = new Set<string>()
  for (const { line, text: row } of headed ? filled.slice(1) : filled) {
    const cells = cellsOf(row, separator)
    const cell = (column: Column): string => cells[order.indexOf(column)] ?? ''
    const name = cell('name')
    if (name === '' || cell('address') === '') {
      problems.push({ line, kind: 'address', text: row.trim() })
      continue
    }
    if (seen.has(name.toLowerCase())) {
      problems.push({ line, kind: 'twice', text: name })
      continue
    }
    const number = (column: Column, otherwise: number): number => {
      const written = cell(column)
      if (written === '') return otherwise
      const value = Number(separator === ',' ? written : written.replace(',', '.'))
      if (!Number.isFinite(value)) problems.push({ line, kind: 'number', text: written })
      return value
    }
    const before = problems.length
    const tag: PastedTag = {
      line,
      name,
      address: cell('address'),
      dataType: cell('dataType'),
      unit: cell('unit'),
      scale: number('scale', 1),
      offset: number('offset', 0),
      decimals: number('decimals', WHOLE.test(cell('dataType')) ? 0 : 2),
      deadband: number('deadband', 0),
    }
    if (problems.length > before) continue
    seen.add(name.toLowerCase())
    tags.push(tag)
  }
  return { tags, problems }
}

function cellsOf(row: string, separator: string): string[] {
  const cells: string[] = []
  const pattern = new RegExp(`\\s*("(?:[^"]|"")*"|[^${separator}]*?)\\s*(?:${separator}|$)`, 'gy')
  while (pattern.lastIndex < row.length) {
    const match = pattern.exec(row)
    if (match === null) break
    const cell = match[1] ?? ''
    cells.push(cell.startsWith('"') && cell.length > 1 ? cell.slice(1, -1).replaceAll('""', '"') : cell)
  }
  return cells
}
