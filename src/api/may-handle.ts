import { NotAllowed } from '#base/errors.ts'
import { inCategories } from '#domain/category.ts'
import { categoriesOfAlarms, categoriesOfRules } from '#store/alarm-categories.ts'
import type { UserCall } from './handlers.ts'

/**
 * Whether somebody may acknowledge, put aside, reset or comment all of these: an operator may be one for some categories only. What is not
 * there or out of scope is not asked after here.
 * @throws NotAllowed naming a category
 */
export async function mayHandle(
  { db, scope, user }: UserCall,
  of: { readonly alarms: readonly number[] } | { readonly rules: readonly number[] },
): Promise<void> {
  if (user.categories === null) return
  const categories = 'alarms' in of ? await categoriesOfAlarms(db, scope, of.alarms) : await categoriesOfRules(db, scope, of.rules)
  const foreign = categories.find((category) => !inCategories(user.categories, category))
  if (foreign === undefined) return
  const which = foreign === '' ? 'alarms without a category' : `alarms of ${foreign}`
  throw new NotAllowed(`You may not handle ${which}.`, {
    remedy: `Yours are ${user.categories.join(', ') || 'none'}. Whoever administers the users can add others.`,
  })
}
