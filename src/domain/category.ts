/** Categories of alarms, a path each with parts joined by `/`: such a one is it and everything below it. null is all. */
export type CategoryScope = readonly string[] | null

/** @param category path of an alarm; empty is none, which only all include */
export function inCategories(scope: CategoryScope, category: string): boolean {
  return scope === null || scope.some((path) => category === path || category.startsWith(`${path}/`))
}
