import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { plainIssue } from '#base/plain-issue.ts'
import { closingBracket, textsIn } from '../../../test/support/texts-in-source.ts'
import { esSaid } from './es/said.ts'
import { esSchema } from './es/schema.ts'
import { ptSaid } from './pt/said.ts'
import { refusalsIn } from './refusals.ts'

const SOURCES = join(import.meta.dirname, '../../../src')
const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').toSorted()

test('refusals are said in both languages, with the same words of the person in them', () => {
  assert.deepEqual(Object.keys(ptSaid), Object.keys(esSaid))
  for (const all of [esSaid, ptSaid])
    for (const [english, said] of Object.entries(all)) assert.deepEqual(names(said), names(english), english)
})

const sources = globSync('**/*.ts', { cwd: SOURCES })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => ({ file: file.replaceAll('\\', '/'), source: readFileSync(join(SOURCES, file), 'utf8') }))
/** One hole may hold host and port. */
const wide = (text: string): string => text.replaceAll(/\{\}[:/]\{\}/g, '{}')
const formOf = (english: string): string => english.replaceAll(/\{\w+\}/g, '{}')

test('every sentence that is translated is one that the server says', () => {
  const said = new Set(sources.flatMap(({ source }) => textsIn(source).map(({ text }) => text)))
  // a counter is shown by its name in words: bytes_sent
  for (const name of [...said].filter((text) => /^[a-z]+(?:_[a-z]+)*$/.test(text))) {
    const words = name.replaceAll('_', ' ')
    said.add(words.charAt(0).toUpperCase() + words.slice(1))
  }
  const all = [...said].flatMap((text) => [text, wide(text)]).join('\n')
  const issues = [
    { code: 'invalid_type' },
    ...['number', 'int', 'string'].map((expected) => ({ code: 'invalid_type', input: {}, expected })),
    ...['too_big', 'too_small'].flatMap((code) => [
      { code, origin: 'number', minimum: 7, maximum: 7 },
      { code, origin: 'number', minimum: 7, maximum: 7, inclusive: false },
      { code, origin: 'string', minimum: 7, maximum: 7 },
    ]),
    { code: 'too_small', origin: 'string', minimum: 1 },
    { code: 'invalid_format', format: 'regex' },
  ].map((issue) => plainIssue(issue)?.replace('7', '{}'))
  const unsaid = Object.keys(esSaid).filter((english) => {
    const form = formOf(english)
    const isThere = /\s/.test(form.trim()) ? all.includes(form) : said.has(form)
    return !isThere && !issues.includes(form)
  })
  assert.deepEqual(unsaid, [])
})

