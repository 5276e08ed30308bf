/** Configuration pages. */
export const enConfigure = {} as const
