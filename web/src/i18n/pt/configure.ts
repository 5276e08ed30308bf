/** Configuration pages. */
export const ptConfigure = {}
