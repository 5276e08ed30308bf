import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { contract } from './contract/contract.ts'
import type { Endpoint } from './contract/endpoint.ts'
import { errorReply } from './contract/shapes.ts'

/** `/api/docs` for people, `/api/docs/openapi.json` for programs (OpenAPI 3.1, made from the contract). */
export function serveDocs(app: FastifyInstance): void {
  const document = openApi()
  app.get('/api/docs/openapi.json', () => document)
  app.get('/api/docs', async (_request, reply) => await reply.type('text/html; charset=utf-8').send(page()))
}

/** @returns an OpenAPI 3.1 document of every route */
export function openApi(): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [key, endpoint] of Object.entries<Endpoint>(contract)) {
    const [method = '', path = ''] = key.split(' ')
    const place = path.replaceAll(/:(\w+)/g, '{$1}')
    paths[place] ??= {}
    paths[place][method.toLowerCase()] = operation(endpoint)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'SyncTide', version: '1', description: 'Instants are microseconds since 1970-01-01T00:00:00Z.' },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: schemaOf(errorReply, 'output') },
    },
    paths,
  }
}

function operation(endpoint: Endpoint): Record<string, unknown> {
  const parameters = [...parametersOf(endpoint.params, 'path'), ...parametersOf(endpoint.query, 'query')]
  return {
    summary: endpoint.summary,
    description: `Needs: ${endpoint.access}${endpoint.wholeSite === true ? ', for all devices' : ''}.`,
    ...(endpoint.access === 'public' ? {} : { security: [{ token: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(endpoint.body === undefined ? {} : { requestBody: { required: true, content: jsonOf(schemaOf(endpoint.body, 'input')) } }),
    responses: {
      200: { description: 'Done.', content: jsonOf(schemaOf(endpoint.reply, 'output')) },
      default: { description: 'Refused.', content: jsonOf({ $ref: '#/components/schemas/Error' }) },
    },
  }
}

function parametersOf(shape: z.ZodType | undefined, place: 'path' | 'query'): Record<string, unknown>[] {
  if (shape === undefined) return []
  const { properties = {}, required = [] } = schemaOf(shape, 'input') as { properties?: Record<string, unknown>; required?: string[] }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }))
}

function schemaOf(shape: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' })
  return schema
}

function jsonOf(schema: unknown): Record<string, unknown> {
  return { 'application/json': { schema } }
}

/** Without a script, so that the strict policy holds here too. */
function page(): string {
  const rows = Object.entries<Endpoint>(contract).map(
    ([key, endpoint]) =>
      `<tr><td><code>${escape(key)}</code></td><td>${escape(endpoint.access)}</td><td>${escape(endpoint.summary)}</td></tr>`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>SyncTide API</title>
<h1>SyncTide API</h1>
<p>The whole description for programs: <a href="/api/docs/openapi.json">openapi.json</a>. Send <code>Authorization: Bearer</code> with a token made under Configuration, Users.</p>
<table border="1" cellpadding="6"><thead><tr><th>Route</th><th>Needs</th><th>What it does</th></tr></thead><tbody>${rows.join('')}</tbody></table></html>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
