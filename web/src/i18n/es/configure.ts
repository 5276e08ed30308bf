/** Configuration pages. */
export const esConfigure = {}
