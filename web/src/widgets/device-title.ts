/** A device that was given no name has its code for one: it is said once. */
export function deviceTitle({ code, name }: { readonly code: string; readonly name: string }): string {
  return name === code ? code : `${code} · ${name}`
}
