/** @returns the list with one of its entries a place further to the front; `index` is 1 or more */
export function movedUp<T>(list: readonly T[], index: number): T[] {
  const moved = [...list]
  moved.splice(index - 1, 0, ...moved.splice(index, 1))
  return moved
}
