import { NotAllowed, NotFound } from '#base/errors.ts'
import { roleAtLeast } from '#domain/user.ts'
import {
  type Annotation,
  deleteAnnotation,
  findAnnotation,
  insertAnnotation,
  listAnnotations,
  updateAnnotation,
} from '#store/annotations.ts'
import { findTag } from '#store/tags.ts'
import type { Handlers, UserCall } from '../handlers.ts'

type Keys = 'GET /api/annotations' | 'POST /api/annotations' | 'PUT /api/annotations/:id' | 'DELETE /api/annotations/:id'

/** What people write beside trends. */
export const annotationRoutes: Handlers<Keys> = {
  'GET /api/annotations': async ({ query: { tags, from, to, limit } }, { db, scope, user }) => {
    const found = await listAnnotations(db, scope, { tagIds: tags.split(',').map(Number), from, to }, limit)
    return { annotations: found.map((one) => told(one, user.id)) }
  },

  'POST /api/annotations': async ({ body }, { db, scope, user, note }) => {
    const tag = await findTag(db, scope, body.tagId)
    if (tag === undefined) throw new NotFound(`There is no tag ${body.tagId}.`)
    const made = await insertAnnotation(db, { ...body, author: user.displayName, authorId: user.id })
    if (made === undefined) throw new NotFound(`There is no tag ${body.tagId}.`)
    note({ object: `note ${made.id} at ${tag.name}`, after: { at: made.at, text: made.text } })
    return told(made, user.id)
  },

  'PUT /api/annotations/:id': async ({ params, body }, call) => {
    const before = await annotationOf(call, params.id)
    if (before.authorId !== call.user.id) {
      throw new NotAllowed(`${before.author} wrote this note.`, { remedy: 'Write one of your own beside it.' })
    }
    const after = await updateAnnotation(call.db, params.id, body.text)
    if (after === undefined) throw new NotFound(`There is no note ${params.id}.`)
    call.note({ object: `note ${after.id}`, before: { text: before.text }, after: { text: after.text } })
    return told(after, call.user.id)
  },

  'DELETE /api/annotations/:id': async ({ params }, call) => {
    const before = await annotationOf(call, params.id)
    if (before.authorId !== call.user.id && !roleAtLeast(call.user.role, 'administrator')) {
      throw new NotAllowed(`${before.author} wrote this note.`, { remedy: 'Ask an administrator.' })
    }
    await deleteAnnotation(call.db, params.id)
    call.note({ object: `note ${before.id}`, before: { tagId: before.tagId, at: before.at, text: before.text } })
    return {}
  },
}

async function annotationOf({ db, scope }: UserCall, id: number): Promise<Annotation> {
  const found = await findAnnotation(db, scope, id)
  if (found === undefined) throw new NotFound(`There is no note ${id}.`)
  return found
}

function told({ authorId, ...annotation }: Annotation, userId: number): Omit<Annotation, 'authorId'> & { mine: boolean } {
  return { ...annotation, mine: authorId === userId }
}