/** What begins words for people; what BugError says is for us. */
const SPEAKS =
  /\b(?:new (?:DriverError|ConfigError|InvalidRequest|NotFound|Conflict|ServiceFault)|refuse|problem|linkError|notStartedError|notSpokenError|steps\.run|addIssue|setAbsent|died|options)\(/g
const OTHER =
  /(?:\b(?:remedy|problem|message|whenRefused|why|reason)\b[^\n]{0,20}$|\breturn \[?$|\breturn [^\n]*[?:] $|\b(?:EXAMPLES|TRUST_US) = $)/

/** What looks like words for people and is something else, by its file or text. */
const NOT_TOLD: Readonly<Record<string, string>> = {
  'drivers/modbus/core/describe-frame.ts': 'the frame log is in English, as a report for whoever helps',
  'drivers/iec104/core/describe-frame.ts': 'the frame log',
  'drivers/iec104/core/asdu.ts': 'the frame log',
  'drivers/mqtt/core/publish-frame.ts': 'the frame log',
  'drivers/opcua/core/frame.ts': 'the frame log',
  'ingest/frame-page.ts': 'the frame log',
  'drivers/mqtt/core/sparkplug-node.ts': 'why a rebirth is asked for stands in the log',
  'drivers/mqtt/core/sparkplug-encode.ts': 'the name of a metric in the standard',
  'neither disk nor database took it': 'stands in the log',
  'plant/sheets/core/sheet-xml.ts': 'the workbook itself',
  'before the restart': 'the mark of a message that is kept',
  'test frame': 'the name of a step, which is not shown',
}

test('what drivers, brokers, their runtime and spreadsheets tell people is said in the other languages', () => {
  const forms = new Set(Object.keys(esSaid).map(formOf))
  const isForm = (text: string): boolean =>
    forms.has(text) || forms.has(`${text}.`) || forms.has(text.replace(/\.$/, '')) || Object.hasOwn(esSchema, text)
  // what stands behind the name of a field is known by itself
  const isSaid = (text: string): boolean => [text, wide(text), text.replace(/^\w+: /, '')].some(isForm)
  const missing: string[] = []
  for (const { file, source } of sources) {
    if (!/^(?:drivers|ingest|broker|plant\/sheets)\//.test(file) || Object.hasOwn(NOT_TOLD, file)) continue
    const spans = [...source.matchAll(SPEAKS)].map((match) => [match.index, closingBracket(source, match.index)] as const)
    for (const { text, at } of textsIn(source)) {
      const inWords = /[a-z]{2,} \S|\S [a-z]{2,}/i.test(text.replaceAll('{}', ' '))
      if (!inWords || Object.hasOwn(NOT_TOLD, text)) continue
      const isTold = spans.some(([start, end]) => start < at && at < end) || OTHER.test(source.slice(Math.max(0, at - 80), at))
      if (isTold && !isSaid(text)) missing.push(`${file}: ${text}`)
    }
  }
  assert.deepEqual(missing, [])
})

test('a refusal is said anew as a whole or behind the name of a field; what is not known stays as it came', () => {
  const say = refusalsIn(esSaid)
  assert.equal(say('There is a device PS-01 already.'), 'Ya hay un equipo PS-01.')
  assert.equal(say('$& already has four rules.'), '$& ya tiene cuatro reglas.')
  assert.equal(say('rules[0].name: is empty'), 'rules[0].name: está vacío')
  assert.equal(say('Level: The address is missing.'), 'Level: Falta la dirección.')
  assert.equal(say('pollMillis: must be at least 50'), 'pollMillis: debe ser 50 como mínimo')
  assert.equal(say('A tag is written ${Device:Tag}.'), 'Una variable se escribe ${Equipo:Variable}.')
  for (const text of ['', ': ', 'The moon is blue.', 'x: The moon is blue.']) assert.equal(say(text), undefined)
})

test('a sentence in a sentence, a message with its remedy and a list are said as well', () => {
  const say = refusalsIn(ptSaid)
  const told: readonly (readonly [string, string])[] = [
    [
      '10.0.0.5:502, unit 1: exception 2 (illegal data address). Check the unit id and the settings of the gateway.',
      '10.0.0.5:502, unidade 1: exceção 2 (endereço inexistente). Verifique o número da unidade e as definições da gateway.',
    ],
    [
      '10.0.0.5:502, unit 1, did not answer function code 3, address 0, quantity 2 within 1000 ms. Check the unit id and that the device behind the gateway is powered; a slow device needs a longer time-out.',
      '10.0.0.5:502, unidade 1, não respondeu em 1000 ms (código de função 3, endereço 0, quantidade 2). Verifique o número da unidade e se o equipamento atrás da gateway tem alimentação; um equipamento lento precisa de um tempo limite maior.',
    ],
    [
      'plc:502 refuses the connection: nothing listens on port 502. Check the port (usually 502), that Modbus TCP is switched on in the device, and that no other client holds its only connection.',
      'plc:502 recusa a ligação: nada escuta na porta 502. Verifique a porta (normalmente 502), se o Modbus TCP está ligado no equipamento, e se nenhum outro cliente ocupa a sua única ligação.',
    ],
    [
      'The certificate of b:8883 (Plant, signed by CA, valid until Nov 1 2026) has expired. Renew it at the broker, and check the clock of this computer.',
      'O certificado de b:8883 (Plant, assinado por CA, válido até Nov 1 2026) expirou. Renove-o no broker, e verifique o relógio deste computador.',
    ],
    [
      'There is no MQTT broker X. Add the MQTT broker, or name another one.',
      'Não há MQTT broker X. Acrescente-o (MQTT broker), ou indique outro.',
    ],
    ['1/4001: invalid (IV), time of receipt', '1/4001: inválido (IV), hora de receção'],
    ['day.csv: all of it was looked at: 1 row, none malformed', 'day.csv: foi visto todo: 1 linha, nenhuma com erro'],
    [
      'day.csv: utf-8, wide, 4 columns, times day/month/year, proved by 26/11/2026 in Europe/Lisbon, decimal comma; all of it was looked at: 320 rows, none malformed; no column for Chlorine',
      'day.csv: utf-8, uma coluna por variável, 4 colunas, horas dia/mês/ano, provado por 26/11/2026 em Europe/Lisbon, separador decimal: vírgula; foi visto todo: 320 linhas, nenhuma com erro; nenhuma coluna para Chlorine',
    ],
    [
      'day.csv: its first 2.0 of 9.1 MB were looked at, no more: 3 of 320 rows cannot be read, the first is line 7: Flow: "oops" is no number; more than the 0 % allowed',
      'day.csv: foram vistos os primeiros 2.0 de 9.1 MB, não mais: 3 de 320 linhas não se conseguem ler, a primeira é a linha 7: Flow: "oops" não é um número; mais do que os 0 % permitidos',
    ],
    [
      'The connection to rtu:2404 is accepted, but it does not speak IEC 60870-5-104: the octet 41 where a frame begins with 68',
      'A ligação a rtu:2404 é aceite, mas não fala IEC 60870-5-104: o octeto 41 onde uma trama começa por 68',
    ],
    ['3 of 9 tags have a value', '3 de 9 variáveis têm um valor'],
    [
      '3 of 9 tags have a value; 2 of them kept by the broker, of unknown age',
      '3 de 9 variáveis têm um valor; 2 delas guardadas pelo broker, de idade desconhecida',
    ],
    ['There is no column "comma"', 'Não há nenhuma coluna "comma"'],
    ['BadNodeIdUnknown: the server has no such node', 'BadNodeIdUnknown: o servidor não tem esse nó'],
    ['There is no device PS-9; did you mean PS-01?', 'Não há nenhum equipamento PS-9; queria dizer PS-01?'],
    ['There is no device PS-9', 'Não há nenhum equipamento PS-9'],
    ['The connection to x failed: The moon is blue', 'A ligação a x falhou: The moon is blue'],
  ]
  for (const [english, portuguese] of told) assert.equal(say(english), portuguese)
})

test('a page of 300 devices in trouble does not wait for its words', () => {
  const say = refusalsIn(esSaid)
  const started = process.cpuUsage().user
  for (let device = 0; device < 300; device++)
    assert.match(say(`10.0.0.${device}:502 refuses the connection: nothing listens on port 502. Look at it.`) ?? '', /rechaza la conexión/)
  assert.ok(process.cpuUsage().user - started < 1_000_000)
})
